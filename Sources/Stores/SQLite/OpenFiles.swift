import CSQLite
import Glibc
import Tensors

/// The connections of this process, one for each file.
///
/// Two connections of one process to one file would block each other, so stores of the same file share one. It
/// stays open until the process ends: closing any descriptor of a file drops the locks that another copy of
/// SQLite in this process, such as MATLAB's, holds on it.
final class OpenFiles: @unchecked Sendable {
  static let shared = OpenFiles()

  private let lock = Lock()
  private var connections: [FileIdentity: SQLiteConnection] = [:]

  private init() {
    sqlite3_initialize()
    _ = netjac_sqlite_use_file_locks()
    ForkGuard.shared.add(lock)
  }

  /// The connection to a file, opened if it is not yet.
  func connection(_ path: String, _ access: SQLiteAccess) throws -> SQLiteConnection {
    try lock.with {
      forgetDeleted()
      let known = try FileIdentity(of: path)
      if let known, let connection = connections[known] {
        try connection.use(access)
        return connection
      }
      guard known != nil || access == .create else {
        throw NetJacError(.file, "there is no file '\(path)'; mode=create makes one", .notFound)
      }
      let connection = try SQLiteConnection(path, access)
      guard let identity = try FileIdentity(of: path) else {
        throw NetJacError(.store, "the file '\(path)' vanished while it was opened")
      }
      connections[identity] = connection
      ForkGuard.shared.add(connection.lock)
      return connection
    }
  }

  /// Closes files that have no name any more and no user here.
  private func forgetDeleted() {
    for (identity, connection) in connections where connection.isAbandoned {
      connections[identity] = nil
      ForkGuard.shared.remove(connection.lock)
      connection.close()
    }
  }
}

/// What tells a file from others, whatever its name.
struct FileIdentity: Hashable {
  let device: UInt
  let inode: UInt

  /// Nil if there is no such file.
  ///
  /// - Throws: `NetJacError` of kind `file` if there is something else, or nobody can say.
  init?(of path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else {
        throw NetJacError(.file, "'\(path)' cannot be opened: \(systemMessage(errno))")
      }
      return nil
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw NetJacError(.file, "'\(path)' is not a regular file; a store is one")
    }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}

/// What the system says about an error number.
func systemMessage(_ number: Int32) -> String {
  String(cString: strerror(number))
}

/// What a connection to a file may do.
package enum SQLiteAccess: Sendable {
  case read
  case write
  case create
}
