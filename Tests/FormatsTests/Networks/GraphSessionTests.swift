import Building
import Formats
import Graph
import Tensors
import Testing

/// The C tests go through all behaviours; here stand those that are seen from inside only.
struct GraphSessionTests {
  @Test("a recurrence written as a loop unrolls, and its gradient goes through all steps")
  func recurrence() throws {
    let graph = GraphSession(vocabulary: ONNXVocabulary())
    let x = try graph.input("x", [4])
    let w = try graph.parameter("w", [], [0.5])
    var state = try graph.constant([], [0])
    for step in 0..<4 {
      let place = try graph.constant([], [Double(step)])
      let item = try graph.apply("Gather", [x, place], attributes: "axis=0", outputCount: 1)[0]
      let scaled = try graph.apply("Mul", [w, state], attributes: "", outputCount: 1)[0]
      let sum = try graph.apply("Add", [scaled, item], attributes: "", outputCount: 1)[0]
      state = try graph.apply("Tanh", [sum], attributes: "", outputCount: 1)[0]
    }
    let gradients = try graph.gradients(of: state, by: [x, w])
    let network = try graph.network(
      inputs: [x, w], outputs: [state] + gradients, memoryLimit: 1 << 30)
    func evaluate(_ x: [Double], _ w: Double) throws -> [Tensor] {
      try network.program.evaluate([
        Tensor(TensorType(.float64, [4]), reals: x), .scalar(w),
      ])
    }
    let point = [0.3, -0.2, 0.7, 0.1]
    let found = try evaluate(point, 0.5)
    let step = 1e-5
    for k in 0..<4 {
      var (above, below) = (point, point)
      above[k] += step
      below[k] -= step
      let slope =
        try (evaluate(above, 0.5)[0].reals[0] - evaluate(below, 0.5)[0].reals[0]) / (2 * step)
      #expect(abs(slope - found[1].reals[k]) < 1e-9)
    }
    let slope =
      try (evaluate(point, 0.5 + step)[0].reals[0] - evaluate(point, 0.5 - step)[0].reals[0])
      / (2 * step)
    #expect(abs(slope - found[2].reals[0]) < 1e-9)
  }

  @Test(
    "earlier derivatives in a graph do not make later ones larger, nor change how they are guarded")
  func manyGradients() throws {
    let graph = GraphSession(vocabulary: ONNXVocabulary())
    let x = try graph.input("x", [2])
    var gradients: [Int] = []
    for function in [
      "Cos", "Sqrt", "Sin", "Exp", "Tan", "Sinh", "Cosh", "Asinh", "Atan", "Erf", "Softplus",
      "Sigmoid", "Softsign", "Tanh", "Elu", "Selu", "Mish", "Log", "Reciprocal", "Abs",
    ] {
      let y = try graph.apply(function, [x], attributes: "", outputCount: 1)
      let square = try graph.apply("Mul", y + y, attributes: "", outputCount: 1)
      gradients += try graph.gradients(of: square[0], by: [x])
    }
    // What does not need the root has no guarded products.
    let smooth = try graph.network(inputs: [x], outputs: [gradients[2]], memoryLimit: 1 << 30)
    #expect(!smooth.program.nodes.contains { $0.isA(GuardedMultiply.self) })
    let all = try graph.network(inputs: [x], outputs: gradients, memoryLimit: 1 << 30)
    #expect(all.program.nodes.count < 2000)
  }

  @Test("outputs without a name have one that no input has")
  func outputNames() throws {
    let graph = GraphSession(vocabulary: ONNXVocabulary())
    let x = try graph.input("x", [])
    let y = try graph.input("y0", [])
    let sine = try graph.apply("Sin", [x], attributes: "", outputCount: 1)[0]
    let product = try graph.apply("Mul", [sine, y], attributes: "", outputCount: 1)[0]
    let made = try graph.network(
      inputs: [x, y], outputs: [product, sine, y], memoryLimit: 1 << 30)
    #expect(made.outputs.map(\.name) == ["y0_", "y1", "y0"])
  }

  @Test("a parameter listed as an input is none any more; those that are not needed stay out")
  func parameters() throws {
    let graph = GraphSession(vocabulary: ONNXVocabulary())
    let x = try graph.input("x", [2])
    let a = try graph.parameter("a", [2], [1, 2])
    let b = try graph.parameter("b", [2], [3, 4])
    let y = try graph.apply("Mul", [x, a], attributes: "", outputCount: 1)[0]
    let z = try graph.apply("Add", [y, b], attributes: "", outputCount: 1)[0]
    func names(_ inputs: [Int], _ output: Int) throws -> [String] {
      let network = try graph.network(inputs: inputs, outputs: [output], memoryLimit: 1 << 30)
      let parametric = try #require(network.parametric)
      return try parametric(.float64).parameters.map(\.name)
    }
    #expect(try names([x], z) == ["a", "b"])
    #expect(try names([x], y) == ["a"])
    #expect(try names([x, a], z) == ["b"])
  }

  @Test(
    "a norm of zeros has gradient zero",
    arguments: [
      ("ReduceL2", ""), ("GlobalLpPool", "p=2"), ("GlobalLpPool", "p=3"),
      ("LpPool", "kernel_shape=2 strides=2 p=3"),
    ])
  func norms(_ name: String, _ attributes: String) throws {
    let graph = GraphSession(vocabulary: ONNXVocabulary())
    let x = try graph.input("x", [1, 2, 4])
    let y = try graph.apply(name, [x], attributes: attributes, outputCount: 1)[0]
    let gradient = try graph.gradients(of: y, by: [x])
    let network = try graph.network(inputs: [x], outputs: gradient, memoryLimit: 1 << 30)
    let zeros = Tensor(TensorType(.float64, [1, 2, 4]), fill: 0.0)
    #expect(try network.program.evaluate([zeros])[0] == zeros)
  }

  @Test("inputs of a network may be listed in another order than that of their making")
  func inputOrder() throws {
    let graph = GraphSession(vocabulary: ONNXVocabulary())
    let x = try graph.input("x", [2])
    let a = try graph.parameter("a", [2], [1, 2])
    let t = try graph.input("t", [2])
    let difference = try graph.apply("Sub", [x, t], attributes: "", outputCount: 1)[0]
    let y = try graph.apply("Mul", [difference, a], attributes: "", outputCount: 1)[0]
    let network = try graph.network(inputs: [t, a, x], outputs: [y], memoryLimit: 1 << 30)
    let type = TensorType(.float64, [2])
    let found = try network.program.evaluate([
      Tensor(type, reals: [1, 2]), Tensor(type, reals: [10, 100]), Tensor(type, reals: [4, 7]),
    ])
    #expect(found[0].reals == [30, 500])
  }
}
