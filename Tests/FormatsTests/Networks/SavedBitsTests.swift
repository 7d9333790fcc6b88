import Formats
import Foundation
import Graph
import Models
import Networks
import Tensors
import Testing

/// Every network of the corpus, saved and loaded again.
@Suite("Networks of the corpus, saved and loaded again, give the same bits") struct SavedBitsTests {
  private static let files: [(CorpusCase, String)] = CorpusCase.all.flatMap { testCase in
    testCase.models.map { (testCase, $0) }
  }

  /// Networks of images whose channels stand last. In single precision a file has convolutions, whose channels
  /// stand before, and sums are taken in another order.
  private static let reordered: Set = ["keras_cnn_bn"]

  @Test(arguments: files, ["float64", "float32"])
  func bits(_ file: (CorpusCase, String), _ precision: String) throws {
    let (testCase, model) = file
    var options = NetworkOptions()
    try options.set("precision", to: precision)
    for (name, numbers) in testCase.auxiliary { options.constantInputs[name] = numbers }
    let network = try loadedNetwork(
      CorpusFolder.case(testCase.name, file: model), options: options)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(network.writable(), to: path)
    options.constantInputs = [:]
    let again = try loadedNetwork(path, options: options)
    #expect(again.inputSize == network.inputSize && again.outputSize == network.outputSize)

    let x = Array(try testCase.array("x.bin").prefix(network.inputSize))
    let (first, second) = (try numbers(network, x), try numbers(again, x))
    for (name, a, b) in [("y", first.y, second.y), ("J", first.jacobian, second.jacobian)] {
      let different = zip(a, b).filter { $0.bitPattern != $1.bitPattern && !($0.isNaN && $1.isNaN) }
      let scale = a.lazy.map(abs).max() ?? 0
      let error = different.lazy.map { abs($0 - $1) / scale }.max() ?? 0
      if precision == "float32", Self.reordered.contains(testCase.name) {
        #expect(error < 4e-7)
        continue
      }
      #expect(different.isEmpty, "\(name): \(different.count) of \(a.count) differ, by \(error)")
    }
  }

  @Test("floored remainders of reals", arguments: ["float64", "float32"])
  func flooredRemainders(_ precision: String) throws {
    var options = NetworkOptions()
    try options.set("precision", to: precision)
    let p = ProgramBuilder(real: precision == "float64" ? .float64 : .float32)
    let type = TensorType(p.real, [9])
    let (a, b) = (try p.input(type), try p.input(type))
    let program = p.program(outputs: [try p.add(Modulo(), [a, b])])
    func port(_ name: String) -> Models.Port {
      Models.Port(name: name, dims: [9], isBatched: false)
    }
    let network = try Network(
      NetworkDescription(
        ParametricProgram(program: program, parameters: []), inputs: [port("a"), port("b")],
        outputs: [port("y")], hasBatchAxis: false), options)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(network.writable(), to: path)
    let again = try loadedNetwork(path, options: options)
    let x: [Double] = [
      7.3, -7.3, 7.3, -7.3, 123456.7, 2, -2, 6, -6, 0.7, 0.7, -0.7, -0.7, 0.013, .infinity,
      .infinity, 3, 3,
    ]
    let (first, second) = (try numbers(network, x), try numbers(again, x))
    #expect(first.y == second.y)
    #expect(first.y[5...] == [2, .infinity, 0, 0])
  }

  @Test("what passes no derivative passes none afterwards")
  func detached() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [3]))
    let program = p.program(outputs: [try p.multiply(x, p.detach(x))])
    let port = WritableNetwork.Port(name: "x", isBatched: false)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(
      WritableNetwork(
        inputs: [port], outputs: [.init(name: "y", isBatched: false)], parameters: [],
        program: { _ in program }), to: path)
    let found = try numbers(loadedNetwork(path), [2, 3, -5])
    #expect(found.y == [4, 9, 25])
    #expect(found.jacobian == [2, 0, 0, 0, 3, 0, 0, 0, -5])
  }

  @Test("the Jacobian of a network without inputs has no columns")
  func withoutInputs() throws {
    let p = ProgramBuilder()
    let y = try p.constant(Tensor(TensorType(.float64, [2]), reals: [2, 3]))
    let program = p.program(outputs: [y])
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(
      WritableNetwork(
        inputs: [], outputs: [.init(name: "y", isBatched: false)], parameters: [],
        program: { _ in program }), to: path)
    try FormatRegistry.saving.save(loadedNetwork(path).writableJacobian(), to: path)
    let again = try loadedNetwork(path)
    #expect(again.inputSize == 0 && again.outputs.map(\.name) == ["y", "jacobian"])
    #expect(try numbers(again, []).y == [2, 3])
  }

  private func numbers(_ network: Network, _ x: [Double]) throws -> (
    y: [Double], jacobian: [Double]
  ) {
    var y = [Double](repeating: 0, count: network.outputSize)
    var jacobian = [Double](repeating: 0, count: network.outputSize * network.inputSize)
    try network.jacobian(samples: 1, x: x, y: nil, jacobian: &jacobian, order: .rowMajor)
    try network.forward(samples: 1, x: x, y: &y)
    return (y, jacobian)
  }
}
