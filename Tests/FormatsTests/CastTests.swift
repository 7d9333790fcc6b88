import Graph
import Models
import Networks
import Tensors
import Testing

@testable import Formats

/// Reals as whole numbers of every width: one rule in kernels, in the interpreter and for what is known.
@Suite struct CastTests {
  typealias Node = HandmadeModel.Node

  struct Width: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// ONNX's code of the type.
    let code: Int64
    let least: Double
    let most: Double
  }

  static let widths = [
    Width(testDescription: "int8", code: 3, least: -128, most: 127),
    Width(testDescription: "uint8", code: 2, least: 0, most: 255),
    Width(testDescription: "int16", code: 5, least: -32768, most: 32767),
    Width(testDescription: "uint16", code: 4, least: 0, most: 65535),
    Width(testDescription: "int32", code: 6, least: -0x1p31, most: 0x1p31 - 1),
    Width(testDescription: "uint32", code: 12, least: 0, most: 0x1p32 - 1),
  ]

  private static let reals: [Double] = [
    0, 1.75, -0.75, -1.5, 100.5, -128.9, -129, 127.9, 128, 255.5, 256, 300, -300, 32767.5, 32768,
    65535.5,
    65536, -32768.5, -32769, 1e6, 0x1p31, -0x1p31, 0x1p32, 0x1p40, -0x1p40, 1e30, -1e30, .nan,
    .infinity,
    -.infinity,
  ]

  @Test("what does not fit, or is no number, becomes the smallest one", arguments: widths)
  func reals(_ width: Width) throws {
    let right = Self.reals.map { x -> Double in
      let cut = x.rounded(.towardZero)
      return cut >= width.least && cut <= width.most ? cut : width.least
    }
    let count = Int64(Self.reals.count)
    func model(of name: String) -> HandmadeModel {
      HandmadeModel(
        [.length(count)],
        nodes: [
          Node("Cast", [name], ["whole"], [("to", .int(width.code))]),
          Node("Cast", ["whole"], ["real"], [("to", .int(HandmadeModel.float))]),
          Node("Mul", ["x", "zero"], ["none"]), Node("IsNaN", ["none"], ["bad"]),
          Node("Where", ["bad", "real", "real"], ["y"]),
        ], floats: [("c", [count], Self.reals.map { Float($0) }), ("zero", [], [0])])
    }
    let rounded = Self.reals.map { Double(Float($0)) }
    for name in ["x", "c"] {
      let description = try model(of: name).load()
      let found = try model(of: name).run(rounded)[0].map { $0 + 0 }
      #expect(found == right, "\(width.testDescription) of \(name), interpreted")
      let network = try Network(description, NetworkOptions())
      #expect(
        try network.value(rounded).map { $0 + 0 } == right,
        "\(width.testDescription) of \(name), compiled")
    }
  }

  @Test("whole numbers wrap", arguments: widths.prefix(4))
  func wholes(_ width: Width) throws {
    var model = HandmadeModel(
      [.length(4)], nodes: [Node("Cast", ["x"], ["y"], [("to", .int(width.code))])])
    model.graph.inputs[0].type = HandmadeModel.int64
    let span = width.most - width.least + 1
    let found = try model.run([span + 1, width.most + 1, width.least - 1, -span])[0]
    #expect(found == [1, width.least, width.most, 0], "\(width.testDescription)")
  }
}
