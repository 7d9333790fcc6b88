import Glibc
import Tensors

/// `y = sin(x)`.
package struct Sine: UnaryFunction, Smooth {
  package static let name = "sin"
  package init() {}
  package func value(_ x: Double) -> Double { sin(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.cosine(x)
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = cos(x)`.
package struct Cosine: UnaryFunction, Smooth {
  package static let name = "cos"
  package init() {}
  package func value(_ x: Double) -> Double { cos(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.negate(p.sine(x))
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = tan(x)`.
package struct Tangent: UnaryFunction, Smooth {
  package static let name = "tan"
  package init() {}
  package func value(_ x: Double) -> Double { tan(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.add(p.multiply(y, y), p.scalar(1, like: y))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -1.2...1.2))]
}

/// `y = arcsin(x)`.
package struct ArcSine: UnaryFunction, Smooth {
  package static let name = "asin"
  package init() {}
  package func value(_ x: Double) -> Double { asin(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.squareRoot(p.oneMinusSquare(x)))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -0.8...0.8))]
}

/// `y = arccos(x)`.
package struct ArcCosine: UnaryFunction, Smooth {
  package static let name = "acos"
  package init() {}
  package func value(_ x: Double) -> Double { acos(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.negate(p.reciprocal(p.squareRoot(p.oneMinusSquare(x))))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -0.8...0.8))]
}

/// `y = arctan(x)`.
package struct ArcTangent: UnaryFunction, Smooth {
  package static let name = "atan"
  package init() {}
  package func value(_ x: Double) -> Double { atan(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.add(p.multiply(x, x), p.scalar(1, like: x)))
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = sinh(x)`.
package struct HyperbolicSine: UnaryFunction, Smooth {
  package static let name = "sinh"
  package init() {}
  package func value(_ x: Double) -> Double { sinh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.hyperbolicCosine(x)
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = cosh(x)`.
package struct HyperbolicCosine: UnaryFunction, Smooth {
  package static let name = "cosh"
  package init() {}
  package func value(_ x: Double) -> Double { cosh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.hyperbolicSine(x)
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = arsinh(x)`.
package struct InverseHyperbolicSine: UnaryFunction, Smooth {
  package static let name = "asinh"
  package init() {}
  package func value(_ x: Double) -> Double { asinh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.squareRoot(p.add(p.multiply(x, x), p.scalar(1, like: x))))
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = arcosh(x)`.
package struct InverseHyperbolicCosine: UnaryFunction, Smooth {
  package static let name = "acosh"
  package init() {}
  package func value(_ x: Double) -> Double { acosh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.squareRoot(p.subtract(p.multiply(x, x), p.scalar(1, like: x))))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 1.3...4))]
}

/// `y = artanh(x)`.
package struct InverseHyperbolicTangent: UnaryFunction, Smooth {
  package static let name = "atanh"
  package init() {}
  package func value(_ x: Double) -> Double { atanh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.oneMinusSquare(x))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -0.8...0.8))]
}

extension ProgramBuilder {
  /// `(1 - x)·(1 + x)`, which keeps its digits near ±1.
  func oneMinusSquare(_ x: Value) throws -> Value {
    let one = try scalar(1, like: x)
    return try multiply(subtract(one, x), add(one, x))
  }
}
