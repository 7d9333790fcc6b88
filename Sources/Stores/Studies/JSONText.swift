import Tensors

/// A text of JSON, and a form of it that does not depend on spaces, the order of keys, or how numbers are written.
struct JSONText {
  let text: String
  let canonical: String

  /// - Throws: `NetJacError` of kind `argument` if the text is no JSON.
  init(_ text: String, _ what: String) throws {
    self.text = text
    var reader = Reader(bytes: Array(text.utf8))
    guard let value = reader.document() else {
      throw NetJacError(
        .argument,
        "\(what) are no JSON: what follows byte \(reader.at) of '\(text)' is not what RFC 8259 allows"
      )
    }
    canonical = value
  }

  private struct Reader {
    let bytes: [UInt8]
    var at = 0
    private static let deepest = 100

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> String? {
      guard let value = value(depth: 0) else { return nil }
      skipSpace()
      return at == bytes.count ? value : nil
    }

    private mutating func skipSpace() {
      while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    private mutating func takes(_ character: Character) -> Bool {
      skipSpace()
      guard at < bytes.count, bytes[at] == character.asciiValue else { return false }
      at += 1
      return true
    }

    private mutating func value(depth: Int) -> String? {
      guard depth < Self.deepest else { return nil }
      skipSpace()
      guard at < bytes.count else { return nil }
      switch bytes[at] {
      case UInt8(ascii: "{"): return object(depth)
      case UInt8(ascii: "["): return list(depth)
      case UInt8(ascii: "\""): return string()
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return number()
      }
    }

    private mutating func word(_ word: String) -> String? {
      guard bytes[at...].starts(with: word.utf8) else { return nil }
      at += word.utf8.count
      return word
    }

    private mutating func object(_ depth: Int) -> String? {
      at += 1
      var members: [String: String] = [:]
      if takes("}") { return "{}" }
      repeat {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\""), let key = string(), takes(":"),
          let value = value(depth: depth + 1)
        else { return nil }
        members[key] = value
      } while takes(",")
      guard takes("}") else { return nil }
      return "{"
        + members.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        .joined(separator: ",") + "}"
    }

    private mutating func list(_ depth: Int) -> String? {
      at += 1
      var elements: [String] = []
      if takes("]") { return "[]" }
      repeat {
        guard let value = value(depth: depth + 1) else { return nil }
        elements.append(value)
      } while takes(",")
      return takes("]") ? "[" + elements.joined(separator: ",") + "]" : nil
    }

    /// A text may be written with escapes or without: databases that know JSON give back another form than they got.
    private mutating func string() -> String? {
      at += 1
      var text: [UInt8] = []
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
        guard bytes[at] >= 0x20 else { return nil }
        if bytes[at] == UInt8(ascii: "\\") {
          guard let scalar = escape() else { return nil }
          text += Array(String(Character(scalar)).utf8)
        } else {
          text.append(bytes[at])
          at += 1
        }
      }
      guard at < bytes.count else { return nil }
      at += 1
      return Self.quoted(String(decoding: text, as: UTF8.self))
    }

    private static func quoted(_ text: String) -> String {
      var quoted = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\\(scalar)"
        case _ where scalar.value < 0x20: quoted += "\\u{\(scalar.value)}"
        default: quoted.unicodeScalars.append(scalar)
        }
      }
      return quoted + "\""
    }

    /// What an escape stands for.
    private mutating func escape() -> Unicode.Scalar? {
      guard at + 1 < bytes.count else { return nil }
      let letter = bytes[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{C}"
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "u"):
        guard let first = unit() else { return nil }
        guard 0xD800...0xDBFF ~= first else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        // A character beyond the first 65,536 is a pair.
        guard bytes[at...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return nil }
        at += 2
        guard let second = unit(), 0xDC00...0xDFFF ~= second else { return nil }
        return Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
      default: return nil
      }
    }

    /// Four hexadecimal digits.
    private mutating func unit() -> UInt32? {
      guard at + 4 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[at..<at + 4], as: UTF8.self)
      guard digits.allSatisfy(\.isHexDigit), let unit = UInt32(digits, radix: 16) else {
        return nil
      }
      at += 4
      return unit
    }

    private mutating func number() -> String? {
      let start = at
      let allowed = Set("+-.eE0123456789".utf8)
      while at < bytes.count, allowed.contains(bytes[at]) { at += 1 }
      let text = String(decoding: bytes[start..<at], as: UTF8.self)
      guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "."),
        let number = Double(text), number.isFinite
      else {
        at = start
        return nil
      }
      // -0 is 0, as databases have it.
      return "\(number + 0.0)"
    }
  }
}
