import Models
import Tensors

/// The folder of a model, of which files are read by names that the format fixes. A model may come
/// from anywhere, so whatever lies outside its folder is out of its reach.
struct ModelFolder: Sendable {
  let path: String

  /// A file inside the folder, nil if there is none.
  ///
  /// - Throws: `format` if it is a link to something outside, `memory` if it is too large.
  func read(_ name: String, memoryLimit: Int) throws -> [UInt8]? {
    guard let resolved = ReadableFile.resolved("\(path)/\(name)"),
      let root = ReadableFile.resolved(path)
    else { return nil }
    guard resolved.hasPrefix(root.hasSuffix("/") ? root : root + "/") else {
      throw NetJacError(
        .format, "\(name.quoted) is a link to a file outside the model's folder; it must lie inside"
      )
    }
    let file = try ReadableFile(resolved)
    guard file.size <= memoryLimit else {
      throw NetJacError(
        .memory, "\(name.quoted) takes \(file.size) bytes; memory_limit allows \(memoryLimit)")
    }
    return try file.read(count: file.size)
  }
}
