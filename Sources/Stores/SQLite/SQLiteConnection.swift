import CSQLite
import Glibc
import Tensors

/// A connection to an SQLite file, the only one of this process to it.
package final class SQLiteConnection: Database {
  package let path: String
  let lock = Lock()
  /// How many stores use it.
  var users = 0
  /// How long a call waits for locks of others, in seconds; each call sets it.
  var patience = 60.0
  var clock = Clock.machine
  /// What the functions that gather rows write to, while they do.
  var gathering: SQLiteGathering?

  private(set) var handle: OpaquePointer?
  private var access: SQLiteAccess
  /// A connection must not be used by a child that came through a fork.
  private var process: pid_t
  /// The file that is open, as the system tells files apart.
  private var openFile: FileIdentity?
  private var statements: [String: SQLiteStatement] = [:]
  private var waitingSince = 0.0
  private var stamp = (milliseconds: Int64.min, text: "")

  package static func open(_ path: String, _ access: SQLiteAccess) throws -> SQLiteConnection {
    try OpenFiles.shared.connection(path, access)
  }

  init(_ path: String, _ access: SQLiteAccess) throws {
    self.access = access
    process = getpid()
    self.path = absolute(path)
    try open()
  }

  package var dialect: Dialect { .sqlite }

  package func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
    try lock.with {
      forgetIfForked()
      if handle == nil { try open() }
      return try body()
    }
  }

  // MARK: - Opening and closing

  private func open() throws {
    let flags: Int32 =
      switch access {
      case .read: SQLITE_OPEN_READONLY
      case .write: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, "unix")
    self.handle = handle
    guard code == SQLITE_OK, handle != nil else {
      let problem = openingError(code)
      sqlite3_close_v2(handle)
      self.handle = nil
      throw problem
    }
    sqlite3_extended_result_codes(handle, 1)
    _ = netjac_sqlite_configure(handle.unsafelyUnwrapped, SQLITE_DBCONFIG_DEFENSIVE, 1)
    _ = netjac_sqlite_configure(handle.unsafelyUnwrapped, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    sqlite3_busy_handler(
      handle,
      { context, count in
        context.map {
          Unmanaged<SQLiteConnection>.fromOpaque($0).takeUnretainedValue().wait(count)
        } ?? 0
      }, Unmanaged.passUnretained(self).toOpaque())
    addFunctions()
    do {
      // EXTRA flushes the folder too when the journal goes: else power loss could bring the journal back and undo
      // a result that was acknowledged.
      try execute(
        "PRAGMA synchronous = EXTRA; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768")
      if access != .read, sqlite3_db_readonly(handle, "main") == 1 {
        throw NetJacError(
          .file, "the file '\(path)' cannot be written, only read; mode=read opens it for reading",
          .readOnly)
      }
      openFile = try FileIdentity(of: path)
    } catch {
      closeHandle()
      throw error
    }
  }

  private func openingError(_ code: Int32) -> NetJacError {
    let reason = handle.map { systemMessage(sqlite3_system_errno($0)) } ?? "no memory"
    guard code != SQLITE_NOMEM else { return NetJacError(.memory, "no memory to open '\(path)'") }
    return NetJacError(.file, "the file '\(path)' cannot be opened: \(reason)")
  }

  /// Lets another store use the connection; one that only reads is opened again for one that writes.
  func use(_ wanted: SQLiteAccess) throws {
    try lock.with {
      forgetIfForked()
      if handle == nil {
        let before = access
        // Stores that came through a fork with their connection may need to write.
        access = users > 0 && before != .read ? before : wanted
        do { try open() } catch  where access != wanted {
          access = wanted
          try open()
        }
      } else if wanted != .read, access == .read {
        let reader = handle
        access = .write
        // The reader stays open: closing its file would drop the locks of other copies of SQLite.
        forgetHandle()
        do { try open() } catch {
          access = .read
          handle = reader
          throw error
        }
      }
    }
  }

  func close() {
    lock.with { closeHandle() }
  }

  private func closeHandle() {
    let open = handle
    forgetHandle()
    sqlite3_close_v2(open)
  }

  private func forgetHandle() {
    for statement in statements.values { statement.finalize() }
    statements = [:]
    handle = nil
  }

  /// The file has been deleted, and no store of this process uses it.
  var isAbandoned: Bool {
    lock.with {
      guard users == 0, process == getpid() else { return false }
      var status = stat()
      return stat(path, &status) != 0
    }
  }

  /// A child of a fork gets a connection of its own. The inherited one is left alone, for it is the parent's.
  private func forgetIfForked() {
    guard process != getpid() else { return }
    statements = [:]
    handle = nil
    process = getpid()
    if access == .create { access = .write }
  }

  // MARK: - Statements

  package func run<Result>(_ sql: String, _ body: (any Statement) throws -> Result) throws -> Result
  {
    let statement: SQLiteStatement
    if let known = statements[sql], !known.isInUse {
      statement = known
    } else {
      statement = try prepare(sql)
      if statements[sql] == nil {
        if statements.count >= 200 { forgetStatements() }
        statements[sql] = statement
      }
    }
    statement.isInUse = true
    defer {
      statement.clear()
      statement.isInUse = false
      if statements[sql] !== statement { statement.finalize() }
    }
    return try body(statement)
  }

  /// What has been prepared and not forgotten, for a test that asks the planner about each.
  package var preparedStatements: [String] { lock.with { Array(statements.keys) } }

  private func forgetStatements() {
    for (sql, statement) in statements where !statement.isInUse {
      statement.finalize()
      statements[sql] = nil
    }
  }

  private func prepare(_ sql: String) throws -> SQLiteStatement {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw error(code) }
    return SQLiteStatement(statement, of: self)
  }

  /// The row that the last statement inserted; nil if it inserted none.
  private var insertedRow: Int64? {
    sqlite3_changes(handle) > 0 ? sqlite3_last_insert_rowid(handle) : nil
  }

  package func insert(
    _ insertion: Insertion, _ count: Int, bind: (any Parameters, Int) throws -> Void,
    made: (Int, Int64?) throws -> Void
  ) throws {
    try run(insertion.sql) { statement in
      for index in 0..<count {
        statement.reset()
        try bind(statement, index)
        try statement.finish()
        try made(index, insertedRow)
      }
    }
  }

  package func find(
    _ query: String, _ count: Int, width: Int, bind: (any Parameters, Int) throws -> Void,
    row: (any Statement, Int) throws -> Void
  ) throws {
    try run(query) { statement in
      for index in 0..<count {
        statement.reset()
        try bind(statement, index)
        while try statement.step() { try row(statement, index) }
      }
    }
  }

  package func execute(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  package func transaction<Result>(_ kind: TransactionKind, _ body: () throws -> Result) throws
    -> Result
  {
    if kind != .read { try checkPlace() }
    try run(kind == .read ? "BEGIN" : "BEGIN IMMEDIATE") { try $0.finish() }
    do {
      let result = try body()
      try run("COMMIT") { try $0.finish() }
      return result
    } catch {
      // Full disks and the like have ended the transaction already.
      if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// What is written to a file that has no name any more is lost when this process ends.
  private func checkPlace() throws {
    let present = try? FileIdentity(of: path)
    guard let openFile, present != openFile else { return }
    throw NetJacError(
      .store,
      "the file of the store '\(path)' has been "
        + (present == nil ? "deleted or moved" : "replaced by another") + " since it was opened")
  }

  package func schemaStamp() throws -> Int64 {
    try run("PRAGMA schema_version") { try $0.step() ? $0.integer(0) : 0 }
  }

  // MARK: - Waiting and time

  /// Sleeps a random moment while another holds the lock. SQLite's own handler sleeps ever longer, so that who waits
  /// longest gets least.
  private func wait(_ count: Int32) -> Int32 {
    if count == 0 { waitingSince = Clock.monotonic() }
    guard Clock.monotonic() - waitingSince < patience else { return 0 }
    usleep(UInt32.random(in: 200...2000))
    return 1
  }

  private func stampText() -> String {
    let now = clock.now()
    let milliseconds = Int64((min(max(now, -1e12), 1e12) * 1000).rounded(.down))
    if milliseconds != stamp.milliseconds { stamp = (milliseconds, timeText(now)) }
    return stamp.text
  }

  private func addFunctions() {
    let flags = SQLITE_UTF8 | SQLITE_DIRECTONLY
    let context = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_create_function_v2(
      handle, "netjac_now", 0, flags, context,
      { result, _, _ in
        guard let connection = connection(result) else { return }
        sqlite3_result_double(result, connection.clock.now())
      }, nil, nil, nil)
    sqlite3_create_function_v2(
      handle, "netjac_stamp", 0, flags, context,
      { result, _, _ in
        guard let result, let connection = connection(result) else { return }
        netjac_sqlite_result_text(result, connection.stampText(), -1)
      }, nil, nil, nil)
    sqlite3_create_function_v2(
      handle, "netjac_gather", -1, flags, context, nil,
      { result, count, values in
        guard let values, let connection = connection(result) else { return }
        connection.gathering?.step(Int(count), values)
      }, { sqlite3_result_null($0) }, nil)
  }
}

/// The connection that a function was added for.
private func connection(_ context: OpaquePointer?) -> SQLiteConnection? {
  sqlite3_user_data(context).map {
    Unmanaged<SQLiteConnection>.fromOpaque($0).takeUnretainedValue()
  }
}

/// The path from the root, so that a later change of the working folder makes no difference.
func absolute(_ path: String) -> String {
  guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  return String(cString: folder) + "/" + path
}

extension Dialect {
  package static let sqlite = Dialect(
    now: "netjac_now()", stamp: "netjac_stamp()", time: { $0 }, lease: { "netjac_now() + \($0)" },
    forUpdate: "",
    skippingLocked: "", table: { quoted($0) }, notIndexed: " NOT INDEXED", longestName: .max,
    // In the index of keys a version's rows are not in the order of samples.
    unindexed: { "+\($0)" })
}
