import Formats
import Foundation
import Graph
import Models
import Networks
import Tensors
import TestCases
import Testing

@Suite("Names, types and outputs of all kinds, saved and loaded again") struct SavedNameTests {
  private typealias Node = HandmadeModel.Node
  private typealias Dim = HandmadeModel.Dim

  /// Saves what a file means, loads that, and expects the same names, shapes and bits of both.
  private func expectSame(
    _ model: HandmadeModel, _ x: [Double], jacobian wanted: Bool = false
  ) throws {
    let network = try Network(model.load(), NetworkOptions())
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(
      wanted ? network.writableJacobian() : network.writable(), to: path)
    let again = try loadedNetwork(path)
    #expect(again.inputs.map(\.name) == network.inputs.map(\.name))
    let names = network.outputs.map(\.name)
    let namesAgain = again.outputs.prefix(names.count).map(\.name)
    // A file has each name once.
    if Set(names).count == names.count {
      #expect(namesAgain == names)
    } else {
      #expect(Set(namesAgain).count == names.count)
    }
    #expect(again.inputs.map(\.dims) == network.inputs.map(\.dims))
    #expect(
      again.outputs.prefix(network.outputs.count).map(\.dims) == network.outputs.map(\.dims))
    var y = [Double](repeating: .nan, count: network.outputSize)
    var z = [Double](repeating: .nan, count: again.outputSize)
    try network.forward(samples: 1, x: x, y: &y)
    try again.forward(samples: 1, x: x, y: &z)
    #expect(y.map(\.bitPattern) == z.prefix(y.count).map(\.bitPattern), "\(y) and \(z)")
    guard wanted else { return }
    var jacobian = [Double](repeating: .nan, count: y.count * x.count)
    try network.jacobian(samples: 1, x: x, y: nil, jacobian: &jacobian, order: .rowMajor)
    #expect(jacobian == Array(z.dropFirst(y.count)))
  }

  @Test("conversions to every small type", arguments: [2, 3, 4, 5, 6, 7, 9, 12, 13] as [Int64])
  func casts(_ code: Int64) throws {
    let length: Dim = .length(6)
    let numbers: [Double] = [0, 1.75, -1.25, 255, 300, -40000]
    for type in [HandmadeModel.float, HandmadeModel.int64] {
      var model = HandmadeModel(
        [length],
        nodes: [
          Node("Cast", ["x"], ["c"], [("to", .int(code))]),
          Node("Cast", ["c"], ["y"], [("to", .int(1))]),
        ], opset: 18)
      model.graph.inputs = [("x", type, [length])]
      let isWhole = type == HandmadeModel.int64
      // What a real beyond the unsigned types becomes is not said.
      let x = numbers.map { isWhole ? $0.rounded() : $0 }
      try expectSame(model, x)
      model.graph.nodes.removeLast()
      model.graph.nodes[0].outputs = ["y"]
      try expectSame(model, x)
    }
  }

  @Test("operations on bits")
  func bits() throws {
    let length: Dim = .length(4)
    for (operation, type): (String, Int64) in [
      ("BitwiseAnd", 7), ("BitwiseOr", 7), ("BitwiseXor", 7), ("BitwiseAnd", 2), ("And", 9),
      ("Or", 9),
      ("Xor", 9),
    ] {
      var model = HandmadeModel([length], nodes: [Node(operation, ["a", "b"], ["y"])], opset: 18)
      model.graph.inputs = [("a", type, [length]), ("b", type, [length])]
      try expectSame(
        model, type == 9 ? [0, 0, 1, 1, 0, 1, 0, 1] : [6, 1, 200, 0, 3, 255, 7, 9])
    }
    for (operation, type): (String, Int64) in [
      ("BitwiseNot", 7), ("BitwiseNot", 2), ("BitwiseNot", 12), ("BitwiseNot", 5), ("Not", 9),
    ] {
      var model = HandmadeModel([length], nodes: [Node(operation, ["x"], ["y"])], opset: 18)
      model.graph.inputs = [("x", type, [length])]
      try expectSame(model, type == 9 ? [0, 1, 1, 0] : [0, 1, 77, 255])
    }
    for direction in ["LEFT", "RIGHT"] {
      for type: Int64 in [2, 4, 12, 13] {
        var model = HandmadeModel(
          [length],
          nodes: [Node("BitShift", ["a", "b"], ["y"], [("direction", .string(direction))])],
          opset: 18)
        model.graph.inputs = [("a", type, [length]), ("b", type, [length])]
        try expectSame(model, [1, 200, 255, 3, 0, 7, 1, 64])
      }
    }
  }

  @Test(
    "an output that is an input, and one value as two outputs",
    arguments: [[.length(1), .length(2)], [.symbol("N"), .length(2)]] as [[Dim]])
  private func sharedValues(row: [Dim]) throws {
    var model = HandmadeModel(row, nodes: [Node("Tanh", ["x"], ["y"])])
    model.graph.outputs = [("x", row), ("y", row)]
    try expectSame(model, [0.5, -2], jacobian: true)
    model.graph.outputs = [("x", row)]
    model.graph.nodes = []
    try expectSame(model, [0.5, -2], jacobian: true)
    model.graph.nodes = [
      Node("Identity", ["x"], ["z"]), Node("Tanh", ["x"], ["y"]), Node("Identity", ["y"], ["w"]),
    ]
    model.graph.outputs = [("w", row), ("z", row), ("y", row)]
    try expectSame(model, [0.5, -2], jacobian: true)
    model.graph.outputs = [("y", row), ("x", row), ("y", row), ("x", row), ("w", row)]
    try expectSame(model, [0.5, -2], jacobian: true)
  }

  @Test("an output that is called as an input that it is not")
  func borrowedNames() throws {
    let p = ProgramBuilder()
    let x = try (0..<2).map { _ in try p.input(TensorType(.float64, [])) }
    let y = try p.multiply(p.tanh(x[0]), x[1])
    func port(_ name: String) -> Models.Port { Models.Port(name: name, dims: [], isBatched: false) }
    let network = try Network(
      NetworkDescription(
        ParametricProgram(program: p.program(outputs: [y, x[0], x[0]]), parameters: []),
        inputs: [port("a"), port("b")], outputs: [port("b"), port("a"), port("a")],
        hasBatchAxis: false),
      NetworkOptions())
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(network.writable(), to: path)
    let again = try loadedNetwork(path)
    #expect(again.outputs.map(\.name) == ["b_", "a", "a_"])
    var values = [Double](repeating: .nan, count: 3)
    try again.forward(samples: 1, x: [0.5, 3], y: &values)
    #expect(values == [tanh(0.5) * 3, 0.5, 0.5])
  }

  /// Names that the writer, or a reader, might make up or use for something of its own.
  private static let pairs: [[String]] = [
    ["y0", "y"], ["y", "y0"], ["J", "x"], ["x", "J"], ["v1", "v2"], ["v3", "v1"],
    ["jacobian", "v10"], ["x", "jacobian"], ["jacobian_", "jacobian"], ["batch", "batch*2"],
    ["Tanh_1", "MatMul_2"], ["network", "Identity_3"], [" ", "\n"], ["ä\u{301}", "日本"],
    [String(repeating: "n", count: 250), String(repeating: "m", count: 250)],
    [String(repeating: "n", count: 10_000), String(repeating: "m", count: 10_000)],
  ]

  @Test("names of inputs, parameters and outputs", arguments: pairs)
  func names(_ names: [String]) throws {
    let row: [Dim] = [.symbol("N"), .length(2)]
    for parameter in ["w", "v2", "y1", "jacobian__", "N", "batch"] where !names.contains(parameter)
    {
      var model = HandmadeModel(
        row,
        nodes: [
          Node("MatMul", [names[0], parameter], ["inner"]), Node("Tanh", ["inner"], [names[1]]),
        ], floats: [(parameter, [2, 2], [0.5, -1, 0.25, 2])])
      model.graph.inputs[0].0 = names[0]
      model.graph.outputs[0].0 = names[1]
      try expectSame(model, [0.5, -0.25])
      try expectSame(model, [0.5, -0.25], jacobian: true)
    }
  }

  @Test("names that are not UTF-8 are read with a sign in their place, and saved so")
  func damagedNames() throws {
    let row: [Dim] = [.length(1), .length(2)]
    var model = HandmadeModel(row, nodes: [Node("Tanh", ["in?put"], ["out?put"])])
    model.graph.inputs[0].0 = "in?put"
    model.graph.outputs[0].0 = "out?put"
    let bytes = model.bytes.map { $0 == UInt8(ascii: "?") ? 0xff : $0 }
    let network = try Network(
      FormatRegistry.load(bytes: bytes, options: ImportOptions()), NetworkOptions())
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(network.writable(), to: path)
    let again = try loadedNetwork(path)
    #expect(again.inputs.map(\.name) == network.inputs.map(\.name))
    #expect(again.outputs.map(\.name) == network.outputs.map(\.name))
    #expect(network.inputs[0].name.hasPrefix("in") && network.inputs[0].name != "in?put")
  }
}
