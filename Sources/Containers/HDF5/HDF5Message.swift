import Tensors

/// One fact of an object's header.
struct HDF5Message {
  enum Kind: Int {
    case dataspace = 1
    case linkInfo = 2
    case datatype = 3
    case link = 6
    case externalFiles = 7
    case layout = 8
    case filters = 11
    case attribute = 12
    case continuation = 16
    case symbolTable = 17
    case attributeInfo = 21
  }

  let kind: Int
  let isShared: Bool
  let body: Bytes

  /// The messages of the header of version 1 that begins at `address`.
  static func all(in file: HDF5File, at address: Int, of what: String) throws -> [HDF5Message] {
    let header = try file.bytes.part(address, 16, of: what)
    if header.starts(with: Array("OHDR".utf8)) {
      throw NetJacError(
        .unsupported,
        "\(what) is written in HDF5's newer format (object header version 2); save the model with "
          + "model.save")
    }
    let version = try header.byte(0, of: what)
    guard version == 1 else {
      throw NetJacError(
        .format, "\(what) has a header of the unknown version \(version); the HDF5 file is corrupt")
    }
    let count = try header.size(2, 2, of: what)
    var messages: [HDF5Message] = []
    var seen = 0
    var blocks = [try file.bytes.part(address + 16, header.size(8, 4, of: what), of: what)]
    var visited: Set<Int> = []
    while let block = blocks.popLast() {
      guard visited.insert(block.range.lowerBound).inserted else {
        throw NetJacError(
          .format, "\(what) continues at a place where it was before; the HDF5 file is corrupt")
      }
      var place = 0
      while place + 8 <= block.count, seen < count {
        try file.visit(what)
        let kind = try block.size(place, 2, of: what)
        let flags = try block.byte(place + 4, of: what)
        let body = try block.part(place + 8, block.size(place + 2, 2, of: what), of: what)
        place += 8 + body.count
        seen += 1
        if kind == Kind.continuation.rawValue {
          blocks.append(
            try file.bytes.part(
              body.size(0, 8, of: what), body.size(8, 8, of: what), of: what))
        } else if kind != 0 {
          messages.append(HDF5Message(kind: kind, isShared: flags & 2 != 0, body: body))
        }
      }
    }
    guard seen == count else {
      throw NetJacError(
        .format,
        "\(what) announces \(count) header messages and holds \(seen); the HDF5 file is corrupt")
    }
    return messages
  }
}
