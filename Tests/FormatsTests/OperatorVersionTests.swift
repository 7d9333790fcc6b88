import Formats
import Graph
import Tensors
import Testing

/// Operators whose meaning changed, tried on both sides of the change.
@Suite("Versions of ONNX operators")
struct OperatorVersionTests {
  private typealias Node = HandmadeModel.Node

  private let square: [HandmadeModel.Dim] = [.length(1), .length(2), .length(2)]

  @Test("Softmax works on all axes from one on until opset 12, on one axis since 13")
  func softmax() throws {
    let node = Node("Softmax", ["x"], ["y"], [("axis", .int(1))])
    let x = [0, 0, 0, 0.0]
    #expect(
      try HandmadeModel(square, nodes: [node], opset: 12).run(x) == [[0.25, 0.25, 0.25, 0.25]])
    #expect(try HandmadeModel(square, nodes: [node], opset: 13).run(x) == [[0.5, 0.5, 0.5, 0.5]])
  }

  @Test("axes of Squeeze, Unsqueeze and ReduceSum move from attribute to input")
  func axes() throws {
    for operation in ["Squeeze", "Unsqueeze", "ReduceSum"] {
      let old = Node(operation, ["x"], ["y"], [("axes", .ints([0]))])
      let new = Node(operation, ["x", "axes"], ["y"])
      let before = try HandmadeModel(square, nodes: [old], opset: 12).load()
      let after = try HandmadeModel(
        square, nodes: [new], integers: [("axes", [1], [0])], opset: 13
      ).load()
      #expect(before.outputs[0].dims == after.outputs[0].dims, "\(operation)")
    }
    // Where no axes are given, ReduceSum takes all, or with the attribute none.
    let none = Node("ReduceSum", ["x"], ["y"], [("noop_with_empty_axes", .int(1))])
    #expect(try HandmadeModel(square, nodes: [none]).run([1, 2, 3, 4]) == [[1, 2, 3, 4]])
    let all = Node("ReduceSum", ["x"], ["y"], [("keepdims", .int(0))])
    #expect(try HandmadeModel(square, nodes: [all]).run([1, 2, 3, 4]) == [[10]])
  }

  @Test("bounds of Clip move from attributes to inputs")
  func clip() throws {
    let old = Node("Clip", ["x"], ["y"], [("max", .float(1.5))])
    #expect(
      try HandmadeModel(square, nodes: [old], opset: 10).run([-9, 1, 2, 9]) == [[-9, 1, 1.5, 1.5]])
    let new = Node("Clip", ["x", "", "high"], ["y"])
    let model = HandmadeModel(square, nodes: [new], floats: [("high", [], [1.5])], opset: 11)
    #expect(try model.run([-9, 1, 2, 9]) == [[-9, 1, 1.5, 1.5]])
  }

  @Test("Slice and Split move from attributes to inputs")
  func slice() throws {
    let old = Node(
      "Slice", ["x"], ["y"], [("starts", .ints([-1])), ("ends", .ints([99])), ("axes", .ints([2]))])
    #expect(try HandmadeModel(square, nodes: [old], opset: 9).run([1, 2, 3, 4]) == [[2, 4]])
    let new = Node("Slice", ["x", "s", "e", "a", "t"], ["y"])
    let backwards = HandmadeModel(
      square, nodes: [new],
      integers: [("s", [1], [.max]), ("e", [1], [.min]), ("a", [1], [-1]), ("t", [1], [-1])],
      opset: 10)
    #expect(try backwards.run([1, 2, 3, 4]) == [[2, 1, 4, 3]])
    let outside = HandmadeModel(
      square, nodes: [new],
      integers: [("s", [1], [-9]), ("e", [1], [-9]), ("a", [1], [-1]), ("t", [1], [-1])], opset: 13)
    #expect(try outside.run([1, 2, 3, 4]) == [[1, 3]])
    let parts = HandmadeModel(
      [.length(3)], nodes: [Node("Split", ["x"], ["y", "z"], [("num_outputs", .int(2))])], opset: 18
    )
    #expect(try parts.run([1, 2, 3]) == [[1, 2]])
    let uneven = HandmadeModel([.length(3)], nodes: [Node("Split", ["x"], ["y", "z"])])
    #expect(uneven.refusal().contains("equal parts"))
  }

  @Test("until opset 6 operands were aligned by an attribute")
  func legacyBroadcast() throws {
    let node = Node("Add", ["x", "b"], ["y"], [("broadcast", .int(1)), ("axis", .int(1))])
    let floats: [(String, [Int64], [Float])] = [("b", [2], [10, 20])]
    #expect(
      try HandmadeModel(square, nodes: [node], floats: floats, opset: 6).run([1, 2, 3, 4]) == [
        [11, 12, 23, 24]
      ])
    let later = HandmadeModel(square, nodes: [node], floats: floats, opset: 7)
    #expect(later.refusal().contains("Add has no attributes; 'axis' is given"))
    let plain = Node("Add", ["x", "b"], ["y"])
    #expect(
      try HandmadeModel(square, nodes: [plain], floats: floats, opset: 7).run([1, 2, 3, 4]) == [
        [11, 22, 13, 24]
      ])
  }

  @Test("what an operator does not know is refused, with what it knows")
  func silence() {
    let floats: [(String, [Int64], [Float])] = [("b", [2], [10, 20])]
    func refusal(_ node: Node) -> String {
      HandmadeModel(square, nodes: [node], floats: floats).refusal()
    }
    #expect(
      refusal(Node("LeakyRelu", ["x"], ["y"], [("alfa", .float(0.2))])).contains(
        "LeakyRelu has no attribute 'alfa'; its attributes are 'alpha'"))
    #expect(
      refusal(Node("Softmax", ["x"], ["y"], [("keepdim", .int(1))])).contains("'axis'"))
    #expect(
      refusal(Node("Tanh", ["x", "b", "b"], ["y"])).contains(
        "3 operands are given; Tanh takes 1 (X)")
    )
    var truth = HandmadeModel(
      square, nodes: [Node("Not", ["c"], ["n"]), Node("Add", ["n", "n"], ["y"])])
    truth.graph.inputs.append(("c", HandmadeModel.bool, [.length(2)]))
    #expect(truth.refusal().contains("operand 1 of Add holds booleans; numbers are needed"))
  }

  @Test("GroupNormalization scales groups until opset 20, channels since 21")
  func groupNormalization() throws {
    let node = Node(
      "GroupNormalization", ["x", "s", "b"], ["y"],
      [("num_groups", .int(1)), ("epsilon", .float(0))])
    let dims: [HandmadeModel.Dim] = [.length(1), .length(2), .length(1)]
    let one: [(String, [Int64], [Float])] = [("s", [1], [3]), ("b", [1], [1])]
    #expect(
      try HandmadeModel(dims, nodes: [node], floats: one, opset: 18).run([0, 2]) == [[-2, 4]])
    let two: [(String, [Int64], [Float])] = [("s", [2], [3, 5]), ("b", [2], [1, 0])]
    #expect(
      try HandmadeModel(dims, nodes: [node], floats: two, opset: 21).run([0, 2]) == [[-2, 5]])
  }

  @Test("Upsample and the first Resize sample alike")
  func upsample() throws {
    let dims: [HandmadeModel.Dim] = [.length(1), .length(1), .length(2)]
    let wanted = [[1, 1, 2, 2.0]]
    let attribute = Node("Upsample", ["x"], ["y"], [("scales", .floats([1, 1, 2]))])
    #expect(try HandmadeModel(dims, nodes: [attribute], opset: 7).run([1, 2]) == wanted)
    for (operation, opset) in [("Upsample", 9), ("Resize", 10)] as [(String, Int64)] {
      let node = Node(operation, ["x", "s"], ["y"])
      let model = HandmadeModel(
        dims, nodes: [node], floats: [("s", [3], [1, 1, 2])], opset: opset)
      #expect(try model.run([1, 2]) == wanted)
    }
  }

  @Test("numbers of attributes are the single-precision numbers that files hold, defaults as well")
  func singlePrecisionNumbers() throws {
    let standard = Node("LeakyRelu", ["x"], ["y"])
    let given = Node("LeakyRelu", ["x"], ["y"], [("alpha", .float(0.3))])
    #expect(
      try HandmadeModel([.length(1)], nodes: [standard]).run([-1]) == [[-Double(Float(0.01))]])
    #expect(try HandmadeModel([.length(1)], nodes: [given]).run([-1]) == [[-Double(Float(0.3))]])
  }

  @Test("what mixes the samples of a batch, or is random, is refused")
  func training() {
    let dims: [HandmadeModel.Dim] = [.length(1), .length(1), .length(2)]
    let statistics: [(String, [Int64], [Float])] = ["s", "b", "m", "v"].map { ($0, [1], [1]) }
    let batch = Node(
      "BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], [("training_mode", .int(1))])
    #expect(
      HandmadeModel(dims, nodes: [batch], floats: statistics).refusal().contains("training mode"))
    let drop = HandmadeModel(
      dims, nodes: [Node("Dropout", ["x", "", "t"], ["y"])], integers: [("t", [], [1])])
    #expect(drop.refusal().contains("training mode"))
  }

  @Test("casts wrap at the width of the integer, and leave floats as they are")
  func casts() throws {
    func cast(_ type: Int64, _ x: Double) throws -> Double {
      let nodes = [
        Node("Cast", ["x"], ["i"], [("to", .int(type))]),
        Node("Cast", ["i"], ["y"], [("to", .int(1))]),
      ]
      return try HandmadeModel([.length(1)], nodes: nodes).run([x])[0][0]
    }
    #expect(try cast(7, -2.7) == -2)
    #expect(try cast(2, 257) == 1)
    #expect(try cast(3, 200) == -56)
    #expect(try cast(3, -129) == 127)
    #expect(try cast(5, 40000) == -25536)
    #expect(try cast(4, -1) == 65535)
    #expect(try cast(6, 3e9) == -2_147_483_648)
    #expect(try cast(6, .nan) == -2_147_483_648)
    #expect(try cast(7, .infinity) == -0x1p63)
    #expect(try cast(12, -1) == 4_294_967_295)
    #expect(try cast(9, 0.5) == 1)
    #expect(try cast(10, 1.1) == 1.1)
    let eight = HandmadeModel(
      [.length(1)], nodes: [Node("Cast", ["x"], ["y"], [("to", .int(17))])])
    #expect(eight.refusal().contains("float8e4m3fn"))
  }
}
