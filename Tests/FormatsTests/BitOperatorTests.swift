import Formats
import Models
import Testing

@Suite("Operators on the bits of whole numbers") struct BitOperatorTests {
  private typealias Node = HandmadeModel.Node

  /// A node of whole numbers `a` and `b`, of a type that `Cast` or the input says, and its results as int64.
  private func results(
    _ operation: String, _ code: Int64, _ a: [Double], _ b: [Double]? = nil,
    _ attributes: [(String, HandmadeModel.Attribute)] = []
  ) throws -> [[Double]] {
    let length = HandmadeModel.Dim.length(Int64(a.count))
    var model = HandmadeModel(
      [length],
      nodes: [
        Node(operation, ["a"] + (b == nil ? [] : ["b"]), ["c"], attributes),
        Node("Cast", ["c"], ["y"], [("to", .int(7))]),
      ], opset: 18)
    model.graph.inputs = [("a", code, [length])]
    if b != nil { model.graph.inputs.append(("b", code, [length])) }
    let declared = try model.run(a, b ?? [])
    // The same where a chain of nodes says the type.
    model.graph.inputs = model.graph.inputs.map { ($0.0 + "_", HandmadeModel.int64, $0.2) }
    model.graph.nodes.insert(
      contentsOf: model.graph.inputs.flatMap { port in
        let name = String(port.0.dropLast())
        return [
          Node("Cast", [port.0], [port.0 + "_"], [("to", .int(code))]),
          Node("Identity", [port.0 + "_"], [name]),
        ]
      }, at: 0)
    #expect(try model.run(a, b ?? []) == declared)
    return declared
  }

  @Test("the complement is that of the width")
  func complement() throws {
    for (code, largest): (Int64, Double) in [(2, 255), (4, 65535), (12, 4_294_967_295)] {
      #expect(
        try results("BitwiseNot", code, [0, 1, 5, largest])
          == [[largest, largest - 1, largest - 5, 0]])
    }
    for code: Int64 in [3, 5, 6, 7] {
      #expect(try results("BitwiseNot", code, [0, 1, -3]) == [[-1, -2, 2]])
    }
  }

  @Test("shifts lose what leaves the width", arguments: [(2, 8), (4, 16), (12, 32)])
  func shifts(_ code: Int64, _ width: Int) throws {
    let largest = Double((1 << width) - 1)
    let a = [1, 3, largest, largest, largest, largest, 6]
    let b = [0, 1, 1, width - 1, width, width + 1, 70].map(Double.init)
    #expect(
      try results("BitShift", code, a, b, [("direction", .string("LEFT"))])
        == [[1, 6, largest - 1, (largest + 1) / 2, 0, 0, 0]])
    #expect(
      try results("BitShift", code, a, b, [("direction", .string("RIGHT"))])
        == [[1, 1, (largest - 1) / 2, 1, 0, 0, 0]])
  }

  @Test("of 64 bits the first is no sign")
  func widest() throws {
    let node = Node("BitShift", ["a", "b"], ["c"], [("direction", .string("LEFT"))])
    let back = Node("BitShift", ["c", "b"], ["d"], [("direction", .string("RIGHT"))])
    var model = HandmadeModel(
      [.length(4)], nodes: [node, back, Node("Cast", ["d"], ["y"], [("to", .int(7))])], opset: 18)
    model.graph.inputs = [("a", 13, [.length(4)]), ("b", 13, [.length(4)])]
    #expect(try model.run([1, 3, 3, 7], [63, 63, 62, 64]) == [[1, 1, 3, 0]])
    #expect(try model.run([9, 5, 2, 1], [0, 1, 2, 64]) == [[9, 5, 2, 0]])
  }

  @Test("signed numbers take their sign with them to the right")
  func signs() throws {
    var model = HandmadeModel(
      [.length(6)],
      nodes: [Node("BitShift", ["a", "b"], ["y"], [("direction", .string("RIGHT"))])], opset: 28)
    model.graph.inputs = [("a", 7, [.length(6)]), ("b", 7, [.length(6)])]
    #expect(
      try model.run([-8, -8, 9, -1, 5, -7], [1, 63, 2, 64, -1, -3]) == [[-4, -1, 2, -1, 0, -1]])
    model.graph.nodes[0].attributes = [("direction", .string("LEFT"))]
    model.graph.inputs = model.graph.inputs.map { ($0.0, 3, $0.2) }
    #expect(
      try model.run([64, 1, -64, -8, 3, 1], [1, 7, 1, 8, -1, 6])
        == [[-128, -128, -128, 0, 0, 64]])
  }

  @Test("what the file does not say of the operand is asked for")
  func refusals() {
    var model = HandmadeModel(
      [.length(2)],
      nodes: [
        Node("NonZero", ["x"], ["n"]), Node("BitwiseNot", ["n"], ["m"]),
        Node("Cast", ["m"], ["y"], [("to", .int(1))]),
      ], floats: [("x", [2], [1, 1])], opset: 18)
    model.graph.inputs = []
    #expect(model.refusal().contains("declare the type of 'n'"))
    model.graph.values = [("n", HandmadeModel.int64, [.length(1), .length(2)])]
    #expect(model.refusal() == "no error")
    var shift = HandmadeModel(
      [.length(2)], nodes: [Node("BitShift", ["x", "x"], ["y"], [("direction", .string("LEFT"))])])
    shift.graph.inputs = [("x", HandmadeModel.int64, [.length(2)])]
    #expect(shift.refusal().contains("int64; before opset 28 numbers of unsigned types"))
    shift.graph.inputs = [("x", 2, [.length(2)])]
    shift.graph.nodes[0].attributes = []
    #expect(shift.refusal().contains("'direction' is missing"))
    shift.graph.nodes[0].attributes = [("direction", .string("UP"))]
    #expect(shift.refusal().contains("'LEFT', 'RIGHT'"))
  }

  @Test("a conversion to the type of another value wraps as that type does")
  func castLike() throws {
    var model = HandmadeModel(
      [.length(2)],
      nodes: [
        Node("CastLike", ["x", "like"], ["c"]), Node("Cast", ["c"], ["y"], [("to", .int(7))]),
      ], opset: 18)
    model.graph.inputs = [
      ("x", HandmadeModel.int64, [.length(2)]), ("like", 2, [.length(1)]),
    ]
    #expect(try model.run([300, -1], [0]) == [[44, 255]])
  }
}
