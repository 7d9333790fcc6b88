import Tensors

/// Reads a JSON text (RFC 8259) and, beyond it, the three words that Python writes for numbers that are
/// not finite. Whatever else departs from the grammar is an error that names its line.
package struct JSONParser {
  package struct Limits: Sendable {
    /// Values inside each other.
    package var depth: Int
    /// Values in all, which bounds the memory that the parsed form takes.
    package var count: Int

    package init(depth: Int = 200, count: Int = 4_000_000) {
      self.depth = depth
      self.count = count
    }
  }

  private let bytes: [UInt8]
  private let what: String
  private let limits: Limits
  private var place = 0
  private var depth = 0
  private var count = 0

  /// Parses a whole text; `what` names it in messages, such as `config.json`.
  package static func parse(
    _ bytes: Bytes, limits: Limits = Limits(), of what: String
  ) throws -> JSON {
    var parser = JSONParser(bytes: bytes.array, what: what, limits: limits)
    parser.skipSpace()
    let value = try parser.value()
    parser.skipSpace()
    guard parser.place == parser.bytes.count else {
      throw parser.error("nothing", "after the value")
    }
    return value
  }

  private init(bytes: [UInt8], what: String, limits: Limits) {
    self.bytes = bytes
    self.what = what
    self.limits = limits
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { place += 1 }
  }

  // MARK: - Values

  private mutating func value() throws -> JSON {
    count += 1
    guard count <= limits.count else {
      throw located("the text has more than \(limits.count) values")
    }
    switch next {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .number(JSONNumber(text: "NaN")))
    case UInt8(ascii: "I"): return try word("Infinity", .number(JSONNumber(text: "Infinity")))
    default: return .number(try number())
    }
  }

  private mutating func nested(_ body: (inout JSONParser) throws -> JSON) throws -> JSON {
    guard depth < limits.depth else {
      throw located("values are nested deeper than \(limits.depth)")
    }
    depth += 1
    place += 1
    skipSpace()
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws -> JSON {
    var object = JSONObject()
    if take("}") { return .object(object) }
    while true {
      guard next == UInt8(ascii: "\"") else { throw error("a key in quotes", "in an object") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw error("':'", "after the key \(key.quoted)") }
      skipSpace()
      guard object.add(key, try value()) else {
        throw located("the key \(key.quoted) stands twice in one object")
      }
      skipSpace()
      if take("}") { return .object(object) }
      guard take(",") else { throw error("',' or '}'", "in an object") }
      skipSpace()
    }
  }

  private mutating func array() throws -> JSON {
    var values: [JSON] = []
    if take("]") { return .array(values) }
    while true {
      values.append(try value())
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else { throw error("',' or ']'", "in a list") }
      skipSpace()
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
    let matches = word.withUTF8Buffer { bytes[place...].starts(with: $0) }
    guard matches else { throw error("a value", "here") }
    place += word.utf8CodeUnitCount
    return value
  }

  private mutating func number() throws -> JSONNumber {
    let start = place
    if take("-"), next == UInt8(ascii: "I") {
      _ = try word("Infinity", .null)
      return JSONNumber(text: "-Infinity")
    }
    if !take("0") {
      guard digits() else { throw error(place == start ? "a value" : "a digit", "here") }
    }
    if take(".") {
      guard digits() else { throw error("a digit", "after '.'") }
    }
    if take("e") || take("E") {
      _ = take("-") || take("+")
      guard digits() else { throw error("a digit", "in an exponent") }
    }
    guard place - start <= 1000 else { throw located("a number has more than 1000 characters") }
    return JSONNumber(text: String(decoding: bytes[start..<place], as: UTF8.self))
  }

  private mutating func digits() -> Bool {
    let start = place
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
    return place > start
  }

  // MARK: - Texts

  private mutating func string() throws -> String {
    let start = place
    place += 1
    var text: [UInt8] = []
    while true {
      guard let byte = next else { throw error("'\"'", "at the end of a text") }
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        guard let valid = String(validating: text, as: UTF8.self) else {
          place = start
          throw located("a text is no UTF-8")
        }
        return valid
      case UInt8(ascii: "\\"):
        place += 1
        text += try escape()
      case 0..<0x20: throw error("an escape", "for a control character in a text")
      default:
        text.append(byte)
        place += 1
      }
    }
  }

  private mutating func escape() throws -> [UInt8] {
    guard let byte = next else { throw error("a character", "after '\\'") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
    default:
      place -= 1
      throw error("one of \"\\/bfnrtu", "after '\\'")
    }
  }

  /// A scalar beyond the first plane is written as two halves.
  private mutating func scalar() throws -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xd800..<0xdc00).contains(first), take("\\"), take("u") else {
      throw located("a text has half of a character pair")
    }
    let second = try hexadecimal()
    guard (0xdc00..<0xe000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw located("a text has half of a character pair") }
    return scalar
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard bytes.count - place >= 4,
      bytes[place..<place + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits", "after '\\u'") }
    place += 4
    return value
  }

  // MARK: - Errors

  private func error(_ expected: String, _ where: String) -> NetJacError {
    let found =
      next.map { byte in
        (0x21..<0x7f).contains(byte)
          ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte \(byte)"
      } ?? "the end"
    return located("expected \(expected) \(`where`), found \(found)")
  }

  private func located(_ message: String) -> NetJacError {
    let before = bytes[..<min(place, bytes.count)]
    let line = before.reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
    let column = place - (before.lastIndex(of: 0x0a) ?? -1)
    return NetJacError(
      .format, "\(what) is no valid JSON: line \(line), column \(column): \(message)")
  }
}
