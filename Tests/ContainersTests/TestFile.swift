import Containers
import Foundation
import Testing

/// Files that tests read; Tests/Corpus/containers/make.py wrote the small ones.
enum TestFile {
  static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus")

  static func bytes(_ path: String) throws -> [UInt8] {
    let path = corpus.appendingPathComponent(path).path
    return [UInt8](try #require(FileManager.default.contents(atPath: path)))
  }

  /// How many changed files a test makes of one: NETJAC_MUTATIONS asks for more.
  static func mutationCount(_ standard: Int) -> Int {
    ProcessInfo.processInfo.environment["NETJAC_MUTATIONS"].flatMap { Int($0) } ?? standard
  }

  /// The paths, from the corpus on, of the files with this name in the folders of a folder.
  static func all(_ name: String, in folders: String...) -> [String] {
    folders.flatMap { folder in
      let root = corpus.appendingPathComponent(folder).path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
      return names.sorted().map { "\(folder)/\($0)/\(name)" }
    }.filter { FileManager.default.fileExists(atPath: corpus.appendingPathComponent($0).path) }
  }
}
