import Models
import Tensors

/// Where the bytes of a tensor lie in a file beside the model.
struct ExternalRange: Sendable {
  let path: String
  let offset: Int
  let length: Int

  func read() throws -> [UInt8] {
    try ReadableFile(path).read(offset: offset, count: length)
  }
}

/// Where a model came from, which decides whether it may have data in other files, and in which.
enum ModelOrigin: Sendable {
  /// A model file in this folder.
  case folder(ModelFolder)
  /// Bytes in memory, which have no folder.
  case memory

  init(_ source: ModelSource) {
    switch source.place {
    case .file(let path): self = .folder(ModelFolder(of: path))
    case .folder, .memory: self = .memory
    }
  }

  /// Finds the external data of a tensor that needs `byteCount` bytes. A model file may come from
  /// anywhere, so whatever lies outside its own folder is out of its reach.
  func externalRange(entries: [WireStringStringEntryProto], byteCount: Int) throws -> ExternalRange
  {
    let settings = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    guard let location = settings["location"], !location.isEmpty else {
      throw NetJacError(.format, "the data is external, but no location is given for it")
    }
    guard case .folder(let folder) = self else {
      throw NetJacError(
        .file,
        """
        the data is in the external file \(location.quoted), which a model loaded from bytes \
        cannot have; load the model by its path, or save it with its data inside
        """)
    }
    guard let path = try folder.resolved(location) else {
      throw NetJacError(.file, "the external file \(location.quoted) does not exist")
    }
    let size = try ReadableFile(path).size
    let offset = try number(settings["offset"], "offset") ?? 0
    // Some writers store no length, or 0: it follows from shape and type.
    let length = try number(settings["length"], "length") ?? 0
    guard length == byteCount || length == 0 else {
      throw NetJacError(
        .format, "the external data has length \(length); the tensor needs \(byteCount) bytes")
    }
    guard offset <= size, byteCount <= size - offset else {
      throw NetJacError(
        .format,
        """
        the tensor needs \(byteCount) bytes from offset \(offset) of the external file \
        \(location.quoted), whose size is \(size) bytes
        """)
    }
    return ExternalRange(path: path, offset: offset, length: byteCount)
  }

  private func number(_ text: String?, _ key: String) throws -> Int? {
    guard let text else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw NetJacError(
        .format, "the external data has \(key) \(text.quoted); a count of bytes is needed")
    }
    return number
  }
}
