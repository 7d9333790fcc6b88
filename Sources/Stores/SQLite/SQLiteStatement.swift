import CSQLite
import Tensors

/// A prepared statement of SQLite.
final class SQLiteStatement: Statement {
  private let statement: OpaquePointer
  private unowned let connection: SQLiteConnection
  private var failure = SQLITE_OK
  var isInUse = false

  init(_ statement: OpaquePointer, of connection: SQLiteConnection) {
    self.statement = statement
    self.connection = connection
  }

  /// Not in `deinit`: statements of a connection that came through a fork must never be touched.
  func finalize() { sqlite3_finalize(statement) }

  private func note(_ code: Int32) { if code != SQLITE_OK, failure == SQLITE_OK { failure = code } }

  func bind(_ value: Double, at parameter: Int) {
    note(sqlite3_bind_double(statement, Int32(parameter), value))
  }

  func bind(_ value: Int64, at parameter: Int) {
    note(sqlite3_bind_int64(statement, Int32(parameter), value))
  }

  func bind(_ value: String, at parameter: Int) {
    var value = value
    let code = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        guard let count = Int32(exactly: $0.count) else { return SQLITE_TOOBIG }
        return netjac_sqlite_bind_text(
          statement, Int32(parameter), $0.baseAddress ?? emptyText, count)
      }
    }
    note(code)
  }

  func bind(numbers: UnsafeBufferPointer<Double>, at parameter: Int) {
    // All machines that the library runs on are little-endian.
    bind(UnsafeRawBufferPointer(numbers), at: parameter)
  }

  func bind(_ key: PointKey, at parameter: Int) { key.withBytes { bind($0, at: parameter) } }

  private func bind(_ bytes: UnsafeRawBufferPointer, at parameter: Int) {
    guard let base = bytes.baseAddress, bytes.count > 0 else {
      return note(sqlite3_bind_zeroblob(statement, Int32(parameter), 0))
    }
    note(netjac_sqlite_bind_blob(statement, Int32(parameter), base, UInt64(bytes.count)))
  }

  func bindNull(at parameter: Int) { note(sqlite3_bind_null(statement, Int32(parameter))) }

  func step() throws -> Bool {
    if failure != SQLITE_OK { throw connection.error(failure) }
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw connection.error(code)
    }
  }

  func reset() {
    sqlite3_reset(statement)
    failure = SQLITE_OK
  }

  func clear() {
    reset()
    sqlite3_clear_bindings(statement)
  }

  func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
  }

  func double(_ column: Int) -> Double {
    isNull(column) ? .nan : sqlite3_column_double(statement, Int32(column))
  }

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

  func text(_ column: Int) -> String {
    guard let text = sqlite3_column_text(statement, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  func key(_ column: Int) -> PointKey? { withBytes(column) { PointKey($0) } }

  func numbers(_ column: Int) -> [Double] {
    withBytes(column) { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }

  func read(_ column: Int, into numbers: UnsafeMutablePointer<Double>, count: Int) {
    withBytes(column) { bytes in
      let found = min(bytes.count / 8, count)
      if let base = bytes.baseAddress {
        UnsafeMutableRawPointer(numbers).copyMemory(from: base, byteCount: 8 * found)
      }
      for index in found..<count { numbers[index] = .nan }
    }
  }

  private func withBytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result)
    rethrows
    -> Result
  {
    let bytes = sqlite3_column_blob(statement, Int32(column))
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    return try body(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  }
}

/// Text without characters still needs an address: NULL would be bound as NULL.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
  let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  text.initialize(to: 0)
  return UnsafePointer(text)
}()
