import Containers
import Tensors

/// Typed access to the configuration of a layer. An absent key means the default of Keras' constructor.
struct KerasConfiguration: Sendable {
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  /// The value, where it is there and not null.
  func value(_ key: String) -> JSON? {
    guard let value = object[key], !value.isNull else { return nil }
    return value
  }

  private func wrong(_ key: String, _ value: JSON, _ wanted: String) -> NetJacError {
    NetJacError(
      .format, "the configuration has \(key.quoted): \(value.described); \(wanted) is needed")
  }

  func int(_ key: String, default standard: Int? = nil) throws -> Int {
    guard let value = try optionalInt(key) ?? standard else {
      throw NetJacError(.format, "the configuration lacks \(key.quoted)")
    }
    return value
  }

  func optionalInt(_ key: String) throws -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int, number.magnitude < 1 << 30 else {
      throw wrong(key, value, "a whole number")
    }
    return number
  }

  /// A number of units, heads, filters, …: at least one.
  func count(_ key: String, default standard: Int? = nil) throws -> Int {
    let number = try int(key, default: standard)
    guard number > 0 else {
      throw NetJacError(
        .format, "the configuration has \(key.quoted): \(number); a positive number is needed")
    }
    return number
  }

  func real(_ key: String, default standard: Double) throws -> Double {
    try optionalReal(key) ?? standard
  }

  func optionalReal(_ key: String) throws -> Double? {
    guard var value = value(key) else { return nil }
    // Some versions wrote numbers as arrays or as tensors of one element.
    if let inner = value["value"] ?? value["config"]?["value"] { value = inner }
    guard let number = value.double else { throw wrong(key, value, "a number") }
    return number
  }

  func flag(_ key: String, default standard: Bool) -> Bool {
    switch value(key) {
    case .bool(let flag)?: flag
    case .number(let number)?: number.double != 0
    default: standard
    }
  }

  func string(_ key: String, default standard: String) throws -> String {
    guard let value = value(key) else { return standard }
    guard let text = value.string else { throw wrong(key, value, "a text") }
    return text
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default standard: Choice)
    throws -> Choice where Choice.RawValue == String
  {
    guard let value = value(key) else { return standard }
    guard let text = value.string, let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map { $0.rawValue.quoted }.joined(separator: ", ")
      throw NetJacError(
        .unsupported,
        "the configuration has \(key.quoted): \(value.described); one of \(known) is supported")
    }
    return choice
  }

  /// A list of whole numbers, for which one number may stand.
  func ints(_ key: String) throws -> [Int]? {
    guard let value = value(key) else { return nil }
    if let number = value.int { return [number] }
    guard let list = value.array else { throw wrong(key, value, "a list of whole numbers") }
    return try list.map {
      guard let number = $0.int, number.magnitude < 1 << 30 else {
        throw wrong(key, value, "a list of whole numbers")
      }
      return number
    }
  }

  /// One positive number for each axis; a single one stands for all.
  func sizes(_ key: String, rank: Int, default standard: [Int]? = nil) throws -> [Int] {
    guard let sizes = try ints(key) ?? standard else {
      throw NetJacError(.format, "the configuration lacks \(key.quoted)")
    }
    let full = sizes.count == 1 ? [Int](repeating: sizes[0], count: rank) : sizes
    guard full.count == rank, full.allSatisfy({ $0 > 0 }) else {
      throw NetJacError(
        .format,
        "the configuration has \(key.quoted): \(sizes); \(rank) positive numbers are needed")
    }
    return full
  }

  /// Whether channels stand behind the spatial axes.
  var channelsAreLast: Bool { object["data_format"]?.string != "channels_first" }
}
