import Glibc
import Tensors

/// `y = sin(x)`.
package struct Sine: UnaryFunction, Smooth {
  package static let name = "sin"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .signed }
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
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .signed }
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
  package func isSingular(_ x: [Bounds]) -> Bool {
    x[0].lower <= -1 + 1e-6 || x[0].upper >= 1 - 1e-6
  }
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
  package func isSingular(_ x: [Bounds]) -> Bool {
    x[0].lower <= -1 + 1e-6 || x[0].upper >= 1 - 1e-6
  }
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
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { Bounds(-1.6, 1.6) }
  package func value(_ x: Double) -> Double { atan(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    // 1/(1 + x²) = i²/(i² + u²)
    let (i, u) = try p.scaledDown(x)
    let square = try p.multiply(i, i)
    return try p.multiply(p.reciprocal(p.add(square, p.multiply(u, u))), square)
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.angleOfQuotient(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = sinh(x)`.
package struct HyperbolicSine: UnaryFunction, Smooth {
  package static let name = "sinh"
  package init() {}
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].upper > 80 || x[0].lower < -80 }
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
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { Bounds(1, .infinity) }
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].upper > 80 || x[0].lower < -80 }
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
    // 1/√(1 + x²) = i/√(i² + u²)
    let (i, u) = try p.scaledDown(x)
    return try p.multiply(
      p.reciprocal(p.squareRoot(p.add(p.multiply(i, i), p.multiply(u, u)))), i)
  }
  package static let samples = [Sample(Self(), .init([2, 3]))]
}

/// `y = arcosh(x)`.
package struct InverseHyperbolicCosine: UnaryFunction, Smooth {
  package static let name = "acosh"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { Bounds(0, .infinity) }
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].lower < 1 + 1e-6 }
  package func value(_ x: Double) -> Double { acosh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    // Neither overflows for large x nor cancels near 1.
    let one = try p.scalar(1, like: x)
    return try p.reciprocal(
      p.multiply(p.squareRoot(p.subtract(x, one)), p.squareRoot(p.add(x, one))))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 1.3...4))]
}

/// `y = artanh(x)`.
package struct InverseHyperbolicTangent: UnaryFunction, Smooth {
  package static let name = "atanh"
  package init() {}
  package func isSingular(_ x: [Bounds]) -> Bool {
    x[0].lower <= -1 + 1e-6 || x[0].upper >= 1 - 1e-6
  }
  package func value(_ x: Double) -> Double { atanh(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.oneMinusSquare(x))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -0.8...0.8))]
}

extension ProgramBuilder {
  /// `1 - x²`, by a product that keeps its digits near ±1, and elsewhere without one, whose derivative
  /// would lose its digits near 0.
  func oneMinusSquare(_ x: Value) throws -> Value {
    let one = try scalar(1, like: x)
    let isNearOne = try compare(.greater, absolute(x), scalar(0.5, like: x))
    return try select(
      isNearOne, multiply(subtract(one, x), add(one, x)), subtract(one, multiply(x, x)))
  }

  /// i = 1/m and u = x/m for a scale m = max(|x|, 1), which carries no derivative: where a formula of x
  /// would overflow, one of i and u does not.
  fileprivate func scaledDown(_ x: Value) throws -> (i: Value, u: Value) {
    let magnitude = try absolute(detach(x))
    let scale = try minimum(
      maximum(magnitude, scalar(1, like: x)), scalar(largest(like: x), like: x))
    let i = try reciprocal(scale)
    return (i, try multiply(x, i))
  }

  /// A number whose reciprocal is a normal number, too.
  private func largest(like x: Value) -> Double { type(x).element == .float32 ? 1e37 : 1e307 }
}
