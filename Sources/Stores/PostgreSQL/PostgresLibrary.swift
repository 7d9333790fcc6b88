import CPostgres
import Tensors

/// The client library of PostgreSQL, which is opened when the first store on a server is.
struct PostgresLibrary: @unchecked Sendable {
  private let functions: UnsafePointer<netjac_postgres>

  /// Those that are open. A fork waits for the lock, as for that of a connection.
  private final class Opened: @unchecked Sendable {
    let lock = Lock()
    var libraries: [String: PostgresLibrary] = [:]

    init() { ForkGuard.shared.add(lock) }
  }
  private static let opened = Opened()

  /// - Parameter path: A file; nil for the one that the system has.
  /// - Throws: `NetJacError` of kind `unsupported` if there is none.
  static func open(_ path: String?, for place: String) throws -> PostgresLibrary {
    let path = path ?? "libpq.so.5"
    return try opened.lock.with {
      if let known = opened.libraries[path] { return known }
      var reason = [CChar](repeating: 0, count: 1024)
      guard let functions = netjac_postgres_open(path, &reason, reason.count) else {
        let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        throw NetJacError(
          .unsupported,
          "the store '\(place)' is on a PostgreSQL server, and the client library for it could not be opened "
            + "(\(String(decoding: bytes, as: UTF8.self))); the package libpq5 has it, or the option libpq "
            + "says where it is")
      }
      let library = PostgresLibrary(functions: functions)
      opened.libraries[path] = library
      return library
    }
  }

  var pq: netjac_postgres { functions.pointee }
}
