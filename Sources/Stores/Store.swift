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
    case .server(let address):
      database = try PostgresConnection.openStore(address, options)
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
    if try !operate({ try database.backup(to: path) }) { try copySamples(to: path) }
  }
}
