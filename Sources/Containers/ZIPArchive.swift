import Tensors

/// The entries of a ZIP archive (PKWARE, APPNOTE 6.3.10), found through its central directory alone: what
/// stands in front of the entries themselves may lack the sizes.
///
/// Nothing is ever extracted to a file. Entries that nobody asks for are not looked at, whatever their names.
package struct ZIPArchive: Sendable {
  private struct Entry {
    let method: Int
    let flags: Int
    let check: UInt32
    let compressedSize: Int
    let size: Int
    let place: Int
  }

  private let bytes: Bytes
  private var entries: [String: [Entry]] = [:]

  /// The first four bytes of an archive with entries.
  package static let signature: [UInt8] = [0x50, 0x4b, 3, 4]

  package init(_ bytes: Bytes) throws {
    self.bytes = bytes
    let directory = try Self.directory(of: bytes)
    var place = 0
    for _ in 0..<directory.count {
      let fixed = try directory.bytes.part(place, 46, of: "the archive's directory")
      guard fixed.starts(with: [0x50, 0x4b, 1, 2]) else {
        throw NetJacError(
          .format,
          "the ZIP archive's directory is corrupt at its byte \(place): no entry begins there")
      }
      func number(_ offset: Int, _ width: Int) throws -> Int {
        try fixed.size(offset, width, of: "the archive's directory")
      }
      let nameSize = try number(28, 2)
      let extraSize = try number(30, 2)
      let nameBytes = try directory.bytes.part(
        place + 46, nameSize, of: "the name of an entry of the archive")
      let extra = try directory.bytes.part(
        place + 46 + nameSize, extraSize, of: "the directory of the archive")
      var sizes = [try number(24, 4), try number(20, 4), try number(42, 4)]
      try Self.widen(&sizes, by: extra)
      // A name that is no UTF-8 can be none of those that are needed.
      let name = String(decoding: nameBytes.array, as: UTF8.self)
      entries[name, default: []].append(
        Entry(
          method: try number(10, 2), flags: try number(8, 2),
          check: UInt32(truncatingIfNeeded: try number(16, 4)), compressedSize: sizes[1],
          size: sizes[0], place: sizes[2]))
      place += 46 + nameSize + extraSize + (try number(32, 2))
    }
  }

  package var names: [String] { entries.keys.sorted() }

  package func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The content of the entry with this name, or nil where there is none.
  ///
  /// - Parameter limit: the most bytes that it may have.
  package func content(of name: String, limit: Int) throws -> Bytes? {
    guard let found = entries[name] else { return nil }
    let what = "the entry \(name.quoted) of the ZIP archive"
    guard found.count == 1, let entry = found.first else {
      throw NetJacError(.format, "\(what) is there \(found.count) times")
    }
    guard entry.flags & 0x2041 == 0 else {
      throw NetJacError(.unsupported, "\(what) is encrypted")
    }
    guard entry.size <= limit else {
      throw NetJacError(
        .memory,
        "\(what) has a size of \(entry.size) bytes; the limit is \(limit) (option memory_limit)")
    }
    let header = try bytes.part(entry.place, 30, of: what)
    guard header.starts(with: Self.signature) else {
      throw NetJacError(
        .format, "\(what) does not begin at byte \(entry.place); the archive is corrupt")
    }
    let start =
      try entry.place + 30 + header.size(26, 2, of: what) + header.size(28, 2, of: what)
    let stored = try bytes.part(start, entry.compressedSize, of: what)
    let content: Bytes
    switch entry.method {
    case 0:
      guard entry.size == entry.compressedSize else {
        throw NetJacError(
          .format,
          "\(what) is stored, but has two sizes, \(entry.size) and \(entry.compressedSize)")
      }
      content = stored
    case 8:
      // Deflate makes at most about 1,030 bytes of one.
      guard entry.size / 1040 <= entry.compressedSize else {
        throw NetJacError(
          .format,
          "\(what) declares a size of \(entry.size) bytes in \(entry.compressedSize) compressed ones, "
            + "which is impossible")
      }
      content = Bytes(
        try Inflate.bytes(stored, count: entry.size, wrapping: .none, of: what))
    default:
      throw NetJacError(
        .unsupported,
        "\(what) is compressed by method \(entry.method); stored (0) and deflated (8) entries are read"
      )
    }
    guard Inflate.crc32(content) == entry.check else {
      throw NetJacError(.format, "\(what) fails its check (CRC-32); the archive is corrupt")
    }
    return content
  }

  // MARK: - Directory

  private struct Directory {
    let bytes: Bytes
    let count: Int
  }

  /// The record at the end tells where the directory is; a comment of up to 65,535 bytes may follow it.
  private static func directory(of bytes: Bytes) throws -> Directory {
    let what = "the ZIP archive's directory"
    let first = max(0, bytes.count - 22 - 65_535)
    var place = bytes.count - 22
    while place >= first {
      let record = try bytes.part(place, 22, of: what)
      if record.starts(with: [0x50, 0x4b, 5, 6]),
        try record.size(20, 2, of: what) == bytes.count - place - 22
      {
        break
      }
      place -= 1
    }
    guard place >= first else {
      throw NetJacError(
        .format, "the ZIP archive has no directory at its end; it is truncated or corrupt")
    }
    let record = try bytes.part(place, 22, of: what)
    var count = try record.size(10, 2, of: what)
    var size = try record.size(12, 4, of: what)
    var start = try record.size(16, 4, of: what)
    var disks = try (record.size(4, 2, of: what), record.size(6, 2, of: what))
    if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff, place >= 20 {
      // Larger numbers stand in a record of their own, which the one before the last points to.
      let locator = try bytes.part(place - 20, 20, of: what)
      if locator.starts(with: [0x50, 0x4b, 6, 7]) {
        let large = try bytes.part(locator.size(8, 8, of: what), 56, of: what)
        guard large.starts(with: [0x50, 0x4b, 6, 6]) else {
          throw NetJacError(
            .format, "\(what) is corrupt: its ZIP64 record is not where it should be")
        }
        disks = try (large.size(16, 4, of: what), large.size(20, 4, of: what))
        count = try large.size(32, 8, of: what)
        size = try large.size(40, 8, of: what)
        start = try large.size(48, 8, of: what)
      }
    }
    guard disks == (0, 0) || disks == (0xffff, 0xffff) else {
      throw NetJacError(.unsupported, "the ZIP archive is one part of several")
    }
    let directory = try bytes.part(start, size, of: what)
    guard count <= directory.count / 46 else {
      throw NetJacError(
        .format, "\(what) of \(directory.count) bytes declares \(count) entries; it is corrupt")
    }
    return Directory(bytes: directory, count: count)
  }

  /// Puts the numbers of eight bytes in place of those that say that four were too few.
  private static func widen(_ sizes: inout [Int], by extra: Bytes) throws {
    guard sizes.contains(0xffff_ffff) else { return }
    let what = "an entry's extra field in the ZIP archive"
    var place = 0
    while place + 4 <= extra.count {
      let kind = try extra.size(place, 2, of: what)
      let field = try extra.part(place + 4, extra.size(place + 2, 2, of: what), of: what)
      place += 4 + field.count
      guard kind == 1 else { continue }
      var offset = 0
      for index in sizes.indices where sizes[index] == 0xffff_ffff {
        sizes[index] = try field.size(offset, 8, of: what)
        offset += 8
      }
      return
    }
  }
}
