import Formats
import Foundation
import Graph
import Models
import Tensors
import TestCases
import Testing

@Suite("Every primitive is written to a file and read again")
struct SavedPrimitiveTests {
  @Test("with the same numbers", arguments: PrimitiveCase.all)
  func saved(_ testCase: PrimitiveCase) throws {
    // Real numbers have one type in a network, which is that of its inputs.
    let real = testCase.operands.first { $0.type.element.isReal }?.type.element ?? .float64
    let program = try testCase.program()
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func port(_ name: String) -> WritableNetwork.Port {
      WritableNetwork.Port(name: name, isBatched: false)
    }
    let network = WritableNetwork(
      inputs: program.inputs.indices.map { port("x\($0)") }, outputs: [port("y")],
      parameters: [], program: { _ in program })
    try ONNXFormat.save(network, to: path)
    let again = try FormatRegistry.load(path: path, options: ImportOptions(real: real)).program
    try again.check()
    #expect(again.outputTypes == program.outputTypes)
    var random = Random(seed: 11)
    for round in 0..<3 {
      let x = testCase.arguments(&random, round: round)
      let (found, expected) = (try again.evaluate(x), try program.evaluate(x))
      #expect(disagreement(found, expected) == nil)
    }
  }
}
