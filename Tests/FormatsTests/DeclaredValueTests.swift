import Formats
import Models
import Testing

@Suite("What ONNX files declare of values")
struct DeclaredValueTests {
  private typealias Node = HandmadeModel.Node
  private typealias Dim = HandmadeModel.Dim

  /// `h = relu(x)` and `y = -h`, for an `x` of the given shape.
  private func chain(_ dims: [Dim]) -> HandmadeModel {
    HandmadeModel(dims, nodes: [Node("Relu", ["x"], ["h"]), Node("Neg", ["h"], ["y"])])
  }

  @Test("an output that is declared otherwise than it is computed is refused")
  func outputs() throws {
    var model = HandmadeModel([.length(1), .length(3)], nodes: [.init("Relu", ["x"], ["y"])])
    for right: [Dim] in [
      [], [.length(1), .length(3)], [.symbol("n"), .length(3)], [.open, .open],
    ] {
      model.graph.outputs = [("y", right)]
      #expect(model.refusal() == "no error")
    }
    for wrong: [Dim] in [
      [.length(1), .length(4)], [.length(3)], [.symbol("n"), .length(3), .length(1)],
    ] {
      model.graph.outputs = [("y", wrong)]
      #expect(model.refusal().contains("output 'y' is declared as"))
    }
    model.graph.nodes = [.init("Shape", ["x"], ["y"])]
    model.graph.outputs = [("y", [.length(2)])]
    #expect(model.refusal().contains("output 'y' is declared as float[2]"))
  }

  @Test("a value inside that is declared otherwise than it is computed is refused")
  func values() {
    var model = chain([.length(1), .length(3)])
    for right: [Dim] in [[], [.length(1), .length(3)], [.symbol("n"), .open]] {
      model.graph.values = [("h", HandmadeModel.float, right)]
      #expect(model.refusal() == "no error")
    }
    for wrong: [Dim] in [
      [.length(1), .length(4)], [.length(3)], [.symbol("n"), .length(3), .length(1)],
    ] {
      model.graph.values = [("h", HandmadeModel.float, wrong)]
      #expect(model.refusal().contains("value 'h' is declared as float["))
    }
    model.graph.values = [("h", HandmadeModel.int64, [.length(1), .length(3)])]
    let found = model.refusal()
    #expect(
      found.contains("declared as int64[1, 3]") && found.contains("float64[1, 3]"), "\(found)")
    // Every declaration counts, and what nothing needs is not computed.
    model.graph.values = [
      ("h", HandmadeModel.float, [.length(1), .length(3)]),
      ("h", HandmadeModel.float, [.length(1), .length(2)]),
    ]
    #expect(model.refusal().contains("value 'h'"))
    model.graph.values = [("unused", HandmadeModel.float, [.length(7)])]
    #expect(model.refusal() == "no error")
  }

  @Test("what is declared of an initialiser must be what it is")
  func initialisers() {
    var model = HandmadeModel(
      [.length(2)], nodes: [Node("Add", ["x", "b"], ["y"])], floats: [("b", [2], [1, 2])])
    model.graph.values = [("b", HandmadeModel.float, [.length(2)])]
    #expect(model.refusal() == "no error")
    model.graph.values = [("b", HandmadeModel.float, [.length(3)])]
    #expect(model.refusal().contains("value 'b'"))
    // Older files list their initialisers among the inputs.
    model.graph.values = []
    model.graph.inputs.append(("b", HandmadeModel.float, [.length(2)]))
    #expect(model.refusal() == "no error")
    model.graph.inputs[1] = ("b", HandmadeModel.float, [.length(3)])
    #expect(model.refusal().contains("input 'b' is declared as float[3]"))
    model.graph.inputs[1] = ("b", HandmadeModel.int64, [.length(2)])
    #expect(model.refusal().contains("input 'b' is declared as int64[2]"))
  }

  @Test("values in bodies are looked at, too")
  func bodies() {
    func model(_ declared: [Dim]) -> HandmadeModel {
      var body = HandmadeModel.Graph()
      body.inputs = [
        ("i", HandmadeModel.int64, []), ("c", HandmadeModel.bool, []),
        ("a", HandmadeModel.float, [.length(2)]),
      ]
      body.nodes = [
        Node("Identity", ["c"], ["d"]), Node("Relu", ["a"], ["h"]), Node("Neg", ["h"], ["b"]),
      ]
      body.values = [("h", HandmadeModel.float, declared)]
      body.outputs = [("d", []), ("b", [.length(2)])]
      return HandmadeModel(
        [.length(2)], nodes: [Node("Loop", ["m", "", "x"], ["y"], [("body", .graph(body))])],
        integers: [("m", [], [2])])
    }
    #expect(model([.length(2)]).refusal() == "no error")
    #expect(model([.length(5)]).refusal().contains("value 'h' is declared as float[5]"))
  }

  @Test("where samples may be counted, a file may say another number of them")
  func batches() {
    var model = chain([.symbol("N"), .length(3)])
    for right: [Dim] in [[.length(8), .length(3)], [.symbol("N"), .length(3)]] {
      model.graph.values = [("h", HandmadeModel.float, right)]
      #expect(model.refusal() == "no error")
    }
    model.graph.values = [("h", HandmadeModel.float, [.length(8), .length(4)])]
    #expect(model.refusal().contains("value 'h' is declared as float[8, 4]"))
    // Samples may stand at another axis than the first, but at one only.
    model.graph.nodes = [
      Node("Transpose", ["x"], ["h"], [("perm", .ints([1, 0]))]), Node("Neg", ["h"], ["y"]),
    ]
    model.graph.values = [("h", HandmadeModel.float, [.length(3), .length(8)])]
    #expect(model.refusal() == "no error")
    for wrong: [Dim] in [[.length(4), .symbol("N")], [.length(4), .length(8)]] {
      model.graph.values = [("h", HandmadeModel.float, wrong)]
      #expect(model.refusal().contains("value 'h'"))
    }
    // A file that declares inputs of one sample has counted one everywhere.
    var fixed = chain([.length(1), .length(3)])
    fixed.graph.values = [("h", HandmadeModel.float, [.length(8), .length(3)])]
    #expect(fixed.refusal().contains("value 'h' is declared as float[8, 3]"))
  }
}
