import Tensors

/// What a caller may choose when a store or a study is opened; `include/netjac.h` documents each key.
package struct StoreOptions: Sendable {
  package enum Mode: String, CaseIterable, Sendable {
    case create, write, read
  }

  package enum Journal: String, CaseIterable, Sendable {
    case auto, delete, wal
  }

  package var mode = Mode.create
  /// How long a call waits for locks of other programs, in seconds.
  package var busyTimeout = 60.0
  /// How long results are offered to a database that does not take them, in seconds.
  package var retry = 60.0
  package var journal = Journal.auto
  /// Where results go that the database does not take.
  package var spool = "netjac-unsent.db"
  package var schema = "netjac"
  package var libpq: String?

  package var equality: Equality?
  package var tolerance: Double?
  package var lease: Double?
  package var attempts: Int?
  package var worker: String?

  /// For tests: takes the file system for one of a network, or not, and a clock that can be set.
  package var isNetwork: Bool?
  package var host: String?
  package var clock = Clock.machine

  package init() {}

  package static let knownKeys = [
    "mode", "busy_timeout", "retry", "journal", "spool", "schema", "libpq", "equality", "tolerance",
    "lease", "attempts", "worker",
  ]

  /// Sets one option from text without spaces around it; false for a key of none of these.
  ///
  /// - Throws: `NetJacError` of kind `option` for a value that can never be right.
  package mutating func set(_ key: String, to text: String) throws -> Bool {
    switch key {
    case "mode": mode = try Self.choice(text, key)
    case "busy_timeout": busyTimeout = try Self.seconds(text, key)
    case "retry": retry = try Self.seconds(text, key)
    case "journal": journal = try Self.choice(text, key)
    case "spool": spool = try Self.filled(text, key)
    case "schema":
      guard (try? checkName(text, of: "schema")) != nil else {
        throw Self.unusable(key, text, "a name of letters, digits and _")
      }
      schema = text
    case "libpq": libpq = try Self.filled(text, key)
    case "equality": equality = try Self.choice(text, key)
    case "tolerance":
      guard let number = Double(text), number.isFinite, number >= 0 else {
        throw Self.unusable(key, text, "a number from 0 on")
      }
      tolerance = number
    case "lease":
      guard let number = Double(text), (0.1...1e7).contains(number) else {
        throw Self.unusable(key, text, "seconds from 0.1 to 10000000")
      }
      lease = number
    case "attempts":
      guard let number = Int(text), (1...1_000_000).contains(number) else {
        throw Self.unusable(key, text, "a whole number from 1 to 1000000")
      }
      attempts = number
    case "worker": worker = try Self.filled(text, key)
    default: return false
    }
    return true
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ key: String
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      throw unusable(key, text, Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  private static func seconds(_ text: String, _ key: String) throws -> Double {
    guard let number = Double(text), (0...1e7).contains(number) else {
      throw unusable(key, text, "seconds from 0 to 10000000")
    }
    return number
  }

  private static func filled(_ text: String, _ key: String) throws -> String {
    guard !text.isEmpty else { throw unusable(key, text, "some text") }
    return text
  }

  private static func unusable(_ key: String, _ value: String, _ right: String) -> NetJacError {
    NetJacError(.option, "option '\(key)' cannot be '\(value)'; it takes \(right)")
  }
}
