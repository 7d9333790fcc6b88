import Glibc
import Tensors

/// Gauss's error function, `y = 2/√π ∫₀ˣ exp(-t²) dt`.
package struct ErrorFunction: UnaryFunction, Smooth {
  package static let name = "erf"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .signed }
  package func value(_ x: Double) -> Double { erf(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    let twoOverRootPi = 1.12837916709551257389615890312154517
    return try p.multiply(
      p.exponential(p.negate(p.multiply(x, x))), p.scalar(twoOverRootPi, like: x))
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = erfc(x) = 1 - erf(x)`, with all its digits where erf comes near 1.
package struct ComplementaryErrorFunction: UnaryFunction, Smooth {
  package static let name = "erfc"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { Bounds(0, 2) }
  package func value(_ x: Double) -> Double { erfc(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try ErrorFunction().slope(at: x, y, in: p).map { try p.negate($0) }
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.normalTail(x[0])
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([3], in: -4...5)),
  ]
}

/// The normal distribution, `y = Φ(x) = erfc(-x/√2)/2`.
package struct NormalDistribution: UnaryFunction, Smooth {
  package static let name = "normal-distribution"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .unit }
  package func value(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    let oneOverRootTwoPi = 0.398942280401432677939946059934381868
    let exponent = try p.multiply(p.multiply(x, x), p.scalar(-0.5, like: x))
    return try p.multiply(p.exponential(exponent), p.scalar(oneOverRootTwoPi, like: x))
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([3], in: -6...6)),
  ]
}

/// What stands for the normal distribution in the Gelu that is made of a tanh,
/// `y = (1 + tanh(√(2/π)·(x + 0.044715·x³)))/2`.
package struct NormalDistributionByTanh: UnaryFunction, Smooth {
  package static let name = "normal-distribution-by-tanh"
  /// It is a sigmoid of `slope·(x + cube·x³)`.
  package static let slope = 2 * (2 / Double.pi).squareRoot()
  package static let cube = 0.044715
  /// Beyond it, y is 0 or 1 at either precision; within it, the cube is finite.
  package static let limit = 64.0

  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .unit }
  /// Far out y is the exponential of a large argument, of which each digit counts; so what its rounding loses
  /// is kept.
  package func value(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    let x = min(max(x, -Self.limit), Self.limit)
    let square = x * x
    let cube = square * Self.cube
    let cubeLow =
      (-cube).addingProduct(square, Self.cube) + (-square).addingProduct(x, x) * Self.cube
    let factor = 1 + cube
    let part = factor - 1
    let factorLow = (1 - (factor - part)) + (cube - part) + cubeLow
    let sum = x * factor
    let sumLow = (-sum).addingProduct(x, factor) + x * factorLow
    let y = sum * Self.slope
    let slopeLow = -0x1.cbc0d30ebfd15p-54
    let yLow = (-y).addingProduct(sum, Self.slope) + sum * slopeLow + sumLow * Self.slope
    let decay = exp(-abs(y)) * (1 - (y < 0 ? -yLow : yLow))
    return y < 0 ? decay / (1 + decay) : 1 / (1 + decay)
  }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    let low = try p.add(Extreme(.maximum, tie: .unseen), [x, p.scalar(-Self.limit, like: x)])
    let near = try p.add(Extreme(.minimum, tie: .unseen), [low, p.scalar(Self.limit, like: x)])
    let square = try p.multiply(p.multiply(near, near), p.scalar(3 * Self.cube, like: x))
    let inner = try p.multiply(
      p.add(square, p.scalar(1, like: x)), p.scalar(Self.slope, like: x))
    return try p.multiply(p.multiply(y, p.subtract(p.scalar(1, like: y), y)), inner)
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([3], in: -6...6)),
  ]
}
