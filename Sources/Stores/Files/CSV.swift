import Glibc
import Tensors

/// Tables of text, as RFC 4180 describes them.
enum CSV {
  /// A cell as it is written: in quotes where it has to be.
  static func cell(_ text: String) -> String {
    let needsQuotes = text.utf8.contains {
      [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
    }
    guard needsQuotes || text.first == " " || text.last == " " else { return text }
    return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  /// The shortest decimals that give the same number again.
  static func cell(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "Inf" }
    return number.description
  }

  static func cell(_ numbers: [Double]) -> String { numbers.map(cell).joined(separator: " ") }

  /// - Returns: nil for what is no number.
  static func number(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan": .nan
    case "inf", "+inf", "infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: Double(text)
    }
  }
}

/// Reads the rows of a table, one after the other.
struct CSVReader {
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var at = 0
  private var isAtEnd = false
  let path: String
  /// The line that the last row began in, from 1 on.
  private(set) var line = 0
  private var nextLine = 1
  /// No cell is longer; a file without quotes at their places would be read into memory as one.
  private static let longestCell = 1 << 28

  init(_ path: String) throws {
    self.path = path
    file = try OpenFile(reading: path)
  }

  private mutating func next() throws -> UInt8? {
    if at == buffer.count {
      guard !isAtEnd else { return nil }
      buffer = try file.read(1 << 16)
      at = 0
      if buffer.isEmpty {
        isAtEnd = true
        return nil
      }
    }
    defer { at += 1 }
    return buffer[at]
  }

  private func refuse(_ what: String) -> NetJacError {
    NetJacError(.format, "'\(path)', line \(nextLine): \(what)")
  }

  /// The cells of the next row; nil at the end. Empty lines are skipped.
  mutating func row() throws -> [String]? {
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    var isEmpty = true
    line = nextLine
    func text() -> String { String(decoding: cell, as: UTF8.self) }
    while let byte = try next() {
      if byte == UInt8(ascii: "\n") { nextLine += 1 }
      if isQuoted {
        if byte == UInt8(ascii: "\"") {
          isQuoted = false
        } else {
          cell.append(byte)
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""):
          // A second quote in a row stands for one.
          if wasQuoted { cell.append(byte) }
          guard wasQuoted || cell.isEmpty else { throw refuse("a quote within a cell") }
          (isQuoted, wasQuoted, isEmpty) = (true, true, false)
        case UInt8(ascii: ","):
          cells.append(text())
          cell.removeAll(keepingCapacity: true)
          (wasQuoted, isEmpty) = (false, false)
        case UInt8(ascii: "\r"):
          break
        case UInt8(ascii: "\n"):
          if !isEmpty { return cells + [text()] }
          line = nextLine
        default:
          guard !wasQuoted else { throw refuse("text after a quoted cell") }
          cell.append(byte)
          isEmpty = false
        }
      }
      guard cell.count <= Self.longestCell else { throw refuse("a cell of more than 256 MB") }
    }
    guard !isQuoted else { throw refuse("a quote that is not closed") }
    return isEmpty ? nil : cells + [text()]
  }
}

/// An open file, closed with its last user.
final class OpenFile {
  private let descriptor: Int32
  private let path: String
  private var pending: [UInt8] = []

  init(reading path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw NetJacError(
        .file, "'\(path)' cannot be read: \(systemMessage(code))", code == ENOENT ? .notFound : nil)
    }
  }

  /// A new file; one that is there is an error.
  init(creating path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw NetJacError(.file, "'\(path)' cannot be made: \(systemMessage(errno))")
    }
  }

  deinit { close(descriptor) }

  func read(_ most: Int) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      var found = -1
      repeat {
        found = Glibc.read(descriptor, buffer.baseAddress, most)
      } while found < 0 && errno == EINTR
      if found < 0 { failure = errno }
      count = max(found, 0)
    }
    guard failure == 0 else {
      throw NetJacError(.file, "'\(path)' cannot be read: \(systemMessage(failure))")
    }
    return bytes
  }

  func write(_ text: String) throws {
    pending += text.utf8
    if pending.count > 1 << 16 { try flush() }
  }

  private func flush() throws {
    var start = 0
    while start < pending.count {
      let written = pending.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, pending.count - start)
      }
      guard written >= 0 || errno == EINTR else {
        throw NetJacError(.file, "'\(path)' cannot be written: \(systemMessage(errno))")
      }
      start += max(written, 0)
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes what is left, and makes sure that it stays.
  func finish() throws {
    try flush()
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw NetJacError(.file, "'\(path)' cannot be written: \(systemMessage(errno))")
    }
  }
}
