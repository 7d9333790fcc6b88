import Glibc
import Tensors

/// A database of studies.
package final class Store: @unchecked Sendable {
  package let options: StoreOptions
  /// As given, without a password.
  package let place: String
  package let uuid: String
  package let database: any Engine
  let claims = ClaimTable()
  /// Where results go that the database does not take; beside the caller as he was when he opened the store.
  let spool: Spool
  /// What a summary has to tell besides numbers.
  var notices: [String] = []
  /// Whether results wait in the spool that this store wrote.
  var hasUnsent = false
  private var isClosed = false

  /// - Throws: `NetJacError` of kind `option`, `file`, `format`, `unsupported`, `store` or `conflict`.
  package init(_ url: String, _ options: StoreOptions = StoreOptions()) throws {
    let place = try StorePlace(url)
    self.options = options
    spool = Spool(path: absolute(options.spool))
    self.place = place.description
    let database: any Engine
    switch place {
    case .file(let path):
      database = try SQLiteConnection.openStore(path, options)
    case .server:
      throw NetJacError(
        .unsupported, "\(place): this version keeps stores in files only, not on PostgreSQL servers"
      )
    }
    self.database = database
    uuid = try database.exclusively { try database.identity() }
    if options.mode != .read { deliverSpool() }
  }

  deinit { close() }

  /// Gives back the claims that are still held, and lets go of the database.
  package func close() {
    let wasOpen =
      (try? database.exclusively { () -> Bool in
        defer { isClosed = true }
        return !isClosed
      }) ?? false
    guard wasOpen else { return }
    LeaseKeeper.shared.forget(self)
    returnHeldClaims()
    database.leave(options)
  }

  /// Runs `body` alone on the connection.
  func operate<Result>(patience: Double? = nil, _ body: () throws -> Result) throws -> Result {
    try database.exclusively {
      guard !isClosed else {
        throw NetJacError(.argument, "the store '\(place)' was released; open it again")
      }
      claims.checkProcess()
      database.prepare(patience ?? options.busyTimeout, options)
      return try body()
    }
  }

  /// - Throws: `NetJacError` of kind `conflict` in mode read.
  func requireWriting(_ what: String) throws {
    guard options.mode != .read else {
      throw NetJacError(
        .conflict,
        "the store '\(place)' is open with mode=read, read-only; \(what) needs mode=write",
        .readOnly)
    }
  }

  /// The names of all studies, sorted.
  package func studyNames() throws -> [String] {
    try operate {
      try database.run("SELECT name FROM \(database.dialect.table("netjac_study")) ORDER BY name") {
        var names: [String] = []
        while try $0.step() { names.append($0.text(0)) }
        return names
      }
    }
  }

  /// A consistent copy in a new SQLite file, made while others write.
  package func backup(to path: String) throws {
    guard !path.isEmpty else { throw NetJacError(.argument, "the path of the copy is empty") }
    try operate { try database.backup(to: path) }
  }
}

/// A database that holds stores: how its kind is opened, checked and copied.
package protocol Engine: Database {
  /// The store's UUID.
  func identity() throws -> String
  /// Sets what holds for one call: for how long to wait for locks.
  func prepare(_ patience: Double, _ options: StoreOptions)
  /// One store less uses the connection.
  func leave(_ options: StoreOptions)
  func backup(to path: String) throws
  /// What is wrong with the database itself; empty if nothing is.
  func integrityProblems() throws -> [String]
  /// The SQL that made the tables.
  func schemaText() throws -> String
  /// Tells other machines that this one is still using the store.
  func keepHost(_ options: StoreOptions) throws
  /// Is told that a study has long vectors.
  func preferLargePages()
  var types: ColumnTypes { get }
  /// The names of tables, views and indices that are taken.
  func takenNames() throws -> Set<String>
}

/// Where a store is.
package enum StorePlace: CustomStringConvertible {
  case file(String)
  case server(String)

  /// - Throws: `NetJacError` of kind `argument` or `unsupported`.
  package init(_ url: String) throws {
    if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
      self = .server(url)
      return
    }
    let path = url.hasPrefix("sqlite:") ? String(url.dropFirst(7)) : url
    let scheme = path.prefix { $0.isLetter || $0.isNumber }
    guard !path.dropFirst(scheme.count).hasPrefix("://") else {
      throw NetJacError(
        .unsupported,
        "'\(scheme)://' is no kind of store; a store is a path, sqlite:PATH or "
          + "postgresql://USER@HOST/DATABASE")
    }
    guard !path.isEmpty else {
      throw NetJacError(
        .argument, "the path of a store is empty; it is a file such as foot.db")
    }
    self = .file(path)
  }

  package var description: String {
    switch self {
    case .file(let path): path
    case .server(let url): Self.withoutPassword(url)
    }
  }

  private static func withoutPassword(_ url: String) -> String {
    guard let at = url.firstIndex(of: "@"), let scheme = url.firstIndex(of: ":"),
      let colon = url[..<at].lastIndex(of: ":"), colon > scheme
    else { return url }
    return String(url[..<colon]) + String(url[at...])
  }
}
