import Tensors

/// The folder of a model, of which other files are read by name. A model may come from anywhere, so whatever
/// lies outside its folder is out of its reach.
///
/// Where the model's file is itself a link, as in a cache whose snapshots point to blobs, the folder that it
/// really lies in is within reach too: its weights lie there.
package struct ModelFolder: Sendable {
  package let path: String
  /// Folders without links in their paths.
  private let roots: [String]

  /// The folder that a model's file stands in.
  package init(of file: String) {
    let parent = Self.parent(of: file)
    self.init(path: parent, file: String(file.dropFirst(parent == "." ? 0 : parent.utf8.count)))
  }

  /// A folder, and the name in it of the model's file.
  package init(path: String, file: String) {
    self.path = path
    let folder = ReadableFile.resolved(path)
    let real = ReadableFile.resolved("\(path)/\(file)").map(Self.parent)
    roots = (real == folder ? [folder] : [folder, real]).compactMap(\.self)
  }

  private static func parent(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  /// Where a file that the model names really lies; nil if there is none.
  ///
  /// - Throws: `NetJacError` of kind `format` if that is out of reach.
  package func resolved(_ name: String) throws -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.hasPrefix("/"), !parts.contains("..") else {
      throw NetJacError(
        .format, "\(name.quoted) is outside the model's folder; a model's files must lie inside it")
    }
    guard let resolved = ReadableFile.resolved("\(path)/\(name)") else { return nil }
    guard roots.contains(where: { resolved.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }) else {
      throw NetJacError(
        .format,
        "\(name.quoted) is a link to \(resolved.quoted), outside the model's folder "
          + "\(roots.map(\.quoted).joined(separator: " and ")); a model's files must lie inside it")
    }
    return resolved
  }

  /// The bytes of a file inside the folder, nil if there is none.
  ///
  /// - Throws: `format` if it is out of reach, `memory` if it is too large.
  package func read(_ name: String, memoryLimit: Int) throws -> [UInt8]? {
    guard let resolved = try resolved(name) else { return nil }
    let file = try ReadableFile(resolved)
    guard file.size <= memoryLimit else {
      throw NetJacError(
        .memory, "\(name.quoted) takes \(file.size) bytes; memory_limit allows \(memoryLimit)")
    }
    return try file.read(count: file.size)
  }
}
