import Tensors

/// A table of keys and values in the file format of LevelDB, as TensorFlow writes the index of a
/// checkpoint (LevelDB, doc/table_format.md). Blocks are checked by their CRC-32C; compressed ones are
/// refused by name.
package struct SortedTable: Sendable {
  package struct Entry: Sendable {
    package let key: [UInt8]
    package let value: Bytes
  }

  /// In the order of the keys, which rises strictly.
  package let entries: [Entry]

  private static let footerSize = 48
  private static let magic: UInt64 = 0xdb47_7524_8b80_fb57

  package init(_ bytes: Bytes) throws {
    guard bytes.count >= Self.footerSize else {
      throw NetJacError(
        .format,
        "a table needs \(Self.footerSize) bytes at least and this one has \(bytes.count); "
          + "it is truncated")
    }
    let footer = try bytes.part(
      bytes.count - Self.footerSize, Self.footerSize, of: "the table's footer")
    guard try footer.unsigned(40, 8, of: "the table's magic number") == Self.magic else {
      throw NetJacError(
        .format, "the table does not end with its magic number; it is truncated or corrupt")
    }
    var handles = Cursor(footer)
    _ = try Self.handle(&handles)
    let index = try Self.block(try Self.handle(&handles), of: bytes)
    var entries: [Entry] = []
    for place in index {
      var cursor = Cursor(place.value)
      for entry in try Self.block(try Self.handle(&cursor), of: bytes) {
        if let last = entries.last, !last.key.lexicographicallyPrecedes(entry.key) {
          throw NetJacError(.format, "the table's keys are not in order; it is corrupt")
        }
        entries.append(entry)
      }
      guard entries.count <= Self.entryLimit else {
        throw NetJacError(.format, "the table has more than \(Self.entryLimit) entries")
      }
    }
    self.entries = entries
  }

  /// Far above the tensors of a network; blocks that several index entries name cannot multiply.
  private static let entryLimit = 1 << 20

  private struct Handle {
    let offset: Int
    let size: Int
  }

  private static func handle(_ cursor: inout Cursor) throws -> Handle {
    Handle(offset: try cursor.number(), size: try cursor.number())
  }

  private static func block(_ handle: Handle, of bytes: Bytes) throws -> [Entry] {
    let what = "the table's block"
    let content = try bytes.part(handle.offset, handle.size, of: what)
    // The trailer is the kind of compression and the check of both.
    let end = handle.offset + handle.size
    let kind = try bytes.byte(end, of: what)
    let check = try bytes.unsigned(end + 1, 4, of: what)
    let checked = try bytes.part(handle.offset, handle.size + 1, of: what)
    guard UInt64(CRC32C.masked(CRC32C.checksum(checked))) == check else {
      throw NetJacError(
        .format, "the table's block at byte \(handle.offset) fails its check; the file is corrupt")
    }
    guard kind == 0 else {
      throw NetJacError(
        .unsupported,
        "the table's block at byte \(handle.offset) is compressed "
          + "(\(kind == 1 ? "snappy" : "kind \(kind)")); TensorFlow writes them uncompressed")
    }
    let restarts = try content.size(content.count - 4, 4, of: "the block's restart count")
    let (restartBytes, overflow) = restarts.multipliedReportingOverflow(by: 4)
    guard !overflow, restartBytes <= content.count - 4 else {
      throw NetJacError(
        .format,
        "the table's block at byte \(handle.offset) has \(restarts) restarts in "
          + "\(content.count) bytes; the file is corrupt")
    }
    return try Self.entries(
      try content.part(0, content.count - 4 - restartBytes, of: what))
  }

  /// Each key is stored as what it does not share with the one before.
  private static func entries(_ bytes: Bytes) throws -> [Entry] {
    var entries: [Entry] = []
    var key: [UInt8] = []
    var cursor = Cursor(bytes)
    while !cursor.isAtEnd {
      let shared = try cursor.number()
      let suffixCount = try cursor.number()
      let valueCount = try cursor.number()
      guard shared <= key.count else {
        throw NetJacError(
          .format,
          "a key of the table shares \(shared) bytes with one of \(key.count); the file is corrupt")
      }
      key.removeLast(key.count - shared)
      key += try cursor.take(suffixCount).array
      guard key.count <= keyLimit else {
        throw NetJacError(.format, "a key of the table is longer than \(keyLimit) bytes")
      }
      entries.append(Entry(key: key, value: try cursor.take(valueCount)))
    }
    return entries
  }

  private static let keyLimit = 1 << 16

  /// The value of a key.
  package func value(of key: String) -> Bytes? {
    let key = Array(key.utf8)
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key.lexicographicallyPrecedes(key) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < entries.count && entries[low].key == key ? entries[low].value : nil
  }
}

/// A place in bytes that moves on with every read.
private struct Cursor {
  private let bytes: Bytes
  private var place = 0

  init(_ bytes: Bytes) { self.bytes = bytes }

  var isAtEnd: Bool { place >= bytes.count }

  /// A whole number in groups of seven bits, the least significant first.
  mutating func number() throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      let byte = try bytes.byte(place, of: "a number of the table")
      place += 1
      value |= UInt64(byte & 127) << shift
      if byte < 128, let number = Int(exactly: value) { return number }
    }
    throw NetJacError(
      .format, "a number of the table has more than nine bytes; the file is corrupt")
  }

  mutating func take(_ count: Int) throws -> Bytes {
    let part = try bytes.part(place, count, of: "an entry of the table")
    place += count
    return part
  }
}
