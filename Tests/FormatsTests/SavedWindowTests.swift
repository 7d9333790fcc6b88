import Formats
import Foundation
import Graph
import Models
import Tensors
import TestCases
import Testing

@Suite("Pools that are written to a file")
struct SavedWindowTests {
  private func read(
    _ outputs: [String], isBatched: Bool, _ make: @escaping (Int) throws -> Program
  ) throws -> (program: Program, text: Data) {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: path) }
    try ONNXFormat.save(
      WritableNetwork(
        inputs: [WritableNetwork.Port(name: "x", isBatched: isBatched)],
        outputs: outputs.map { WritableNetwork.Port(name: $0, isBatched: isBatched) },
        parameters: [], program: make), to: path.path)
    let network = try FormatRegistry.load(path: path.path, options: ImportOptions())
    return (network.program, try Data(contentsOf: path))
  }

  private static let cases = PrimitiveCase.all.filter { $0.primitive is WindowExtreme }

  @Test("places come back as they were", arguments: cases)
  func places(_ testCase: PrimitiveCase) throws {
    let program = try testCase.program()
    // The new program's input has one type for all real numbers, and integers are no input.
    guard program.inputTypes[0].element.isReal else { return }
    let again = try read(["y"], isBatched: false) { _ in program }.program
    var random = Random(seed: 3)
    for round in 0..<3 {
      let arguments = testCase.arguments(&random, round: round)
      let expected = try program.evaluate(arguments)
      let found = try again.evaluate(
        zip(arguments, again.inputTypes).map { Tensor($1, reals: $0.reals) })
      #expect(found[0].integers == expected[0].integers)
    }
  }

  @Test("a pool of a batch is written as one, its places counted in each image")
  func batch() throws {
    let axes = [WindowAxis(size: 2, stride: 2, count: 3), WindowAxis(size: 3, low: 1, count: 5)]
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder()
      let x = try p.input(TensorType(.float64, [batch, 2, 3, 7, 5]))
      return p.program(outputs: [
        try p.convert(p.add(WindowExtreme(.maximum, axes), [x]), to: .float64)
      ])
    }
    let saved = try read(["y"], isBatched: true, make)
    #expect(saved.text.range(of: Data("MaxPool".utf8)) != nil)
    var random = Random(seed: 4)
    let x = random.tensor(TensorType(.float64, [1, 2, 3, 7, 5]))
    #expect(try saved.program.evaluate([x])[0].reals == make(1).evaluate([x])[0].reals)
  }
}
