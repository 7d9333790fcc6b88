import Containers
import Tensors

/// A field of a protobuf message: its number, and what it holds.
struct WireField {
  enum Content {
    case number(UInt64)
    case eight(UInt64)
    case four(UInt32)
    case bytes(Bytes)
  }

  let number: Int
  let content: Content

  /// A whole number with sign, as `int32`, `int64`, enumerations and booleans are written.
  func integer() throws -> Int64 {
    guard case .number(let value) = content else { throw wrong("a whole number") }
    return Int64(bitPattern: value)
  }

  /// A number that must be a count, an index or a code.
  func size(of what: @autoclosure () -> String) throws -> Int {
    let value = try integer()
    guard let size = Int(exactly: value), size >= 0 else {
      throw NetJacError(.format, "\(what()) is \(value); a number from 0 on is needed")
    }
    return size
  }

  func flag() throws -> Bool { try integer() != 0 }

  func real() throws -> Float {
    guard case .four(let bits) = content else { throw wrong("a float") }
    return Float(bitPattern: bits)
  }

  func bits32() throws -> UInt32 {
    guard case .four(let bits) = content else { throw wrong("four bytes") }
    return bits
  }

  /// A message, or bytes that are none.
  func bytes() throws -> Bytes {
    guard case .bytes(let bytes) = content else { throw wrong("bytes") }
    return bytes
  }

  func text() throws -> String { try bytes().text(of: "a name in the file") }

  /// The numbers of a repeated field: one, or several that are packed into bytes.
  func integers() throws -> [Int64] {
    guard case .bytes(let bytes) = content else { return [try integer()] }
    // The last byte of each number has no mark of continuation.
    let count = bytes.withUnsafeBytes { $0.reduce(0) { $1 < 0x80 ? $0 + 1 : $0 } }
    try Memory.require(count.multipliedSaturated(by: 8))
    var cursor = WireCursor(bytes)
    var numbers: [Int64] = []
    numbers.reserveCapacity(count)
    while !cursor.isAtEnd { numbers.append(Int64(bitPattern: try cursor.varint())) }
    return numbers
  }

  func reals() throws -> [Float] {
    guard case .bytes(let bytes) = content else { return [try real()] }
    try Memory.require(bytes.count)
    return try (0..<bytes.count / 4).map {
      Float(bitPattern: UInt32(truncatingIfNeeded: try bytes.unsigned(4 * $0, 4, of: "a float")))
    }
  }

  func doubles() throws -> [Double] {
    switch content {
    case .eight(let bits): return [Double(bitPattern: bits)]
    case .bytes(let bytes):
      try Memory.require(bytes.count)
      return try (0..<bytes.count / 8).map {
        Double(bitPattern: try bytes.unsigned(8 * $0, 8, of: "a double"))
      }
    default: throw wrong("a double")
    }
  }

  private func wrong(_ needed: String) -> NetJacError {
    NetJacError(.format, "field \(number) of a message is not \(needed); the file is corrupt")
  }
}

extension Bytes {
  /// Calls `body` with each field of the message that these bytes are, in their order.
  ///
  /// - Throws: `format` if they are none.
  func forEachField(_ body: (WireField) throws -> Void) throws {
    var cursor = WireCursor(self)
    while !cursor.isAtEnd {
      let tag = try cursor.varint()
      guard let number = Int(exactly: tag >> 3), number > 0, number < 1 << 29 else {
        throw NetJacError(.format, "a message has an invalid field number; the file is corrupt")
      }
      switch tag & 7 {
      case 0: try body(WireField(number: number, content: .number(cursor.varint())))
      case 1: try body(WireField(number: number, content: .eight(cursor.unsigned(8))))
      case 2:
        let length = try cursor.varint()
        try body(
          WireField(
            number: number, content: .bytes(cursor.take(Int(exactly: length) ?? .max))))
      case 5:
        try body(
          WireField(
            number: number, content: .four(UInt32(truncatingIfNeeded: cursor.unsigned(4)))))
      default:
        // Groups are an old form that none of the messages here has.
        throw NetJacError(.format, "a message has an invalid kind of field; the file is corrupt")
      }
    }
  }
}

/// A place in bytes that moves on with every read.
private struct WireCursor {
  private let bytes: Bytes
  private var place = 0

  init(_ bytes: Bytes) { self.bytes = bytes }

  var isAtEnd: Bool { place >= bytes.count }

  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try bytes.byte(place, of: "a number")
      place += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw NetJacError(.format, "a number has more than ten bytes; the file is corrupt")
  }

  mutating func unsigned(_ width: Int) throws -> UInt64 {
    let value = try bytes.unsigned(place, width, of: "a number")
    place += width
    return value
  }

  mutating func take(_ count: Int) throws -> Bytes {
    let part = try bytes.part(place, count, of: "a field")
    place += count
    return part
  }
}
