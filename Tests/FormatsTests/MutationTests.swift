import Formats
import Foundation
import Graph
import Models
import Tensors
import Testing

/// Real files with a few changes: closer to sense than random bytes, so that they get further.
///
/// NETJAC_MUTATIONS sets how many files are made, NETJAC_SEED where they begin, and
/// NETJAC_NODE_TESTS adds the models of that list. The seed of the file at hand is kept in a file of
/// the temporary folder, since a trap would take the process with it.
@Suite("Changed files")
struct MutationTests {
  private static let environment = ProcessInfo.processInfo.environment

  private func number(_ name: String, _ standard: Int) -> Int {
    Self.environment[name].flatMap(Int.init) ?? standard
  }

  @Test("a changed file gives an error or a network, never a trap")
  func mutations() throws {
    let paths =
      CorpusCase.all.flatMap { test in test.models.map { CorpusFolder.case(test.name, file: $0) } }
      + NodeTest.all.map { "\($0.folder)/model.onnx" }
    let originals = paths.compactMap { path -> [UInt8]? in
      guard let data = FileManager.default.contents(atPath: path), data.count < 40_000 else {
        return nil
      }
      return [UInt8](data)
    }
    try #require(!originals.isEmpty)
    let first = number("NETJAC_SEED", 1)
    let trace = FileManager.default.temporaryDirectory.appendingPathComponent("netjac-seed")
    for seed in first..<first + number("NETJAC_MUTATIONS", 400) {
      var random = SplitMix(state: UInt64(seed))
      let original = originals[Int.random(in: 0..<originals.count, using: &random)]
      let bytes = changed(original, &random)
      if Self.environment["NETJAC_MUTATIONS"] != nil {
        try "\(seed)".write(to: trace, atomically: false, encoding: .utf8)
      }
      do {
        let options = ImportOptions(memoryLimit: 1 << 24)
        let network = try FormatRegistry.load(bytes: bytes, options: options)
        try network.program.check()
      } catch let error as NetJacError {
        #expect(error.kind != .defect, "seed \(seed): \(error)")
      }
    }
  }

  @Test("a network with absurd attributes, sizes or inputs gives an error or a network")
  func structures() throws {
    let paths =
      CorpusCase.all.flatMap { test in test.models.map { CorpusFolder.case(test.name, file: $0) } }
      + NodeTest.all.map { "\($0.folder)/model.onnx" }
    let originals = paths.compactMap { path in
      try? onnxModel(path, memoryLimit: 1 << 22)
    }
    let first = number("NETJAC_SEED", 1)
    let trace = FileManager.default.temporaryDirectory.appendingPathComponent("netjac-seed")
    for seed in first..<first + number("NETJAC_MUTATIONS", 400) {
      var random = SplitMix(state: UInt64(seed))
      var model = originals[Int.random(in: 0..<originals.count, using: &random)]
      let mutation = StructureMutation(operations: originals.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        model.graph = try mutation.applied(to: model.graph, &random)
      }
      if Self.environment["NETJAC_MUTATIONS"] != nil {
        try "\(seed)".write(to: trace, atomically: false, encoding: .utf8)
      }
      do {
        let options = ImportOptions(memoryLimit: 1 << 24)
        let network = try ONNXImporter.load(model, options: options)
        try network.program.check()
      } catch let error as NetJacError {
        #expect(error.kind != .defect, "seed \(seed): \(error)")
      }
    }
  }

  private func changed(_ original: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = .random(in: 0...255, using: &random)
      case 1: bytes[place] = bytes[place] &+ 1
      case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 3: bytes[place] = [0, 1, 2, 127, 128, 255][Int.random(in: 0..<6, using: &random)]
      default:
        // Small numbers are often sizes, axes or counts.
        let small = bytes.indices.filter { bytes[$0] < 10 }
        if let chosen = small.randomElement(using: &random) {
          bytes[chosen] = .random(in: 0..<12, using: &random)
        }
      }
    }
    return bytes
  }
}
