import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a model is read from.
package struct ModelSource: Sendable {
  package enum Place: Sendable {
    /// A file, by its path.
    case file(String)
    /// A folder, by its path.
    case folder(String)
    /// Bytes in memory, which have no files beside them.
    case memory
  }

  package let place: Place
  /// The bytes of the file or the memory; empty for a folder.
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) {
    place = .memory
    self.bytes = bytes
  }

  /// Opens what a path leads to. A file of more bytes than the limit is refused before it is read.
  package init(path: String, memoryLimit: Int) throws {
    if Self.isFolder(path) {
      place = .folder(path)
      bytes = []
      return
    }
    let file = try ReadableFile(path)
    guard file.size <= memoryLimit else {
      throw NetJacError(
        .memory, "\(path.quoted) takes \(file.size) bytes; memory_limit allows \(memoryLimit)")
    }
    place = .file(path)
    bytes = try file.read(count: file.size)
  }

  /// The path as errors name it; nil for memory.
  package var path: String? {
    switch place {
    case .file(let path), .folder(let path): path
    case .memory: nil
    }
  }

  /// Whether a folder holds a file, by a name that is fixed by the format.
  package func hasFile(_ name: String) -> Bool {
    guard case .folder(let folder) = place else { return false }
    var status = stat()
    return stat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return !path.utf8.contains(0) && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
