import Formats
import Foundation
import Graph
import Models
import Tensors
import TestCases
import Testing

/// A program that was written to a file and read again.
struct SavedProgram {
  let program: Program
  let text: Data

  init(_ make: @escaping (Int) throws -> Program) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: path) }
    let network = WritableNetwork(
      inputs: [WritableNetwork.Port(name: "x", isBatched: true)],
      outputs: [WritableNetwork.Port(name: "y", isBatched: true)], parameters: [],
      program: make)
    try ONNXFormat.save(network, to: path.path)
    program = try FormatRegistry.load(path: path.path, options: ImportOptions()).program
    try program.check()
    text = try Data(contentsOf: path)
  }

  /// Whether the file names an operation, alone or as a part of another name.
  func has(_ operation: String) -> Bool { text.range(of: Data(operation.utf8)) != nil }

  /// Expects what `make` gives, sample by sample.
  func expectSame(
    as make: (Int) throws -> Program, _ type: (Int) -> TensorType, seed: UInt64
  ) throws {
    var random = Random(seed: seed)
    let samples = 3
    let x = random.tensor(type(samples))
    let expected = try make(samples).evaluate([x])[0].reals
    let size = type(1).count
    let found = try (0..<samples).flatMap { sample in
      try program.evaluate([
        Tensor(program.inputTypes[0], reals: Array(x.reals[sample * size..<(sample + 1) * size]))
      ])[0].reals
    }
    let tolerance = type(1).element == .float32 ? 1e-5 : 1e-13
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { isClose($0, $1, tolerance) }, "seed \(seed)")
  }
}
