import Tensors

/// `y = a·b`, and 0 where either is 0, whatever the other one is.
///
/// Tangents and cotangents are multiplied by slopes in this way where a slope may be infinite or not a
/// number: a zero that comes from a branch not taken, or from an argument that is cut off, stays zero.
/// Known as the strong zero of automatic differentiation; see Griewank and Walther, Evaluating
/// derivatives, chapter 14.
package struct GuardedMultiply: BinaryFunction, Bilinear {
  package static let name = "guarded-multiply"
  package var notation: Notation? { .product }
  package init() {}
  package func value(_ a: Double, _ b: Double) -> Double { a == 0 || b == 0 ? 0 : a * b }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? { nil }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    [
      linear[0] ? try p.add(self, [yBar, x[1]]) : nil,
      linear[1] ? try p.add(self, [x[0], yBar]) : nil,
    ]
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    for operand in x {
      guard let fill = p.fill(of: operand) else { continue }
      if fill == 0 { return try p.scalar(0, like: x[0]) }
      if fill.isFinite { return try p.multiply(x[0], x[1]) }
    }
    return try p.onDiagonal(self, x, deciding: [0]) ?? p.onDiagonal(self, x, deciding: [1])
  }
  /// Its factors are slopes of which it is known that they may be singular.
  package func isSingular(_ x: [Bounds]) -> Bool { true }
  package static let samples = [Sample(Self(), .init([2, 3]), .init([2, 3]))]
}

extension ProgramBuilder {
  /// A tangent or cotangent times a slope: guarded, where the function that is differentiated has
  /// slopes that may be singular.
  package func scaled(_ tangent: Value, by slope: Value) throws -> Value {
    try guardsZeros ? add(GuardedMultiply(), [tangent, slope]) : multiply(tangent, slope)
  }

  /// A tangent or cotangent over a divisor.
  package func scaled(_ tangent: Value, over divisor: Value) throws -> Value {
    try guardsZeros ? scaled(tangent, by: reciprocal(divisor)) : divide(tangent, divisor)
  }
}
