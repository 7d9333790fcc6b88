import Glibc
import Tensors

/// `y = exp(x)`.
package struct Exponential: UnaryFunction, Smooth {
  package static let name = "exp"
  package init() {}
  package func value(_ x: Double) -> Double { exp(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? { y }
  package static let samples = [Sample(Self(), .init([2, 3])), Sample(Self(), .init([1, 0]))]
}

/// `y = exp(x) - 1`, exact for small x.
package struct ExponentialMinusOne: UnaryFunction, Smooth {
  package static let name = "expm1"
  package init() {}
  package func value(_ x: Double) -> Double { expm1(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.exponential(x)
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = log(x)`.
package struct Logarithm: UnaryFunction, Smooth {
  package static let name = "log"
  package init() {}
  package func value(_ x: Double) -> Double { log(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(x)
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.2...4))]
}

/// `y = log(1 + x)`, exact for small x.
package struct LogarithmOfOnePlus: UnaryFunction, Smooth {
  package static let name = "log1p"
  package init() {}
  package func value(_ x: Double) -> Double { log1p(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.add(x, p.scalar(1, like: x)))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -0.6...3))]
}

/// `y = tanh(x)`.
package struct HyperbolicTangent: UnaryFunction, Smooth {
  package static let name = "tanh"
  package init() {}
  package func value(_ x: Double) -> Double { tanh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.subtract(p.scalar(1, like: y), p.multiply(y, y))
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([1, 1], in: 2...3)),
  ]
}

/// `y = 1 / (1 + exp(-x))`.
package struct Sigmoid: UnaryFunction, Smooth {
  package static let name = "sigmoid"
  package init() {}
  package func value(_ x: Double) -> Double {
    // The form whose exponential cannot overflow.
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.multiply(y, p.subtract(p.scalar(1, like: y), y))
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([3], in: -9...9)),
  ]
}

/// `y = log(1 + exp(x))`.
package struct Softplus: UnaryFunction, Smooth {
  package static let name = "softplus"
  package init() {}
  package func value(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.sigmoid(x)
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([3], in: -9...9)),
  ]
}

/// Gauss's error function, `y = 2/√π ∫₀ˣ exp(-t²) dt`.
package struct ErrorFunction: UnaryFunction, Smooth {
  package static let name = "erf"
  package init() {}
  package func value(_ x: Double) -> Double { erf(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    let twoOverRootPi = 1.12837916709551257389615890312154517
    return try p.multiply(
      p.exponential(p.negate(p.multiply(x, x))), p.scalar(twoOverRootPi, like: x))
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = √x`.
package struct SquareRoot: UnaryFunction, Smooth {
  package static let name = "sqrt"
  package init() {}
  package func value(_ x: Double) -> Double { x.squareRoot() }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.divide(p.scalar(0.5, like: y), y)
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.3...4))]
}

/// `y = 1/x`.
package struct Reciprocal: UnaryFunction, Smooth {
  package static let name = "reciprocal"
  package init() {}
  package func value(_ x: Double) -> Double { 1 / x }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.negate(p.multiply(y, y))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.4...3))]
}
