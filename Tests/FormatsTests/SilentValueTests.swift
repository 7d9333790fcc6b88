import Formats
import Testing

/// Values that contradict each other, or that an operator has no meaning for, are refused.
@Suite("What ONNX files say twice or out of range")
struct SilentValueTests {
  private typealias Node = HandmadeModel.Node
  private typealias Attribute = HandmadeModel.Attribute

  /// A node whose operands are `x` of the shape [1, 1, 4] and initialisers.
  struct Case: Sendable {
    var operation: String
    var inputs = ["x"]
    var outputs = ["y"]
    var attributes: [(String, HandmadeModel.Attribute)] = []
    var opset: Int64 = 18
    var wanted: String
  }

  private static let cases: [Case] = [
    // Parts.
    Case(
      operation: "Split", inputs: ["x", "i22"], outputs: ["y"], attributes: [("axis", .int(2))],
      wanted: "there are 2 parts and 1 outputs"),
    Case(
      operation: "Split", outputs: ["y", "z"],
      attributes: [("axis", .int(2)), ("num_outputs", .int(4))],
      wanted: "there are 4 parts and 2 outputs"),
    // Pads beside auto_pad, which may be zeros or those that it means.
    Case(
      operation: "Conv", inputs: ["x", "w3"],
      attributes: [("auto_pad", .string("SAME_UPPER")), ("pads", .ints([2, 0]))],
      wanted: "pads is [2, 0] and auto_pad is 'SAME_UPPER'"),
    Case(
      operation: "Conv", inputs: ["x", "w3"],
      attributes: [("auto_pad", .string("SAME_UPPER")), ("pads", .ints([1, 1]))],
      wanted: "no error"),
    Case(
      operation: "Conv", inputs: ["x", "w3"],
      attributes: [("auto_pad", .string("VALID")), ("pads", .ints([1, 1]))],
      wanted: "pads is [1, 1] and auto_pad is 'VALID'"),
    Case(
      operation: "Conv", inputs: ["x", "w3"],
      attributes: [("auto_pad", .string("SAME_LOWER")), ("pads", .ints([0, 0]))],
      wanted: "no error"),
    Case(
      operation: "AveragePool",
      attributes: [
        ("auto_pad", .string("VALID")), ("pads", .ints([1, 1])), ("kernel_shape", .ints([3])),
      ], wanted: "pads is [1, 1] and auto_pad is 'VALID'"),
    Case(
      operation: "ConvTranspose", inputs: ["x", "w3"],
      attributes: [("auto_pad", .string("SAME_UPPER")), ("pads", .ints([1, 1]))],
      wanted: "pads is [1, 1] and auto_pad is 'SAME_UPPER'"),
    // Lengths of transposed convolutions.
    Case(
      operation: "ConvTranspose", inputs: ["x", "w3"],
      attributes: [("output_padding", .ints([1, 1, 1])), ("strides", .ints([2]))],
      wanted: "output_padding is [1, 1, 1]; 1 numbers are needed"),
    Case(
      operation: "ConvTranspose", inputs: ["x", "w3"],
      attributes: [("output_padding", .ints([2])), ("strides", .ints([2]))],
      wanted: "each below the larger of stride and dilation, [2]"),
    Case(
      operation: "ConvTranspose", inputs: ["x", "w3"],
      attributes: [("output_padding", .ints([1])), ("dilations", .ints([2]))], wanted: "no error"),
    Case(
      operation: "ConvTranspose", inputs: ["x", "w3"],
      attributes: [("output_shape", .ints([1, 1, 8])), ("strides", .ints([2]))],
      wanted: "no error"),
    Case(
      operation: "ConvTranspose", inputs: ["x", "w3"],
      attributes: [("output_shape", .ints([1, 5, 8])), ("strides", .ints([2]))],
      wanted: "output_shape is [1, 5, 8]; 1 numbers are needed"),
    // Lists and single numbers.
    Case(operation: "Reshape", inputs: ["x", "i14"], wanted: "shape is int64[1, 2]; a vector is"),
    Case(operation: "ReduceSum", inputs: ["x", "i14"], wanted: "axes is int64[1, 2]; a vector is"),
    Case(operation: "Expand", inputs: ["x", "i4"], wanted: "no error"),
    Case(operation: "Clip", inputs: ["x", "", "w4"], wanted: "max is float64[4]; one number"),
    Case(operation: "Clip", inputs: ["x", "", "w1"], wanted: "no error"),
    Case(
      operation: "Pad", inputs: ["x", "pads", "w4"], attributes: [("mode", .string("edge"))],
      wanted: "constant_value is float64[4]; one element"),
    Case(operation: "Pad", inputs: ["x", "pads", "i4"], wanted: "constant_value is int64[]; one"),
    Case(operation: "Pad", inputs: ["x", "pads", "w1"], wanted: "no error"),
    // Numbers that mean nothing.
    Case(
      operation: "Resize", inputs: ["x", "", "s", "sizes"],
      wanted: "scales [1.0, 1.0, 2.0] and sizes [1.0, 1.0, 8.0] are given"),
    Case(operation: "LpNormalization", attributes: [("p", .int(3))], wanted: "p is 3; 1 or 2"),
    Case(operation: "GlobalLpPool", attributes: [("p", .int(0))], wanted: "p is 0.0; a norm needs"),
    Case(
      operation: "LpPool", attributes: [("p", .int(0)), ("kernel_shape", .ints([2]))],
      wanted: "p is 0.0; a norm needs"),
    Case(
      operation: "RNN", inputs: ["x", "rw", "rr"], attributes: [("layout", .int(7))],
      wanted: "layout is 7; 0 (time first) or 1"),
    Case(
      operation: "RNN", inputs: ["x", "rw", "rr"], attributes: [("layout", .int(1))],
      wanted: "no error"),
    // Reals where an operator takes whole numbers.
    Case(
      operation: "Gather", inputs: ["x", "w1"],
      wanted: "operand 2 of Gather holds reals; whole numbers are needed"),
  ]

  @Test("a node that contradicts itself is refused", arguments: cases)
  func contradictions(_ tried: Case) {
    let nodes = [Node(tried.operation, tried.inputs, tried.outputs, tried.attributes)]
    let found = HandmadeModel(
      [.length(1), .length(1), .length(4)], nodes: nodes,
      floats: [
        ("w3", [1, 1, 3], [1, 2, 3]), ("w4", [4], [1, 2, 3, 4]), ("w1", [1], [1]),
        ("s", [3], [1, 1, 2]), ("rw", [1, 1, 4], [1, 2, 3, 4]), ("rr", [1, 1, 1], [1]),
      ],
      integers: [
        ("i22", [2], [2, 2]), ("i14", [1, 2], [1, 2]), ("i4", [], [4]), ("sizes", [3], [1, 1, 8]),
        ("pads", [6], [0, 0, 1, 0, 0, 1]),
      ], opset: tried.opset
    ).refusal()
    #expect(found.contains(tried.wanted), "\(found)")
  }

  @Test("kernels, windows and states of newer operators must fit what they stand for")
  func newerOperators() {
    func refusal(
      _ node: Node, _ dims: [Int64], _ opset: Int64, _ floats: [(String, [Int64])]
    ) -> String {
      HandmadeModel(
        dims.map { .length($0) }, nodes: [node],
        floats: floats.map { ($0, $1, [Float](repeating: 1, count: Int($1.reduce(1, *)))) },
        opset: opset
      ).refusal()
    }
    let weights: [(String, [Int64])] = [("w", [1, 1, 2, 2]), ("o", [1, 8, 3, 3])]
    let deformed = Node("DeformConv", ["x", "w", "o"], ["y"], [("kernel_shape", .ints([7, 9]))])
    #expect(
      refusal(deformed, [1, 1, 4, 4], 19, weights).contains("W holds kernels of size [2, 2]"))
    func attention(_ name: String, _ value: Int64) -> String {
      let node = Node("Attention", ["x", "x", "x"], ["y"], [(name, .int(value))])
      return refusal(node, [1, 2, 3, 4], name == "softmax_precision" ? 23 : 25, [])
    }
    #expect(attention("softmax_precision", 7).contains("is int64; a type of floats is needed"))
    #expect(attention("softmax_precision", 10) == "no error")
    #expect(attention("left_window_size", -3).contains("is -3; a number of keys is needed"))
    let rotary = Node("RotaryEmbedding", ["x", "c", "c", "p"], ["y"])
    #expect(
      refusal(rotary, [1, 2, 3, 4], 23, [("c", [1, 3, 2]), ("p", [1, 3])]).contains(
        "operand 4 of RotaryEmbedding holds reals"))
    let causal = Node("CausalConvWithState", ["x", "w", "", "s"], ["y", "z"])
    #expect(
      refusal(causal, [1, 2, 3], 27, [("w", [2, 1, 2]), ("s", [1, 2, 9])]).contains(
        "past_state is [1, 2, 9]; [1, 2, 1] is needed"))
    let linear = Node(
      "LinearAttention", ["x", "x", "x", "", "", "b"], ["y", "z"],
      [("q_num_heads", .int(1)), ("kv_num_heads", .int(1)), ("update_rule", .string("linear"))])
    #expect(
      refusal(linear, [1, 2, 3], 27, [("b", [7])]).contains("beta is [7]; numbers for 1 head"))
    #expect(refusal(linear, [1, 2, 3], 27, [("b", [1, 2, 1])]) == "no error")
  }
}
