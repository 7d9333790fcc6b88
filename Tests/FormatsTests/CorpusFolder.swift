import Foundation

/// The files that this project keeps for tests: networks with reference values, and damaged files.
enum CorpusFolder {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus")

  static func malformed(_ name: String, file: String = "model.onnx") -> String {
    root.appendingPathComponent("malformed/\(name)/\(file)").path
  }

  static func `case`(_ name: String, file: String = "model.onnx") -> String {
    root.appendingPathComponent("cases/\(name)/\(file)").path
  }
}
