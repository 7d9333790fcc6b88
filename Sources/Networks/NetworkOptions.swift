import Glibc
import Tensors

/// What a caller may choose when a network is loaded; `include/netjac.h` documents each key.
package struct NetworkOptions: Sendable, Equatable {
  /// The type that all float computations of a network use.
  package enum Precision: String, CaseIterable, Sendable {
    case float64
    case float32
  }

  package var precision = Precision.float64

  /// The most threads that share a batch; nil means one per core.
  package var threads: Int?

  /// Lengths bound to symbolic dimensions (or to `INPUT.AXIS` for dynamic axes without a name).
  package var dimensions: [String: Int] = [:]

  /// Values of the inputs that are fixed to constants, row-major.
  package var constantInputs: [String: [Double]] = [:]

  /// The outputs to keep, in this order; nil means all.
  package var outputs: [String]?

  /// Which of the functions to load that a model offers by name; nil means the usual one.
  package var signature: String?

  /// The most turns of a loop whose number of turns depends on an input; nil refuses such loops.
  package var loopLimit: Int?

  /// The most bytes that a network may take, its weights and workspaces included.
  package var memoryLimit = defaultMemoryLimit

  package init() {}

  /// More threads than this help nobody, and starting them could exhaust the host.
  package static let mostThreads = 1024

  /// Three quarters of the machine's memory: what is left keeps the host alive.
  package static let defaultMemoryLimit: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize = sysconf(Int32(_SC_PAGESIZE))
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: pageSize)
    guard pages > 0, pageSize > 0, !overflow else { return 1 << 32 }
    return bytes / 4 * 3
  }()

  /// Every key, as a user would write it.
  package static let knownKeys = [
    "precision", "threads", "dim.NAME", "input.NAME", "output", "signature",
    "loop_limit", "memory_limit",
  ]

  /// Sets one option from text.
  ///
  /// - Parameter others: Keys of options that stand elsewhere, which a message lists too.
  /// - Throws: `NetJacError` of kind `option` for an unknown key or a value that can never be right;
  ///   the options then stay as they were.
  package mutating func set(_ key: String, to value: String, others: [String] = []) throws {
    let text = value.trimmed
    switch key {
    case "precision":
      guard let precision = Precision(rawValue: text) else {
        let known = Precision.allCases.map(\.rawValue).joined(separator: " or ")
        throw unusable(key, value, known)
      }
      self.precision = precision
    case "threads":
      guard let threads = Int(text), (1...Self.mostThreads).contains(threads) else {
        throw unusable(key, value, "a whole number from 1 to \(Self.mostThreads)")
      }
      self.threads = threads
    case "output":
      outputs = try Self.names(text, key)
    case "signature":
      guard !text.isEmpty else { throw unusable(key, value, "the name of a signature") }
      signature = text
    case "loop_limit":
      guard let turns = Int(text), turns > 0 else {
        throw unusable(key, value, "a whole number from 1 on, the most turns of a loop")
      }
      loopLimit = turns
    case "memory_limit":
      guard let bytes = Int(text), bytes > 0 else {
        throw unusable(key, value, "a whole number of bytes from 1 to \(Int.max)")
      }
      memoryLimit = bytes
    default:
      try setNamed(key, value, others)
    }
  }

  /// Sets one of the options whose key ends in a name of the model's own.
  private mutating func setNamed(_ key: String, _ value: String, _ others: [String]) throws {
    let parts = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "dim" || parts[0] == "input", !parts[1].isEmpty else {
      let known = (Self.knownKeys + others).joined(separator: ", ")
      throw NetJacError(.option, "unknown option '\(key)'; the options are \(known)")
    }
    let name = String(parts[1])
    if parts[0] == "dim" {
      guard let length = Int(value.trimmed), length >= 0 else {
        throw unusable(key, value, "a whole number from 0 on, the length of the dimension")
      }
      dimensions[name] = length
    } else {
      constantInputs[name] = try Self.numbers(value, key)
    }
  }

  package static func names(_ text: String, _ key: String) throws -> [String] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0).trimmed }
    guard !names.contains("") else {
      throw unusable(
        key, text, "names of outputs or parameters separated by commas, without an empty one")
    }
    var seen = Set<String>()
    for name in names where !seen.insert(name).inserted {
      throw NetJacError(.option, "option '\(key)' names '\(name)' twice; name each once")
    }
    return names
  }

  private static func numbers(_ text: String, _ key: String) throws -> [Double] {
    // A tensor without elements has no numbers.
    guard !text.trimmed.isEmpty else { return [] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).enumerated().map {
      guard let number = Double(String($1).trimmed) else {
        throw NetJacError(
          .option,
          "option '\(key)': entry \($0 + 1), '\($1)', is not a number; "
            + "give numbers separated by commas, row-major, as in 1,-2.5,3e4")
      }
      return number
    }
  }
}

package func unusable(_ key: String, _ value: String, _ right: String) -> NetJacError {
  NetJacError(.option, "option '\(key)' cannot be '\(value)'; it takes \(right)")
}

extension String {
  /// The text without spaces around it. Foundation would bring this and ten megabytes of library.
  package var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
