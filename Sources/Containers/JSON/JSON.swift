import Tensors

/// A value of a JSON text.
package indirect enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSON])
  case object(JSONObject)
}

/// A number as it stands in the text: what it means is decided by who asks for it.
package struct JSONNumber: Sendable, Equatable {
  /// By the grammar of JSON, or one of NaN, Infinity and -Infinity, which Python writes.
  package let text: String

  package init(text: String) { self.text = text }

  /// The nearest float64 number.
  package var double: Double {
    switch text {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    // Digits beyond the range give infinity, as in Python.
    default: Double(text) ?? .nan
    }
  }

  /// The whole number, also where it is written with a fraction of zero, such as 2.0.
  package var int: Int? { Int(text) ?? Int(exactly: double) }

  /// Whether it is written as a whole number.
  package var isWhole: Bool { Int(text) != nil }
}

/// Keys and values in the order of the text.
package struct JSONObject: Sendable, Equatable {
  package private(set) var keys: [String] = []
  private var values: [String: JSON] = [:]

  package init() {}

  package subscript(key: String) -> JSON? { values[key] }

  /// Adds a pair; false if the key is there already.
  package mutating func add(_ key: String, _ value: JSON) -> Bool {
    guard values.updateValue(value, forKey: key) == nil else { return false }
    keys.append(key)
    return true
  }

  /// The same object with one value put in place of what is there.
  package mutating func set(_ key: String, _ value: JSON) {
    if values.updateValue(value, forKey: key) == nil { keys.append(key) }
  }
}

extension JSON {
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }
  package var double: Double? {
    if case .number(let number) = self { number.double } else { nil }
  }
  package var int: Int? {
    if case .number(let number) = self { number.int } else { nil }
  }
  package var array: [JSON]? {
    if case .array(let values) = self { values } else { nil }
  }
  package var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }
  package var isNull: Bool { self == .null }

  /// The value of a key, if this is an object that has it.
  package subscript(key: String) -> JSON? { object?[key] }

  /// The value as text for messages, cut where it is long.
  package var described: String {
    var text = ""
    describe(into: &text)
    let limit = 60
    return text.count > limit ? text.prefix(limit) + "…" : text
  }

  private func describe(into text: inout String) {
    guard text.utf8.count < 400 else { return }
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let number): text += number.text
    case .string(let string):
      text += string.quoted
    case .array(let values):
      text += "["
      for (place, value) in values.prefix(20).enumerated() {
        if place > 0 { text += ", " }
        value.describe(into: &text)
      }
      text += "]"
    case .object(let object):
      text += "{"
      for (place, key) in object.keys.prefix(20).enumerated() {
        if place > 0 { text += ", " }
        text += "\(key.quoted): "
        object[key]?.describe(into: &text)
      }
      text += "}"
    }
  }
}
