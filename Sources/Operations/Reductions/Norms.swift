import Graph
import Tensors

extension ProgramBuilder {
  /// The lowest number of the type, in the shape of another value.
  package func lowest(like x: Value) throws -> Value {
    try type(x).element.isReal
      ? scalar(-.infinity, like: x)
      : constant(Tensor(type(x), fill: type(x).element == .bool ? 0 : Int64.min))
  }

  /// `|x|ᵖ`
  package func raisedMagnitude(_ x: Value, to exponent: Double) throws -> Value {
    switch exponent {
    case 1: try absolute(x)
    case 2: try multiply(x, x)
    default: try power(absolute(x), scalar(exponent, like: x))
    }
  }

  /// `x^(1/p)` of a sum of magnitudes. A norm of zeros has derivative 0, as |x| has at 0.
  package func root(_ x: Value, of exponent: Double) throws -> Value {
    guard exponent != 1 else { return x }
    let zero = try scalar(0, like: x)
    // A sum of magnitudes is not below zero; unlike equality, this is listed as a kink.
    let isZero = try add(
      Compare(.lessOrEqual, convention: "a norm of zeros: derivative 0"), [x, zero])
    // The root of zero has an infinite slope, which must not meet a zero on the way back.
    let safe = try select(isZero, scalar(1, like: x), x)
    let root = try exponent == 2 ? squareRoot(safe) : power(safe, scalar(1 / exponent, like: x))
    return try select(isZero, zero, root)
  }
}
