import Foundation
import Models
import Testing

/// A network of the corpus with its reference arrays; Tests/Corpus/README.md describes the format.
struct CorpusCase: CustomTestStringConvertible, Sendable {
  struct Port {
    let name: String
    let shape: [Int]
    let range: Range<Int>?
  }

  let name: String
  let models: [String]
  let samples: Int
  let inputs: [Port]
  let outputs: [Port]
  let auxiliary: [(name: String, numbers: [Double])]
  let tolerance: Double
  /// Tolerances of files that store rounded constants.
  let ownTolerances: [String: Double]

  var testDescription: String { name }

  /// The formats that are read, as the descriptions of cases call them.
  static let formats = ["onnx", "keras", "h5", "savedmodel"]

  /// All cases that a file of such a format is given for.
  static let all: [CorpusCase] = {
    let folder = CorpusFolder.root.appendingPathComponent("cases")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { try? CorpusCase(name: $0) }.filter { !$0.models.isEmpty }
  }()

  init(name: String) throws {
    self.name = name
    let data = try Data(
      contentsOf: URL(fileURLWithPath: CorpusFolder.case(name, file: "case.json")))
    let json = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    let models = json["models"] as? [[String: Any]] ?? []
    self.models = models.filter { Self.formats.contains($0["format"] as? String ?? "") }
      .compactMap { $0["file"] as? String }
    samples = json["samples"] as? Int ?? 0
    inputs = Self.ports(json["inputs"])
    outputs = Self.ports(json["outputs"])
    auxiliary = (json["aux_inputs"] as? [[String: Any]] ?? []).map { entry in
      let file = entry["file"] as? String ?? ""
      let bytes =
        (try? Data(contentsOf: URL(fileURLWithPath: CorpusFolder.case(name, file: file))))
        .map { [UInt8]($0) } ?? []
      let numbers = bytes.withUnsafeBytes { raw in
        (0..<raw.count / 8).map {
          Double(raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
        }
      }
      return (entry["name"] as? String ?? "", numbers)
    }
    let tolerances = (json["tolerance"] as? [String: Any])?["double"] as? [String: Double]
    tolerance = tolerances?["y"] ?? 0
    ownTolerances = Dictionary(
      models.compactMap { model in
        guard let file = model["file"] as? String,
          let own = (model["tolerance_double"] as? [String: Double])?["y"]
        else { return nil }
        return (file, own)
      }, uniquingKeysWith: { first, _ in first })
  }

  private static func ports(_ json: Any?) -> [Port] {
    (json as? [[String: Any]] ?? []).map { entry in
      let range = entry["range"] as? [Int]
      return Port(
        name: entry["name"] as? String ?? "", shape: entry["shape"] as? [Int] ?? [],
        range: range.map { $0[0]..<$0[1] })
    }
  }

  /// A reference array, row-major.
  func array(_ file: String) throws -> [Double] {
    try Self.doubles(CorpusFolder.case(name, file: file))
  }

  static func doubles(_ path: String) throws -> [Double] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }
}
