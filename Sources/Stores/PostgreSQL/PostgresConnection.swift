import CPostgres
import Glibc
import Tensors

/// A connection to a database of a PostgreSQL server, which is made anew when it is lost.
///
/// Between transactions the server keeps nothing of it that matters, but that it listens while somebody waits. So it may
/// lead through a pooler.
package final class PostgresConnection: @unchecked Sendable {
  let address: ServerAddress
  let schema: String
  private let library: PostgresLibrary
  let lock = Lock()
  /// How long a call waits for locks of others and for a server that is away, in seconds; each call sets it.
  var patience = 60.0
  /// Whether the tables are there, so that transactions can ask for their stamp.
  var hasTables = false
  var isListening = false
  /// What waiting for changes listens to.
  var channel = ""

  /// What the planner makes of each statement, for a test that asks; nil if none does.
  package var plans: [String: String]?

  private(set) var handle: OpaquePointer?
  /// A connection must not be used by a child that came through a fork.
  private var process = getpid()
  /// The transaction that is open.
  private(set) var transaction: TransactionKind?
  private var failure: Failure?
  /// SQL that goes to the server together with the end of the transaction.
  var lastWords = ""
  /// The stamp of the tables when the transaction began.
  private var stamp: Int64?

  init(_ address: ServerAddress, _ schema: String, _ library: PostgresLibrary) {
    self.address = address
    self.schema = schema
    self.library = library
    ForkGuard.shared.add(lock)
  }

  deinit { ForkGuard.shared.remove(lock) }

  var pq: netjac_postgres { library.pq }

  package var place: String {
    schema == StoreOptions().schema ? address.shown : "\(address.shown), schema \(schema)"
  }

  package func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
    try lock.with {
      forgetIfForked()
      return try body()
    }
  }

  /// A child of a fork gets a connection of its own. The inherited one is left alone, for it is the parent's.
  private func forgetIfForked() {
    guard process != getpid() else { return }
    process = getpid()
    forget()
  }

  private func forget() {
    handle = nil
    transaction = nil
    isListening = false
  }

  func disconnect() {
    if let handle { pq.finish(handle) }
    forget()
  }

  // MARK: - Connecting

  /// Makes the connection if it is not there.
  private func connect() throws {
    if let handle {
      if pq.status(handle) == NETJAC_PQ_CONNECTED { return }
      disconnect()
    }
    // What stands before the address is what it may say otherwise.
    let settings = [
      ("connect_timeout", "\(Int(min(max(patience, 2), 10)))"), ("keepalives_idle", "30"),
      ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "60000"),
      ("fallback_application_name", "netjac"), ("dbname", address.url), ("client_encoding", "UTF8"),
    ]
    let handle = withStrings(settings.map(\.0)) { keywords in
      withStrings(settings.map(\.1)) { pq.connect(keywords, $0, 1) }
    }
    guard let handle else { throw NetJacError(.memory, "no memory for a connection to '\(place)'") }
    guard pq.status(handle) == NETJAC_PQ_CONNECTED else {
      let message = plain(pq.error_message(handle).map { String(cString: $0) } ?? "")
      pq.finish(handle)
      note(.lost)
      throw NetJacError(
        .store,
        "the store '\(place)' cannot be reached: \(message)"
          + (message.contains("password")
            ? "; passwords come from ~/.pgpass or the environment variable PGPASSWORD" : ""))
    }
    // The server's notices are for people at its own tools.
    _ = pq.set_notice_processor(handle, { _, _ in }, nil)
    self.handle = handle
    guard pq.set_nonblocking(handle, 1) == 0 else { throw lost() }
    let version = pq.server_version(handle)
    guard version >= 120_000 else {
      disconnect()
      throw NetJacError(
        .unsupported,
        "the server of '\(place)' is PostgreSQL \(version / 10_000); stores need version 12 or newer"
      )
    }
  }

  /// Connects for the first time: who has mistaken an address or a password wants to know at once.
  func connectFirst() throws {
    let end = Clock.monotonic() + min(patience, 30)
    while true {
      do { return try connect() } catch let error as NetJacError {
        guard error.message.contains("starting up"), Clock.monotonic() < end else { throw error }
        usleep(.random(in: 50_000...200_000))
      }
    }
  }

  /// Notes why something failed; what came first counts.
  func note(_ failure: Failure) { if self.failure == nil { self.failure = failure } }

  /// The connection is gone.
  func lost(_ what: String? = nil) -> NetJacError {
    let reason = handle.flatMap { pq.error_message($0) }.map { plain(String(cString: $0)) } ?? ""
    disconnect()
    failure = .lost
    return NetJacError(
      .store,
      "the connection to the store '\(place)' was lost: "
        + (what ?? (reason.isEmpty ? "the server closed it" : reason)))
  }

  // MARK: - Trying again

  /// Runs `body` again after the server or the way to it was gone, or others were in the way, as long as there is
  /// patience. Doing so twice must be no more than doing it once.
  private func persistently<Result>(_ body: () throws -> Result) throws -> Result {
    let end = Clock.monotonic() + patience
    var pause = 0.02
    while true {
      failure = nil
      do { return try body() } catch {
        guard let failure, failure != .other, Clock.monotonic() < end else { throw error }
        if failure == .lost { disconnect() }
        usleep(UInt32(min(pause, max(0, end - Clock.monotonic())) * .random(in: 0.5...1) * 1e6))
        pause = min(pause * 2, 1)
      }
    }
  }

  /// Runs a statement, in the open transaction or alone.
  func query(_ sql: String, _ values: [PostgresValue]) throws -> PostgresResult {
    if transaction != nil { return try answer(sql, values) }
    return try persistently {
      try connect()
      return try answer(sql, values)
    }
  }

  private func answer(_ sql: String, _ values: [PostgresValue]) throws -> PostgresResult {
    if plans != nil { try explain(sql, values) }
    try send(sql, values)
    return try PostgresResult(finalAnswer(), pq, place)
  }

  private func explain(_ sql: String, _ values: [PostgresValue]) throws {
    guard ["SELECT", "UPDATE", "DELETE", "INSERT"].contains(String(sql.prefix(6))) else { return }
    try send("EXPLAIN \(sql)", values)
    let lines = try PostgresResult(finalAnswer(), pq, place)
    plans?[sql] = (0..<lines.rows).map { lines.text($0, 0) }.joined(separator: "\n")
  }

  package func transaction<Result>(_ kind: TransactionKind, _ body: () throws -> Result) throws
    -> Result
  {
    try persistently {
      try connect()
      try begin(kind)
      do {
        let result = try body()
        try commit()
        return result
      } catch {
        rollBack()
        throw error
      }
    }
  }

  private func begin(_ kind: TransactionKind) throws {
    // All of it in one message. A client that stops in the middle must not stop others for long.
    var sql =
      switch kind {
      case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
      case .write, .define: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
      }
    sql += "SET LOCAL idle_in_transaction_session_timeout = '120s'; "
    if kind != .read {
      let milliseconds = Int(min(max(patience, 0.001), 1e6) * 1000)
      sql += "SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = \(milliseconds); "
    }
    if kind == .define {
      // "NJST" is the number of our locks; one for each schema.
      sql += "SELECT pg_advisory_xact_lock(1313493844, hashtext('\(schema)')); "
    }
    if hasTables { sql += Self.stampQuery(dialect) }
    transaction = kind
    lastWords = ""
    do {
      stamp = hasTables ? try number(sql) : try simple(sql).flatMap { _ in nil }
    } catch {
      rollBack()
      throw error
    }
  }

  private static func stampQuery(_ dialect: Dialect) -> String {
    "SELECT count(*) FROM \(dialect.table("netjac_variable"))"
  }

  private func commit() throws {
    // After an error that somebody overlooked the server would undo all, and say no more than that.
    guard let handle, pq.transaction_status(handle) == NETJAC_PQ_IN_TRANSACTION else {
      throw NetJacError(.defect, "a transaction of '\(place)' failed, and nobody said so")
    }
    _ = try simple(lastWords + "COMMIT")
    transaction = nil
  }

  private func rollBack() {
    guard transaction != nil else { return }
    if let handle, pq.transaction_status(handle) != NETJAC_PQ_IDLE {
      do { _ = try simple("ROLLBACK") } catch { disconnect() }
    }
    transaction = nil
  }

  package func execute(_ sql: String) throws {
    if transaction != nil {
      _ = try simple(sql)
    } else {
      try persistently {
        try connect()
        _ = try simple(sql)
      }
    }
  }

  /// Runs statements without parameters; the last rows, if there were any, are text.
  private func simple(_ sql: String) throws -> String? {
    try send(sql)
    let result = try finalAnswer()
    defer { pq.clear(result) }
    guard pq.result_status(result) == NETJAC_PQ_ROWS, pq.row_count(result) > 0 else { return nil }
    return pq.value(result, 0, 0).map { String(cString: $0) }
  }

  private func number(_ sql: String) throws -> Int64? { try simple(sql).flatMap { Int64($0) } }

  /// Variables are only ever added, so that their number tells whether there are new ones.
  package func schemaStamp() throws -> Int64 {
    if let stamp, let transaction, transaction != .define { return stamp }
    return try query(Self.stampQuery(dialect), []).integer(0, 0)
  }

  /// Runs `copy` outside of a transaction, from the start again after the connection was lost.
  func copyPersistently(
    _ sql: String, from start: () -> Void, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard transaction == nil else { return try copy(sql, body) }
    try persistently {
      try connect()
      start()
      try copy(sql, body)
    }
  }

  // MARK: - Notifications

  /// Takes what has been announced; nil if nothing can be heard.
  func takeAnnouncements() -> Bool? {
    guard let handle, isListening, transaction == nil else { return nil }
    guard pq.consume_input(handle) == 1 else {
      disconnect()
      return nil
    }
    var any = false
    while let notification = pq.notifies(handle) {
      pq.free_memory(notification)
      any = true
    }
    return any
  }

  /// Where announcements come in.
  var socket: Int32? { handle.map { pq.socket($0) } }
}

/// Calls `body` with texts as C has them, and a null pointer behind the last.
private func withStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  let pointers = copies.map { UnsafePointer($0) } + [nil]
  return pointers.withUnsafeBufferPointer { pointers in
    withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: pointers.count) {
      place in
      guard let base = place.baseAddress else { return body([nil]) }
      _ = place.initialize(from: pointers)
      return body(UnsafePointer(base))
    }
  }
}
