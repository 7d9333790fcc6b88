import Graph
import Models
import Networks
import Operations
import Tensors

/// Networks of fully connected layers with one activation between them.
package enum MultilayerPerceptron {
  package enum Activation: String, CaseIterable, Sendable {
    case tanh, relu, sigmoid, softplus, elu, gelu, silu, sine, identity

    func apply(_ x: Value, in p: ProgramBuilder) throws -> Value {
      switch self {
      case .tanh: try p.tanh(x)
      case .relu: try p.relu(x)
      case .sigmoid: try p.sigmoid(x)
      case .softplus: try p.softplus(x)
      case .elu: try p.exponentialUnit(x)
      case .gelu: try p.gelu(x)
      case .silu: try p.swish(x)
      case .sine: try p.sine(x)
      case .identity: x
      }
    }
  }

  package static func make(
    sizes: [Int], activation: Activation, seed: Int64, options: NetworkOptions
  ) throws -> Network {
    let p = ProgramBuilder(memoryLimit: options.memoryLimit)
    var random = Random(seed: seed)
    let x = try p.input(TensorType(.float64, Shape(checking: [1, sizes[0]])))
    var y = x
    var parameters: [Parameter] = []
    for (layer, (inputs, outputs)) in zip(sizes, sizes.dropFirst()).enumerated() {
      if layer > 0 { y = try activation.apply(y, in: p) }
      let shape = try Shape(checking: [outputs, inputs])
      guard shape.count <= options.memoryLimit / 8 else {
        throw NetJacError(
          .memory,
          "layer \(layer + 1) has \(shape.count) weights; the memory limit is "
            + "\(options.memoryLimit) bytes (option memory_limit)")
      }
      // As they are drawn, and as the tensor has them.
      try Memory.require(shape.count * 16)
      let limit = (6 / Double(activation == .relu ? inputs : inputs + outputs)).squareRoot()
      let weights = (0..<shape.count).map { _ in random.symmetric(limit) }
      let weight = Tensor(TensorType(.float64, shape), reals: weights)
      let bias = Tensor(TensorType(.float64, [outputs]), reals: zeros(outputs))
      let (w, b) = (try p.input(weight.type), try p.input(bias.type))
      let product = try p.dot(y, w, [0, 1], [2, 1], [0, 2])
      y = try p.add(product, p.broadcast(b, to: [1, outputs]))
      parameters.append(Parameter(name: "layer\(layer + 1).weight", value: weight))
      parameters.append(Parameter(name: "layer\(layer + 1).bias", value: bias))
    }
    let imported = try NetworkDescription(
      ParametricProgram(program: p.program(outputs: [y]), parameters: parameters),
      inputs: [port("x", sizes[0])], outputs: [port("y", sizes[sizes.count - 1])],
      hasBatchAxis: true)
    return try Network(imported, options)
  }

  private static func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }

  private static func port(_ name: String, _ size: Int) -> Port {
    Port(name: name, dims: [1, size], isBatched: true)
  }
}
