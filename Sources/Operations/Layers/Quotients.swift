import Graph
import Tensors

/// Quotients and products with conventions where the plain formula gives no number. The branch that is
/// not taken is kept finite, since its derivative would turn zero times infinity into NaN.
extension ProgramBuilder {
  private func isZero(_ x: Value) throws -> Value { try compare(.equal, x, scalar(0, like: x)) }

  /// `a/b`, and 0 where b is 0.
  package func quotientOrZero(_ a: Value, _ b: Value) throws -> Value {
    let isZero = try isZero(b)
    let safe = try select(isZero, scalar(1, like: b), b)
    return try select(isZero, scalar(0, like: a), divide(a, safe))
  }

  /// `a·f(b)`, and 0 where a is 0, whatever f(b) is.
  package func productOrZero(
    _ a: Value, _ b: Value, safe: Double, _ function: (Value) throws -> Value
  ) throws -> Value {
    let isZero = try isZero(a)
    let known = try select(isZero, scalar(safe, like: b), b)
    return try select(isZero, scalar(0, like: a), multiply(a, function(known)))
  }

  /// The quotient rounded down, of reals or whole numbers.
  package func floorQuotient(_ a: Value, _ b: Value) throws -> Value {
    guard !type(a).element.isReal else { return try floor(divide(a, b)) }
    return try divide(subtract(a, add(Modulo(), [a, b])), b)
  }

  /// The angle of the point (x, y), from -π to π.
  ///
  /// The smaller coordinate is divided by the larger one, which is exact for all angles.
  package func angle(y: Value, x: Value) throws -> Value {
    let zero = try scalar(0, like: x)
    let isFlat = try compare(.lessOrEqual, absolute(y), absolute(x))
    let one = try scalar(1, like: x)
    let isLeft = try compare(.less, x, zero)
    let isBelow = try compare(.less, y, zero)
    let isOrigin = try add(BitOperation(.and), [isFlat, isZero(x)])
    // y/x where |y| ≤ |x|, x/y elsewhere; the origin has angle 0.
    let safeX = try select(isFlat, select(isOrigin, one, x), one)
    let safeY = try select(isFlat, one, y)
    let flatX = try add(ArcTangent(), [divide(y, safeX)])
    let turn = try select(isBelow, scalar(-Double.pi, like: x), scalar(Double.pi, like: x))
    let flat = try select(isLeft, add(flatX, turn), flatX)
    let quarter = try select(
      isBelow, scalar(-Double.pi / 2, like: x), scalar(Double.pi / 2, like: x))
    let steep = try subtract(quarter, add(ArcTangent(), [divide(x, safeY)]))
    return try select(isFlat, flat, steep)
  }
}
