import Glibc
import Tensors

/// `y = exp(x)`.
package struct Exponential: UnaryFunction, Smooth {
  package static let name = "exp"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].map(exp) }
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].upper > 80 }
  package func value(_ x: Double) -> Double { exp(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? { y }
  package static let samples = [Sample(Self(), .init([2, 3])), Sample(Self(), .init([1, 0]))]
}

/// `y = exp(x) - 1`, exact for small x.
package struct ExponentialMinusOne: UnaryFunction, Smooth {
  package static let name = "expm1"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].map(expm1) }
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].upper > 80 }
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
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].lower < 1e-18 }
  package func value(_ x: Double) -> Double { log(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(x)
  }
  /// Forms that would overflow on the way to what they are.
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    let node = p.node(x[0])
    let operands = node.operands
    if node.isA(Exponential.self) { return operands[0] }
    if node.isA(Sigmoid.self) { return try p.negate(p.softplus(p.negate(operands[0]))) }
    if node.isA(Add.self) {
      for (one, other) in [(0, 1), (1, 0)]
      where p.fill(of: operands[one]) == 1 && p.node(operands[other]).isA(Exponential.self) {
        return try p.softplus(p.node(operands[other]).operands[0])
      }
    }
    if node.isA(Subtract.self), p.fill(of: operands[0]) == 1, p.node(operands[1]).isA(Sigmoid.self)
    {
      return try p.negate(p.softplus(p.node(operands[1]).operands[0]))
    }
    return try p.logarithmOfSum(x[0]) ?? p.logarithmOfQuotient(x[0])
      ?? p.logarithmOfHyperbolicCosine(x[0])
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.2...4))]
}

/// `y = log(1 + x)`, exact for small x.
package struct LogarithmOfOnePlus: UnaryFunction, Smooth {
  package static let name = "log1p"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    x[0].lower > -1 ? x[0].map(log1p) : .all
  }
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].lower <= -1 + 1e-6 }
  package func value(_ x: Double) -> Double { log1p(x) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.reciprocal(p.add(x, p.scalar(1, like: x)))
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    let node = p.node(x[0])
    return node.isA(Exponential.self) ? try p.softplus(node.operands[0]) : nil
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: -0.6...3))]
}

/// `y = tanh(x)`.
package struct HyperbolicTangent: UnaryFunction, Smooth {
  package static let name = "tanh"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .signed }
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
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .unit }
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
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { Bounds(0, .infinity) }
  package func value(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.sigmoid(x)
  }
  package static let samples = [
    Sample(Self(), .init([2, 3])), Sample(Self(), .init([3], in: -9...9)),
  ]
}

/// `y = x/(1 + |x|)`.
package struct Softsign: UnaryFunction {
  package static let name = "softsign"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .signed }
  package func value(_ x: Double) -> Double { x / (1 + abs(x)) }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    let root = try p.reciprocal(p.add(p.absolute(x), p.scalar(1, like: x)))
    return try p.multiply(root, root)
  }
  package var kink: String? { "x = 0: derivative 1; the second derivative jumps and is 0 there" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.absolute(x[0])
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 0.2...3)), Sample(Self(), .init([3], in: -3...(-0.2))),
  ]
}

/// `y = √x`.
package struct SquareRoot: UnaryFunction, Smooth {
  package static let name = "sqrt"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    Bounds(max(x[0].lower, 0).squareRoot(), max(x[0].upper, 0).squareRoot())
  }
  package func isSingular(_ x: [Bounds]) -> Bool { x[0].lower < 1e-18 }
  package func value(_ x: Double) -> Double { x.squareRoot() }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.divide(p.scalar(0.5, like: y), y)
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.asSumOfSquares(x[0]).map { try p.squareRoot($0) }
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.3...4))]
}

/// `y = 1/x`.
package struct Reciprocal: UnaryFunction, Smooth {
  package static let name = "reciprocal"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    x[0].lower > 0 ? Bounds(1 / x[0].upper, 1 / x[0].lower) : .all
  }
  package func isSingular(_ x: [Bounds]) -> Bool { !x[0].keepsClearOfZero }
  package func value(_ x: Double) -> Double { 1 / x }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.negate(p.multiply(y, y))
  }
  /// Multiplied twice: y² may overflow where what it is multiplied with brings it back, as in `log u` of a small u.
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    try dx[0].map { try p.negate(p.scaled(p.scaled($0, by: y), by: y)) }
  }
  package static let samples = [Sample(Self(), .init([2, 3], in: 0.4...3))]
}
