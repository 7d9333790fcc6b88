import Formats
import Graph
import Tensors
import Testing

@Suite("Bodies, functions and refusals of ONNX graphs")
struct GraphImportTests {
  private typealias Node = HandmadeModel.Node
  private typealias Function = HandmadeModel.Function

  private func calling(_ functions: [Function], _ nodes: [Node]) -> HandmadeModel {
    var model = HandmadeModel([.length(2)], nodes: nodes)
    model.functions = functions
    model.domains = [("local", 1)]
    return model
  }

  @Test("a function takes attributes of its call, or its own standard value")
  func functionAttributes() throws {
    let scale = Function(
      name: "Leaky", inputs: ["a"], outputs: ["b"], defaults: [("slope", .float(0.5))],
      nodes: [Node("LeakyRelu", ["a"], ["b"], [("alpha", .reference("slope"))])])
    let plain = calling([scale], [Node("Leaky", ["x"], ["y"], domain: "local")])
    #expect(try plain.run([-2, 2]) == [[-1, 2]])
    let given = calling(
      [scale], [Node("Leaky", ["x"], ["y"], domain: "local", [("slope", .float(0.25))])])
    #expect(try given.run([-2, 2]) == [[-0.5, 2]])
  }

  @Test("an attribute without a value stays absent in the body")
  func absentAttributes() throws {
    let function = Function(
      name: "Leaky", inputs: ["a"], outputs: ["b"], attributes: ["slope"],
      nodes: [Node("LeakyRelu", ["a"], ["b"], [("alpha", .reference("slope"))])])
    let model = calling([function], [Node("Leaky", ["x"], ["y"], domain: "local")])
    #expect(try model.run([-2, 2]) == [[-2 * Double(Float(0.01)), 2]])
  }

  @Test("inputs that a call leaves out are absent in the body, and bodies have their own opset")
  func optionalInputs() throws {
    let clip = Function(
      name: "Cut", inputs: ["a", "low", "high"], outputs: ["b", "c"],
      nodes: [
        Node("Clip", ["a", "low", "high"], ["b"]),
        Node("Softmax", ["a"], ["c"], [("axis", .int(0))]),
      ], opset: 12)
    let model = calling(
      [clip], [Node("Cut", ["x", "", "h"], ["y", "z"], domain: "local")])
    var withBound = model
    withBound.graph.floats = [("h", [], [1])]
    withBound.graph.outputs = [("y", []), ("z", [])]
    #expect(try withBound.run([-5, 5])[0] == [-5, 1])
    #expect(model.refusal().contains("'h'"))
  }

  @Test("functions call functions, but not themselves")
  func recursion() throws {
    let twice = Function(
      name: "Twice", inputs: ["a"], outputs: ["b"], nodes: [Node("Add", ["a", "a"], ["b"])])
    let four = Function(
      name: "Four", inputs: ["a"], outputs: ["c"],
      nodes: [
        Node("Twice", ["a"], ["b"], domain: "local"), Node("Twice", ["b"], ["c"], domain: "local"),
      ])
    let model = calling([four, twice], [Node("Four", ["x"], ["y"], domain: "local")])
    #expect(try model.run([1, 2]) == [[4, 8]])
    let endless = Function(
      name: "Twice", inputs: ["a"], outputs: ["b"],
      nodes: [Node("Four", ["a"], ["b"], domain: "local")])
    #expect(
      calling([four, endless], [Node("Four", ["x"], ["y"], domain: "local")]).refusal()
        .contains("calls itself"))
  }

  @Test("calls that double at every level are refused in time")
  func expansion() {
    let functions = (0..<40).map { level in
      Function(
        name: "F\(level)", inputs: ["a"], outputs: ["b"],
        nodes: level == 0
          ? [Node("Neg", ["a"], ["b"])]
          : [
            Node("F\(level - 1)", ["a"], ["c"], domain: "local"),
            Node("F\(level - 1)", ["a"], ["d"], domain: "local"), Node("Add", ["c", "d"], ["b"]),
          ])
    }
    let model = calling(functions, [Node("F39", ["x"], ["y"], domain: "local")])
    #expect(model.refusal().contains("expand to more than"))
  }

  @Test("a loop without end is refused in time")
  func endlessLoop() {
    var body = HandmadeModel.Graph()
    body.inputs = [
      ("i", HandmadeModel.int64, []), ("go", 9, []), ("v", HandmadeModel.float, [.length(2)]),
    ]
    body.outputs = [("go", []), ("v", [])]
    let model = HandmadeModel(
      [.length(2)], nodes: [Node("Loop", ["", "", "x"], ["y"], [("body", .graph(body))])])
    #expect(model.refusal().contains("expand to more than"))
  }

  @Test("a branch that depends on an input is chosen for each sample")
  func dynamicBranch() throws {
    func branch(_ operation: String) -> HandmadeModel.Graph {
      var graph = HandmadeModel.Graph()
      graph.nodes = [Node(operation, ["x"], ["r"])]
      graph.outputs = [("r", [])]
      return graph
    }
    let nodes = [
      Node("ReduceSum", ["x"], ["s"], [("keepdims", .int(0))]),
      Node("Greater", ["s", "zero"], ["c"]),
      Node(
        "If", ["c"], ["y"],
        [("then_branch", .graph(branch("Sqrt"))), ("else_branch", .graph(branch("Neg")))]),
    ]
    let model = HandmadeModel([.length(2)], nodes: nodes, floats: [("zero", [], [0])])
    #expect(try model.run([4, 9]) == [[2, 3]])
    #expect(try model.run([-4, -9]) == [[4, 9]])
  }

  @Test("all unsupported operators of a file are named at once, those of bodies and functions too")
  func unsupportedOperators() {
    var body = HandmadeModel.Graph()
    body.nodes = [Node("Mystery", ["x"], ["r"], name: "inner")]
    body.outputs = [("r", [])]
    let function = Function(
      name: "F", inputs: ["a"], outputs: ["b"], nodes: [Node("Enigma", ["a"], ["b"], name: "deep")])
    let model = calling(
      [function],
      [
        Node("F", ["x"], ["f"], domain: "local"),
        Node("If", ["c"], ["g"], [("then_branch", .graph(body)), ("else_branch", .graph(body))]),
        Node("FusedConv", ["x"], ["h"], name: "conv_1", domain: "com.microsoft"),
        Node("Sum", ["f", "g", "h"], ["y"]),
      ])
    var complete = model
    complete.graph.inputs.append(("c", 9, []))
    let found = complete.refusal()
    for word in [
      "Mystery of ai.onnx (opset 17; 'inner'", "Enigma of ai.onnx (opset 17; 'deep'",
      "FusedConv of com.microsoft (not in opset_import; 'conv_1'", "3 operators",
    ] {
      #expect(found.contains(word), "\(found)")
    }
  }

  @Test("errors say at which node they are, and what would be right")
  func locatedErrors() {
    func refusal(_ node: Node, floats: [(String, [Int64], [Float])] = []) -> String {
      HandmadeModel([.length(2), .length(3)], nodes: [node], floats: floats).refusal()
    }
    let product = refusal(
      Node("Gemm", ["x", "w"], ["y"], name: "dense_3"), floats: [("w", [2, 2], [1, 2, 3, 4])])
    #expect(product.contains("node 'dense_3' (Gemm): A is [2, 3], B is [2, 2]; columns of A must"))
    #expect(
      refusal(Node("Add", ["x"], ["y"])).contains("node making 'y' (Add): input B (number 2)"))
    #expect(refusal(Node("Concat", ["x", "x"], ["y"])).contains("'axis' is missing"))
    #expect(refusal(Node("Softmax", ["x"], ["y"], [("axis", .int(5))])).contains("axes -2 to 1"))
    #expect(
      refusal(Node("Softmax", ["x"], ["y"], [("axis", .float(1))])).contains("must be an integer"))
    let reshaped = HandmadeModel(
      [.length(2)],
      nodes: [
        Node("Cast", ["x"], ["s"], [("to", .int(7))]), Node("Reshape", ["x", "s"], ["y"]),
      ])
    #expect(reshaped.refusal().contains("must be known"))
    #expect(refusal(Node("Gelu", ["x"], ["y"])).contains("Gelu of ai.onnx (opset 17"))
  }

  @Test("large constants and unrolled sizes stay below the memory limit")
  func memory() {
    let nodes = [
      Node("ConstantOfShape", ["shape"], ["c"]), Node("Add", ["x", "c"], ["y"]),
    ]
    let model = HandmadeModel(
      [.length(1)], nodes: nodes, integers: [("shape", [1], [1 << 30])])
    #expect(model.refusal().contains("memory"))
    let long = HandmadeModel(
      [.length(1 << 39)], nodes: [Node("Cast", ["x"], ["y"], [("to", .int(7))])])
    #expect(long.refusal().contains("memory"))
    let range = HandmadeModel(
      [.length(1)],
      nodes: [
        Node("Range", ["a", "b", "c"], ["r"]), Node("Cast", ["r"], ["y"], [("to", .int(1))]),
      ],
      integers: [("a", [], [0]), ("b", [], [.max]), ("c", [], [1])])
    #expect(range.refusal().contains("too long"))
  }
}
