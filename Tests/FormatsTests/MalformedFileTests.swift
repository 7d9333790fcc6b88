import Formats
import Foundation
import Graph
import Models
import Tensors
import Testing

/// A damaged, hostile or unusual file and what must come of it.
struct MalformedCase: CustomTestStringConvertible, Sendable {
  let name: String
  let file: String
  let expectation: String
  let words: [String]
  let seconds: Double
  let inputShape: [Int]?
  let tolerance: Double
  let memoryLimit: Int

  var testDescription: String { name }

  static let all: [MalformedCase] = {
    let folder = CorpusFolder.root.appendingPathComponent("malformed")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap(MalformedCase.init)
  }()

  private init?(name: String) {
    guard
      let data = FileManager.default.contents(
        atPath: CorpusFolder.malformed(name, file: "expect.json")),
      let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      CorpusCase.formats.contains(json["format"] as? String ?? "")
    else { return nil }
    self.name = name
    file = json["file"] as? String ?? "model.onnx"
    expectation = json["expect"] as? String ?? ""
    words = json["message_mentions_any_of"] as? [String] ?? []
    seconds = (json["limits"] as? [String: Double])?["seconds"] ?? 10
    let reference = json["reference"] as? [String: Any]
    inputShape = reference?["input_shape"] as? [Int]
    let tolerances = (reference?["tolerance"] as? [String: Any])?["double"] as? [String: Double]
    tolerance = tolerances?["y"] ?? 0
    let options = json["options"] as? [String: String]
    memoryLimit = options?["memory_limit"].flatMap { Int($0) } ?? 1 << 29
  }
}

@Suite("Damaged and unusual files", .serialized)
struct MalformedFileTests {
  @Test("every file has the outcome that its description names", arguments: MalformedCase.all)
  func outcome(_ testCase: MalformedCase) throws {
    let path = CorpusFolder.malformed(testCase.name, file: testCase.file)
    let start = Date()
    do {
      let network = try FormatRegistry.load(
        path: path, options: ImportOptions(memoryLimit: testCase.memoryLimit))
      #expect(testCase.expectation != "error", "the file was accepted")
      try network.program.check()
      if let shape = testCase.inputShape { try compare(network, testCase, shape) }
    } catch let error as NetJacError {
      #expect(testCase.expectation != "loads", "refused: \(error)")
      #expect(error.kind != .defect, "\(error)")
      let message = error.message.lowercased()
      #expect(
        testCase.words.isEmpty || testCase.words.contains { message.contains($0.lowercased()) },
        "the message mentions none of \(testCase.words): \(error)")
    }
    // The limits are for the library as it is installed; without optimisation it takes longer.
    #expect(Date().timeIntervalSince(start) < 6 * testCase.seconds)
  }

  private func compare(_ network: NetworkDescription, _ testCase: MalformedCase, _ shape: [Int])
    throws
  {
    let x = try CorpusCase.doubles(CorpusFolder.malformed(testCase.name, file: "x.bin"))
    let y = try CorpusCase.doubles(CorpusFolder.malformed(testCase.name, file: "y.bin"))
    #expect(network.inputs.map(\.dims) == [shape])
    let argument = Tensor(network.program.inputTypes[0], reals: x)
    let found = try network.program.evaluate([argument]).flatMap(\.reals)
    #expect(found.count == y.count)
    let scale = y.map(abs).max() ?? 1
    let error = zip(found, y).map { abs($0 - $1) }.max() ?? 0
    #expect(error <= testCase.tolerance * scale, "relative error \(error / scale)")
  }
}
