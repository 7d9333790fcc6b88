import Tensors

/// A function that is constant between its jumps: its derivative is zero.
package protocol PiecewiseConstant: UnaryFunction {}

extension PiecewiseConstant {
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? { nil }

  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { .independent(count: type.count) }
}

/// `y` is the largest whole number not above x.
package struct Floor: PiecewiseConstant {
  package static let name = "floor"
  package init() {}
  package func value(_ x: Double) -> Double { x.rounded(.down) }
  package var kink: String? { "jumps; derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.distanceToWhole(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.6...0.9))]
}

/// `y` is the smallest whole number not below x.
package struct Ceiling: PiecewiseConstant {
  package static let name = "ceil"
  package init() {}
  package func value(_ x: Double) -> Double { x.rounded(.up) }
  package var kink: String? { "jumps; derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.distanceToWhole(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.6...0.9))]
}

/// `y` is the nearest whole number, halves to even.
package struct Round: PiecewiseConstant {
  package static let name = "round"
  package init() {}
  package func value(_ x: Double) -> Double { x.rounded(.toNearestOrEven) }
  package var kink: String? { "jumps; derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    // Halves are where it jumps.
    try p.distanceToWhole(p.subtract(x[0], p.scalar(0.5, like: x[0])))
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.6...0.9))]
}

/// `y` is the whole part.
package struct Truncate: PiecewiseConstant {
  package static let name = "trunc"
  package init() {}
  package func value(_ x: Double) -> Double { x.rounded(.towardZero) }
  package var kink: String? { "jumps; derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.distanceToTruncation(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.6...0.9))]
}

/// The sign of x; sign(0) = 0, and the derivative is zero.
package struct Sign: PiecewiseConstant {
  package static let name = "sign"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .signed }
  package func value(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }
  package func wholeValue(_ x: Int64) -> Int64? { x.signum() }
  package var kink: String? { "x = 0: sign(0) = 0, derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.absolute(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.2...2))]
}

/// 1 where x > 0, else 0: the slope of relu.
package struct Step: PiecewiseConstant {
  package static let name = "step"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .unit }
  package func value(_ x: Double) -> Double { x > 0 ? 1 : 0 }
  package var kink: String? { "x = 0: jumps; derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.absolute(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.2...2))]
}

/// `y = max(x, 0)`; the derivative at 0 is 0.
package struct Relu: UnaryFunction {
  package static let name = "relu"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    Bounds(max(x[0].lower, 0), max(x[0].upper, 0))
  }
  // Written so that NaN stays NaN.
  package func value(_ x: Double) -> Double { x <= 0 ? 0 : x }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.step(x)
  }
  package var kink: String? { "x = 0: derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.absolute(x[0])
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 0.2...2)), Sample(Self(), .init([3], in: -2...(-0.2))),
  ]
}

/// `y = |x|`; the derivative at 0 is 0.
package struct Absolute: UnaryFunction {
  package static let name = "abs"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    Bounds(x[0].leastMagnitude, max(abs(x[0].lower), abs(x[0].upper)))
  }
  package func value(_ x: Double) -> Double { abs(x) }
  package func wholeValue(_ x: Int64) -> Int64? { x < 0 ? 0 &- x : x }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.sign(x)
  }
  package var kink: String? { "x = 0: derivative 0" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.absolute(x[0])
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 0.2...2)), Sample(Self(), .init([3], in: -2...(-0.2))),
  ]
}
