import Graph
import Tensors

/// Activation functions of neural networks. Where a function has two branches, the one that is not
/// taken is kept from overflowing, since its derivative would turn zero times infinity into NaN.
enum ActivationOperators {
  static let all: [ONNXOperator] = smooth + kinked

  private static let smooth: [ONNXOperator] = [
    ElementwiseOperators.unary("Tanh") { p, x in try p.tanh(x) },
    ElementwiseOperators.unary("Sigmoid") { p, x in try p.sigmoid(x) },
    ElementwiseOperators.unary("Softplus") { p, x in try p.softplus(x) },
    ElementwiseOperators.unary("Mish", since: 18) { p, x in
      try p.multiply(x, p.tanh(p.softplus(x)))
    },
    ONNXOperator("Swish", since: 24) { node, p in
      try swish(node.input(0, "X"), alpha: node.real("alpha", default: 1), in: p)
    },
    ONNXOperator("SwiGLU", since: 28) { node, p in
      let gate = try node.input(0, "A")
      let x = try node.input(1, "B")
      return try p.multiply(swish(gate, alpha: node.real("alpha", default: 1), in: p), x)
    },
    ONNXOperator("Gelu", since: 20) { node, p in
      let x = try node.input(0, "X")
      switch try node.choice("approximate", default: GeluForm.none) {
      case .none: return try gelu(x, in: p)
      case .tanh: return try geluByTanh(x, in: p)
      }
    },
  ]

  private static let kinked: [ONNXOperator] = [
    ElementwiseOperators.unary("Relu") { p, x in
      p.type(x).element.isReal ? try p.relu(x) : try p.maximum(x, p.scalar(0, like: x))
    },
    ONNXOperator("LeakyRelu") { node, p in
      let x = try node.input(0, "X")
      let alpha = try p.scalar(node.real("alpha", default: 0.01), like: x)
      return try p.select(p.isPositive(x), x, p.multiply(alpha, x))
    },
    ONNXOperator("PRelu") { node, p in
      let x = try node.input(0, "X")
      let perChannel = try channelwise(node.input(1, "slope"), for: x, in: p)
      let slope = try p.broadcast(perChannel, to: p.shape(x))
      return try p.select(p.isPositive(x), x, p.multiply(slope, x))
    },
    ONNXOperator("PRelu", since: 7) { node, p in
      let x = try node.input(0, "X")
      let slope = try p.broadcast(node.input(1, "slope"), to: p.shape(x))
      return try p.select(p.isPositive(x), x, p.multiply(slope, x))
    },
    ONNXOperator("Elu") { node, p in
      let alpha = try node.real("alpha", default: 1)
      return try exponentialUnit(node.input(0, "X"), scale: alpha, in: p)
    },
    ONNXOperator("Selu") { node, p in
      let alpha = try node.real("alpha", default: 1.6732)
      let gamma = try node.real("gamma", default: 1.0507)
      let y = try exponentialUnit(node.input(0, "X"), scale: alpha, in: p)
      return try p.multiply(y, p.scalar(gamma, like: y))
    },
    ONNXOperator("Selu", since: 6) { node, p in
      let alpha = try node.real("alpha", default: 1.67326319217681884765625)
      let gamma = try node.real("gamma", default: 1.05070102214813232421875)
      let y = try exponentialUnit(node.input(0, "X"), scale: alpha, in: p)
      return try p.multiply(y, p.scalar(gamma, like: y))
    },
    ONNXOperator("Celu", since: 12) { node, p in
      let alpha = try node.real("alpha", default: 1)
      return try exponentialUnit(node.input(0, "X"), scale: alpha, width: alpha, in: p)
    },
    ONNXOperator("ThresholdedRelu") { node, p in
      let x = try node.input(0, "X")
      let alpha = try p.scalar(node.real("alpha", default: 1), like: x)
      return try p.select(p.compare(.greater, x, alpha), x, p.scalar(0, like: x))
    },
    ONNXOperator("HardSigmoid") { node, p in
      try hardSigmoid(
        node.input(0, "X"), alpha: node.real("alpha", default: 0.2),
        beta: node.real("beta", default: 0.5), in: p)
    },
    ElementwiseOperators.unary("HardSwish", since: 14) { p, x in
      try p.multiply(x, hardSigmoid(x, alpha: 1.0 / 6, beta: 0.5, in: p))
    },
    ElementwiseOperators.unary("Softsign") { p, x in
      try p.divide(x, p.add(p.absolute(x), p.scalar(1, like: x)))
    },
    ONNXOperator("Shrink", since: 9) { node, p in
      let x = try node.input(0, "input")
      let bias = try p.scalar(node.real("bias", default: 0), like: x)
      let lambda = try p.scalar(node.real("lambd", default: 0.5), like: x)
      let above = try p.select(
        p.compare(.greater, x, lambda), p.subtract(x, bias), p.scalar(0, like: x))
      return try p.select(p.compare(.less, x, p.negate(lambda)), p.add(x, bias), above)
    },
  ]

  private enum GeluForm: String, CaseIterable { case none, tanh }

  /// `y = x·Φ(x) = x/2·(1 + erf(x/√2))`
  static func gelu(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let e = try p.errorFunction(p.multiply(x, p.scalar(0.5.squareRoot(), like: x)))
    let half = try p.multiply(x, p.scalar(0.5, like: x))
    return try p.multiply(half, p.add(e, p.scalar(1, like: x)))
  }

  /// `y = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`
  static func geluByTanh(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let square = try p.multiply(x, x)
    let factor = try p.add(
      p.multiply(square, p.scalar(0.044715, like: x)), p.scalar(1, like: x))
    let inner = try p.multiply(
      p.multiply(x, factor), p.scalar((2 / Double.pi).squareRoot(), like: x))
    let half = try p.multiply(x, p.scalar(0.5, like: x))
    return try p.multiply(half, p.add(p.tanh(inner), p.scalar(1, like: x)))
  }

  private static func swish(_ x: Value, alpha: Double, in p: ProgramBuilder) throws -> Value {
    try p.multiply(x, p.sigmoid(p.multiply(x, p.scalar(alpha, like: x))))
  }

  /// `y = x` for positive x, else `scale·(exp(x/width) - 1)`
  static func exponentialUnit(
    _ x: Value, scale: Double, width: Double = 1, in p: ProgramBuilder
  ) throws -> Value {
    let isPositive = try p.isPositive(x)
    let safe = try p.select(isPositive, p.scalar(0, like: x), x)
    let scaled = width == 1 ? safe : try p.divide(safe, p.scalar(width, like: x))
    let low = try p.multiply(p.add(ExponentialMinusOne(), [scaled]), p.scalar(scale, like: x))
    return try p.select(isPositive, x, low)
  }

  /// `y = max(0, min(1, alpha·x + beta))`
  static func hardSigmoid(_ x: Value, alpha: Double, beta: Double, in p: ProgramBuilder) throws
    -> Value
  {
    let line = try p.add(
      p.multiply(x, p.scalar(alpha, like: x)), p.scalar(beta, like: x))
    return try p.maximum(p.scalar(0, like: x), p.minimum(p.scalar(1, like: x), line))
  }

  /// Until opset 6 a slope of one axis belonged to the channels, axis 1 of x.
  private static func channelwise(_ slope: Value, for x: Value, in p: ProgramBuilder) throws
    -> Value
  {
    let rank = p.shape(x).rank
    guard p.shape(slope).rank == 1, rank > 2 else { return slope }
    return try p.reshape(
      slope, Shape(p.shape(slope).dims + [Int](repeating: 1, count: rank - 2)))
  }
}

extension ProgramBuilder {
  func isPositive(_ x: Value) throws -> Value { try compare(.greater, x, scalar(0, like: x)) }
}
