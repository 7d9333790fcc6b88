import Formats
import Testing

/// What a file says and no operator would do must be refused, with a sentence that says what would be right.
@Suite("What ONNX files say in vain")
struct SilenceTests {
  private typealias Node = HandmadeModel.Node
  private typealias Graph = HandmadeModel.Graph
  private typealias Attribute = HandmadeModel.Attribute
  private typealias Dim = HandmadeModel.Dim

  /// What loading says of a node that makes `y` of an `x` of shape [2, 3].
  private func refusal(_ operation: String, _ attributes: [(String, Attribute)]) -> String {
    HandmadeModel(
      [.length(2), .length(3)], nodes: [Node(operation, ["x"], ["y"], attributes)]
    ).refusal()
  }

  @Test(
    "attributes are of the kind that the operator's entry says, whether they are used or not",
    arguments: [
      ("Dropout", "seed", .float(1.5), "'seed' is a float; it must be an integer"),
      ("Softmax", "axis", .ints([1]), "'axis' is a list of integers; it must be an integer"),
      ("LeakyRelu", "alpha", .int(1), "'alpha' is an integer; it must be a float"),
      ("LeakyRelu", "alpha", .several([.float(0.5), .int(3)]), "a value in 'f', 'i'; by its type"),
      (
        "LeakyRelu", "alpha", .several([.float(0.5), .reference("q")]),
        "a value in 'f'; it refers to 'q'"
      ),
      ("LeakyRelu", "alpha", .reference("q"), "refers to the attribute 'q' of a function"),
      ("LeakyRelu", "alpha", .several([.int(0), .float(0.5)]), "no error"),
      ("ReduceMax", "axes", .floats([]), "no error"),
    ] as [(String, String, Attribute, String)])
  private func kinds(_ operation: String, _ name: String, _ value: Attribute, _ wanted: String) {
    let found = refusal(operation, [(name, value)])
    #expect(found.contains(wanted), "\(found)")
  }

  @Test("overloads of operators, and attributes that a function does not have, are refused")
  func calls() {
    var model = HandmadeModel([.length(2)], nodes: [Node("Tanh", ["x"], ["y"])])
    model.graph.nodes[0].overload = "wide"
    #expect(model.refusal().contains("the overload 'wide' is called; the operator Tanh has no"))
    model.graph.nodes = [Node("F", ["x"], ["y"], domain: "local", [("beta", .float(1))])]
    model.domains = [("local", 1)]
    let body = Node("LeakyRelu", ["a"], ["b"], [("alpha", .reference("alpha"))])
    model.functions = [.init(name: "F", inputs: ["a"], outputs: ["b"], nodes: [body])]
    #expect(model.refusal().contains("'F' has no attribute 'beta'; it has none"))
    model.functions[0].attributes = ["beta"]
    #expect(model.refusal().contains("'alpha' of a function; the function has no such attribute"))
    model.functions[0].attributes = ["alpha", "beta"]
    #expect(model.refusal() == "no error")
  }

  @Test("nodes of bodies that do not run are looked at, too")
  func idleBodies() {
    func refusal(_ inner: Node) -> String {
      var (branch, other) = (Graph(), Graph())
      branch.nodes = [inner]
      branch.outputs = [("r", [])]
      other.nodes = [Node("Neg", ["x"], ["s"])]
      other.outputs = [("s", [])]
      let nodes = [
        Node("Cast", ["zero"], ["c"], [("to", .int(9))]),
        Node(
          "If", ["c"], ["y"], [("then_branch", .graph(branch)), ("else_branch", .graph(other))]),
      ]
      return HandmadeModel([.length(2)], nodes: nodes, integers: [("zero", [], [0])]).refusal()
    }
    #expect(refusal(Node("Tanh", ["x"], ["r"])) == "no error")
    #expect(refusal(Node("Tanh", ["x"], ["r"], [("axis", .int(1))])).contains("Tanh has no attrib"))
    #expect(refusal(Node("Softmax", ["x"], ["r"], [("axis", .float(1))])).contains("an integer"))
    #expect(
      refusal(Node("Tanh", ["x", "x"], ["r"])).contains("2 operands are given; Tanh takes 1"))
  }

  @Test("a branch takes nothing and makes what the node does")
  func branches() {
    func refusal(_ change: (inout Graph) -> Void) -> String {
      var (branch, other) = (Graph(), Graph())
      branch.nodes = [Node("Neg", ["x"], ["s"])]
      branch.outputs = [("s", [])]
      other = branch
      change(&other)
      let nodes = [
        Node("Cast", ["zero"], ["c"], [("to", .int(9))]),
        Node(
          "If", ["c"], ["y"], [("then_branch", .graph(other)), ("else_branch", .graph(branch))]),
      ]
      return HandmadeModel([.length(2)], nodes: nodes, integers: [("zero", [], [0])]).refusal()
    }
    #expect(refusal { _ in } == "no error")
    #expect(
      refusal { $0.inputs = [("u", HandmadeModel.float, [])] }.contains(
        "then_branch has 1 inputs and 1 outputs; no inputs and 1 outputs are needed"))
    #expect(refusal { $0.outputs.append(("x", [])) }.contains("then_branch has 0 inputs and 2 out"))
  }

  @Test(
    "what a body declares of its inputs is what it is given; carried values may change their shape",
    arguments: [
      (HandmadeModel.int64, HandmadeModel.bool, [Dim.length(2)], "no error"),
      (HandmadeModel.int64, HandmadeModel.bool, [.length(9)], "no error"),
      (HandmadeModel.float, HandmadeModel.bool, [.length(2)], "'i' is declared as float[], but"),
      (HandmadeModel.int64, HandmadeModel.float, [.length(2)], "'c' is declared as float[], but"),
    ])
  private func loops(_ counter: Int64, _ condition: Int64, _ dims: [Dim], _ wanted: String) {
    var body = Graph()
    body.inputs = [("i", counter, []), ("c", condition, []), ("a", HandmadeModel.float, dims)]
    body.nodes = [
      Node("Cast", ["one"], ["d"], [("to", .int(9))]), Node("Neg", ["a"], ["b"]),
    ]
    body.integers = [("one", [], [1])]
    body.outputs = [("d", []), ("b", [])]
    let model = HandmadeModel(
      [.length(2)], nodes: [Node("Loop", ["m", "", "x"], ["y"], [("body", .graph(body))])],
      integers: [("m", [], [2])])
    let found = model.refusal()
    #expect(found.contains(wanted), "\(found)")
  }

  @Test("the same of a scan, whose values keep their shape")
  func scans() {
    func refusal(_ dims: [Dim]) -> String {
      var body = Graph()
      body.inputs = [("s", HandmadeModel.float, [.length(3)]), ("e", HandmadeModel.float, dims)]
      body.nodes = [Node("Add", ["s", "e"], ["t"])]
      body.outputs = [("t", [])]
      let scan = Node(
        "Scan", ["s0", "x"], ["y"], [("body", .graph(body)), ("num_scan_inputs", .int(1))])
      return HandmadeModel(
        [.length(2), .length(3)], nodes: [scan], floats: [("s0", [3], [1, 2, 3])]
      ).refusal()
    }
    #expect(refusal([.length(3)]) == "no error")
    #expect(
      refusal([.length(9)]).contains("'e' is declared as float[9], but what the body is given"))
  }
}
