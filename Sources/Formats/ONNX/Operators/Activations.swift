import Graph
import Operations
import Tensors

/// Activation functions of neural networks.
enum ActivationOperators {
  static let all: [ONNXOperator] = smooth + kinked

  private static let smooth: [ONNXOperator] = [
    ElementwiseOperators.unary("Tanh") { p, x in try p.tanh(x) },
    ElementwiseOperators.unary("Sigmoid") { p, x in try p.sigmoid(x) },
    ElementwiseOperators.unary("Softplus") { p, x in try p.softplus(x) },
    ElementwiseOperators.unary("Mish", since: 18) { p, x in try p.mish(x) },
    ONNXOperator("Swish", since: 24, operands: ["X": .real], attributes: ["alpha": .real]) {
      node, p in
      try p.swish(node.input(0, "X"), alpha: node.real("alpha", default: 1))
    },
    ONNXOperator(
      "SwiGLU", since: 28, operands: ["A": .real, "B": .real], attributes: ["alpha": .real]
    ) { node, p in
      let gate = try node.input(0, "A")
      let x = try node.input(1, "B")
      return try p.multiply(p.swish(gate, alpha: node.real("alpha", default: 1)), x)
    },
    ONNXOperator("Gelu", since: 20, operands: ["X": .real], attributes: ["approximate": .text]) {
      node, p in
      let x = try node.input(0, "X")
      switch try node.choice("approximate", default: GeluForm.none) {
      case .none: return try p.gelu(x)
      case .tanh: return try p.geluByTanh(x)
      }
    },
  ]

  private static let kinked: [ONNXOperator] = [
    ElementwiseOperators.unary("Relu", .number, derivative: .kinked("x = 0: derivative 0")) {
      p, x in
      p.type(x).element.isReal ? try p.relu(x) : try p.maximum(x, p.scalar(0, like: x))
    },
    ONNXOperator(
      "LeakyRelu", operands: ["X": .real], attributes: ["alpha": .real],
      derivative: .kinked("x = 0: that of the negative side")
    ) { node, p in
      try p.leakyRelu(node.input(0, "X"), slope: node.real("alpha", default: 0.01))
    },
    ONNXOperator(
      "PRelu", operands: ["X": .number, "slope": .number],
      derivative: .kinked("x = 0: that of the negative side")
    ) { node, p in
      let x = try node.input(0, "X")
      return try p.leakyRelu(x, slope: channelwise(node.input(1, "slope"), for: x, in: p))
    },
    ONNXOperator("PRelu", since: 7) { node, p in
      try p.leakyRelu(node.input(0, "X"), slope: node.input(1, "slope"))
    },
    ONNXOperator(
      "Elu", operands: ["X": .real], attributes: ["alpha": .real],
      derivative: .kinked("x = 0: that of the negative side")
    ) { node, p in
      try p.exponentialUnit(node.input(0, "X"), scale: node.real("alpha", default: 1))
    },
    ONNXOperator(
      "Selu", operands: ["X": .real], attributes: ["alpha": .real, "gamma": .real],
      derivative: .kinked("x = 0: that of the negative side")
    ) { node, p in
      let alpha = try node.real("alpha", default: 1.6732)
      let gamma = try node.real("gamma", default: 1.0507)
      let y = try p.exponentialUnit(node.input(0, "X"), scale: alpha)
      return try p.multiply(y, p.scalar(gamma, like: y))
    },
    ONNXOperator("Selu", since: 6) { node, p in
      let alpha = try node.real("alpha", default: 1.67326319217681884765625)
      let gamma = try node.real("gamma", default: 1.05070102214813232421875)
      let y = try p.exponentialUnit(node.input(0, "X"), scale: alpha)
      return try p.multiply(y, p.scalar(gamma, like: y))
    },
    ONNXOperator(
      "Celu", since: 12, operands: ["X": .real], attributes: ["alpha": .real],
      derivative: .kinked("x = 0: that of the negative side (the first derivative has no jump)")
    ) { node, p in
      let alpha = try node.real("alpha", default: 1)
      return try p.exponentialUnit(node.input(0, "X"), scale: alpha, width: alpha)
    },
    ONNXOperator(
      "ThresholdedRelu", operands: ["X": .real], attributes: ["alpha": .real],
      derivative: .kinked("x = alpha: jumps; derivative 0")
    ) { node, p in
      try p.thresholdedRelu(node.input(0, "X"), threshold: node.real("alpha", default: 1))
    },
    ONNXOperator(
      "HardSigmoid", operands: ["X": .real], attributes: ["alpha": .real, "beta": .real],
      derivative: .kinked("at both bounds: half the derivative")
    ) { node, p in
      try p.hardSigmoid(
        node.input(0, "X"), alpha: node.real("alpha", default: 0.2),
        beta: node.real("beta", default: 0.5))
    },
    ElementwiseOperators.unary(
      "HardSwish", since: 14,
      derivative: .kinked("at both bounds: half that of the bounded factor")
    ) { p, x in
      try p.multiply(x, p.hardSigmoid(x, alpha: 1.0 / 6, beta: 0.5))
    },
    ElementwiseOperators.unary(
      "Softsign", derivative: .kinked("x = 0: jump of the second derivative")
    ) { p, x in try p.softsign(x) },
    ONNXOperator(
      "Shrink", since: 9, operands: ["input": .real], attributes: ["bias": .real, "lambd": .real],
      derivative: .kinked("x = ±lambd: jumps; derivative 0")
    ) { node, p in
      try p.shrink(
        node.input(0, "input"), lambda: node.real("lambd", default: 0.5),
        bias: node.real("bias", default: 0))
    },
  ]

  private enum GeluForm: String, CaseIterable { case none, tanh }

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
