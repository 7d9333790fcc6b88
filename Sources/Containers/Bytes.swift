import Tensors

/// A part of a file's bytes; every read is checked against its ends. Parts share one storage, so that
/// taking one copies nothing.
package struct Bytes: Sendable {
  package let storage: [UInt8]
  package let range: Range<Int>

  package init(_ storage: [UInt8]) {
    self.storage = storage
    range = storage.indices
  }

  private init(storage: [UInt8], range: Range<Int>) {
    self.storage = storage
    self.range = range
  }

  package var count: Int { range.count }

  /// The part of `count` bytes from `offset` on.
  ///
  /// - Throws: `format` if it does not lie inside.
  package func part(_ offset: Int, _ count: Int, of what: @autoclosure () -> String) throws -> Bytes
  {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw NetJacError(
        .format,
        "\(what()) lies at byte \(offset) with a length of \(count), outside the \(self.count) bytes "
          + "that there are; the file is truncated or corrupt")
    }
    let start = range.lowerBound + offset
    return Bytes(storage: storage, range: start..<start + count)
  }

  /// The part from `offset` to the end.
  package func part(from offset: Int, of what: @autoclosure () -> String) throws -> Bytes {
    try part(offset, count - min(max(offset, 0), count), of: what())
  }

  /// A whole number of one to eight bytes without sign, the least significant byte first.
  package func unsigned(
    _ offset: Int, _ width: Int, of what: @autoclosure () -> String
  ) throws -> UInt64 {
    guard offset >= 0, width <= count, offset <= count - width else {
      _ = try part(offset, width, of: what())
      return 0
    }
    var value: UInt64 = 0
    for byte in storage[range.lowerBound + offset..<range.lowerBound + offset + width].reversed() {
      value = value << 8 | UInt64(byte)
    }
    return value
  }

  /// The same as a size or place.
  ///
  /// - Throws: `format` if it is beyond the numbers that a size can have, too.
  package func size(_ offset: Int, _ width: Int, of what: @autoclosure () -> String) throws -> Int {
    let value = try unsigned(offset, width, of: what())
    guard let size = Int(exactly: value) else {
      throw NetJacError(.format, "\(what()) is \(value), which is no size; the file is corrupt")
    }
    return size
  }

  package func byte(_ offset: Int, of what: @autoclosure () -> String) throws -> UInt8 {
    UInt8(truncatingIfNeeded: try unsigned(offset, 1, of: what()))
  }

  package var array: [UInt8] { Array(storage[range]) }

  package func elementsEqual(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { storage[range].elementsEqual($0) }
  }

  /// Whether these bytes begin with others.
  package func starts(with bytes: [UInt8]) -> Bool { storage[range].starts(with: bytes) }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// The bytes as UTF-8.
  ///
  /// - Throws: `format` if they are no UTF-8.
  package func text(of what: @autoclosure () -> String) throws -> String {
    guard let text = String(validating: storage[range], as: UTF8.self) else {
      throw NetJacError(.format, "\(what()) is no UTF-8 text; the file is corrupt")
    }
    return text
  }
}
