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
      ("LeakyRelu", "alpha", .several([.float(0.5), .int(3)]), "has a value in 'f', 'i'"),
      ("LeakyRelu", "alpha", .several([.float(0.5), .reference("q")]), "refers to 'q' and has"),
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
}
