import Tensors

/// The types of PostgreSQL that stores use, by the numbers that the server has for them (pg_type.dat).
enum PostgresType: UInt32 {
  case boolean = 16
  case name = 19
  case bigint = 20
  case smallint = 21
  case integer = 23
  case text = 25
  case oid = 26
  case real = 700
  case number = 701
  case vector = 1022
  case varchar = 1043
  case time = 1184
  case uuid = 2950
  case json = 3802
}

/// A value on its way to the server.
enum PostgresValue {
  case null
  case number(Double)
  case integer(Int64)
  case text(String)
  case key(PointKey)
  case vector([Double])
  /// An array in binary form.
  case array(PostgresType, [UInt8])

  /// What the server is told about a parameter; 0 lets it find out, which text needs: it may be a time or JSON.
  var type: UInt32 {
    switch self {
    case .null, .text: 0
    case .array(let type, _): type.array
    default: elementType.rawValue
    }
  }

  /// The type where values stand in an array.
  var elementType: PostgresType {
    switch self {
    case .number: .number
    case .integer: .bigint
    case .key: .uuid
    case .vector: .vector
    case .array(let type, _): type
    case .null, .text: .text
    }
  }
}

extension PostgresType {
  /// The type of arrays of it, of those that are sent.
  fileprivate var array: UInt32 {
    switch self {
    case .number: 1022
    case .bigint: 1016
    case .uuid: 2951
    default: 1009
    }
  }
}

/// Bytes in the order of the network.
struct PostgresBytes {
  var bytes: [UInt8] = []

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ number: Double) { append(number.bitPattern) }

  /// The value as the server's binary form has it; text as it is.
  mutating func append(_ value: PostgresValue) {
    switch value {
    case .null: break
    case .number(let number): append(number)
    case .integer(let integer): append(integer)
    case .text(let text): bytes.append(contentsOf: text.utf8)
    case .key(let key): key.withBytes { bytes.append(contentsOf: $0) }
    case .vector(let numbers):
      appendArrayStart(of: .number, numbers.count, hasNull: false)
      for number in numbers { appendElement(number) }
    case .array(_, let array): bytes += array
    }
  }

  /// One dimension, counted from 1; an array without elements has none.
  mutating func appendArrayStart(of type: PostgresType, _ count: Int, hasNull: Bool) {
    append(Int32(count == 0 ? 0 : 1))
    append(Int32(hasNull ? 1 : 0))
    append(type.rawValue)
    guard count > 0 else { return }
    append(Int32(clamping: count))
    append(Int32(1))
  }

  mutating func appendElement(_ number: Double) {
    append(Int32(8))
    append(number)
  }

  mutating func appendElement(_ value: PostgresValue) {
    switch value {
    case .null: append(Int32(-1))
    case .number(let number): appendElement(number)
    case .integer(let integer):
      append(Int32(8))
      append(integer)
    case .key(let key):
      append(Int32(16))
      key.withBytes { bytes.append(contentsOf: $0) }
    case .text(let text):
      append(Int32(clamping: text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    case .vector, .array: break
    }
  }
}

/// Reads what a server sent in binary form.
struct PostgresField {
  let bytes: UnsafeRawBufferPointer

  func integer<Number: FixedWidthInteger>(_ offset: Int = 0, _: Number.Type = Number.self) -> Number
  {
    guard offset + MemoryLayout<Number>.size <= bytes.count else { return 0 }
    return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  func number(_ offset: Int = 0) -> Double { Double(bitPattern: integer(offset)) }

  /// How many elements an array of numbers has, as its bytes are there for.
  var elementCount: Int {
    guard bytes.count >= 20, integer(0, Int32.self) == 1 else { return 0 }
    return min(max(0, Int(integer(12, Int32.self))), (bytes.count - 20) / 4)
  }

  /// `count` numbers of an array; what it lacks is NaN, and so is NULL.
  func read(into numbers: UnsafeMutablePointer<Double>, count: Int) {
    let found = min(elementCount, count)
    var offset = 20
    for index in 0..<found {
      let length = Int(integer(offset, Int32.self))
      offset += 4
      numbers[index] = length == 8 && offset + 8 <= bytes.count ? number(offset) : .nan
      offset += max(0, length)
    }
    for index in found..<max(count, found) { numbers[index] = .nan }
  }
}

/// Seconds from 1970 to 2000, where PostgreSQL's times begin.
let postgresEpoch = 946_684_800.0
