import Formats
import Foundation
import Networks
import Testing

@Suite("Kinks of the corpus") struct KinkDistanceTests {
  private static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus/cases")

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let samples: Int
    let isSmooth: Bool
    let distance: Double?
    var testDescription: String { name }

    init?(_ name: String) {
      let folder = cases.appendingPathComponent(name)
      guard
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("model.onnx").path),
        let data = try? Data(contentsOf: folder.appendingPathComponent("case.json")),
        let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
        (json["aux_inputs"] as? [Any] ?? []).isEmpty
      else { return nil }
      self.name = name
      samples = json["samples"] as? Int ?? 0
      isSmooth = json["smooth"] as? Bool ?? true
      distance = json["kink_distance"] as? Double
    }

    func network() throws -> Network {
      try loadedNetwork(
        cases.appendingPathComponent("\(name)/model.onnx").path)
    }

    func x() throws -> [Double] {
      let data = try Data(contentsOf: cases.appendingPathComponent("\(name)/x.bin"))
      return data.withUnsafeBytes { raw in
        (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
      }
    }
  }

  static let all: [Case] =
    ((try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? [])
    .sorted().compactMap(Case.init)
  static let kinked = all.filter { !$0.isSmooth && $0.distance != nil }

  @Test("The least distance is that of the reference", arguments: kinked)
  func distance(_ testCase: Case) throws {
    let network = try testCase.network()
    let places = try network.kinkPlaces()
    #expect(places.allSatisfy { !$0.node.isEmpty && !$0.operation.isEmpty })
    let x = try testCase.x()
    #expect(x.count == testCase.samples * network.inputSize)
    var distances = [Double](repeating: .nan, count: testCase.samples * places.count)
    try network.kinkDistances(samples: testCase.samples, x: x, distances: &distances)
    let least = distances.min() ?? .infinity
    let expected = try #require(testCase.distance)
    #expect(
      abs(least - expected) <= 1e-6 * max(expected, 1e-3),
      "\(least) at \(places.map { "\($0.operation) \($0.node)" }); the reference is \(expected)")
  }

  @Test func thereAreKinkedCases() { #expect(Self.kinked.count >= 9) }
}
