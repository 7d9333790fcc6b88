import CSQLite
import Glibc
import Tensors

/// SQLITE_READONLY_ROLLBACK and SQLITE_READONLY_RECOVERY, whose macros Swift cannot import.
private let hotJournal = SQLITE_READONLY | 3 << 8
private let walToRecover = SQLITE_READONLY | 1 << 8
/// SQLITE_READONLY_DIRECTORY.
private let closedFolder = SQLITE_READONLY | 6 << 8

extension SQLiteConnection {
  /// What a code of SQLite means for the caller of a store.
  func error(_ code: Int32) -> NetJacError {
    let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "the connection is closed"
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      return NetJacError(
        .store,
        "the store '\(path)' stays locked by another program, for more than \((patience * 10).rounded() / 10) s",
        .locked)
    case SQLITE_FULL:
      return NetJacError(.store, "the disk of the store '\(path)' is full")
    case SQLITE_NOMEM:
      return NetJacError(.memory, "the store '\(path)': no memory")
    case SQLITE_NOTADB:
      return NetJacError(.format, "'\(path)' is no store: it is not an SQLite database")
    case SQLITE_CORRUPT:
      return NetJacError(
        .store, "the store '\(path)' is damaged (\(message)); a backup is what helps")
    case SQLITE_READONLY where code == hotJournal || code == walToRecover:
      return NetJacError(
        .store,
        "a program that wrote to '\(path)' was ended within a transaction; open the store once for "
          + "writing, which undoes what was not finished")
    case SQLITE_READONLY where code == closedFolder:
      return noJournal
    case SQLITE_READONLY:
      return NetJacError(.conflict, "the store '\(path)' is read-only (\(message))", .readOnly)
    case SQLITE_CANTOPEN:
      return noJournal
    case SQLITE_IOERR:
      return NetJacError(
        .store,
        "reading or writing the store '\(path)' failed: \(message) "
          + "(\(systemMessage(handle.map(sqlite3_system_errno) ?? 0)))")
    case SQLITE_CONSTRAINT:
      return NetJacError(.conflict, "the store '\(path)' refuses a row: \(message)")
    case SQLITE_TOOBIG:
      return NetJacError(.argument, "a value is too large for an SQLite row of '\(path)'")
    case SQLITE_ERROR, SQLITE_SCHEMA:
      return NetJacError(
        .store, "the tables of '\(path)' are not those that NetJac made: \(message)")
    default:
      return NetJacError(.store, "the store '\(path)': \(message) (SQLite's code \(code))")
    }
  }

  private var noJournal: NetJacError {
    NetJacError(
      .store,
      "the store '\(path)' needs a journal beside it while it is written, and its folder lets none "
        + "be made (\(systemMessage(handle.map(sqlite3_system_errno) ?? 0)))")
  }
}
