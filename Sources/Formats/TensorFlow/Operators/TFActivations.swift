import Graph
import Operations
import Tensors

/// Activation functions, softmax and what is added to channels.
enum TFActivationOperators {
  static let all: [TFOperator] = [
    .unary("Sigmoid") { p, x in try p.sigmoid(x) },
    .unary("Tanh") { p, x in try p.tanh(x) },
    activation("Relu") { p, x in try p.relu(x) },
    activation("Relu6") { p, x in
      let six = try p.scalar(6, like: x)
      return try p.select(p.compare(.less, x, six), p.relu(x), six)
    },
    activation("Elu") { p, x in try p.exponentialUnit(x) },
    // Source: Klambauer et al., Self-normalizing neural networks, 2017.
    activation("Selu") { p, x in
      let scale = 1.0507009873554804934193349852946
      let y = try p.exponentialUnit(x, scale: 1.6732632423543772848170429916717)
      return try p.multiply(y, p.scalar(scale, like: y))
    },
    activation("Softplus") { p, x in try p.softplus(x) },
    activation("Softsign") { p, x in try p.softsign(x) },
    TFOperator("LeakyRelu", outputs: ["activations"], attributes: ["alpha"]) { node, p in
      try p.leakyRelu(node.input(0, "features"), slope: node.real("alpha", default: 0.2))
    },
    TFOperator("Softmax", outputs: ["softmax"]) { node, p in
      let x = try node.input(0, "logits")
      return try p.softmax(x, over: [node.axis(-1, rank: p.shape(x).rank)])
    },
    TFOperator("LogSoftmax", outputs: ["logsoftmax"]) { node, p in
      let x = try node.input(0, "logits")
      return try p.logSoftmax(x, over: [node.axis(-1, rank: p.shape(x).rank)])
    },
    TFOperator("BiasAdd", attributes: ["data_format"]) { node, p in
      try biased(node, node.layout(), in: p)
    },
    TFOperator("BiasAddV1") { node, p in try biased(node, .channelsLast, in: p) },
  ]

  private static func activation(
    _ name: String, _ function: @escaping @Sendable (ProgramBuilder, Value) throws -> Value
  ) -> TFOperator {
    .unary(name, output: "activations", function)
  }

  private static func biased(_ node: TFCall, _ layout: ImageLayout, in p: ProgramBuilder) throws
    -> Value
  {
    let x = try node.input(0, "value")
    return try p.add(x, p.channelwise(node.input(1, "bias"), like: x, "bias", layout))
  }
}
