import CPostgres
import Glibc
import Tensors

extension PostgresConnection: Engine {
  /// Opens a database as a store, making the tables in mode create.
  static func openStore(_ address: ServerAddress, _ options: StoreOptions) throws
    -> PostgresConnection
  {
    let library = try PostgresLibrary.open(options.libpq, for: address.shown)
    let connection = PostgresConnection(address, options.schema, library)
    do {
      try connection.exclusively {
        connection.prepare(options.busyTimeout, options)
        try connection.connectFirst()
        try connection.recognise(options)
      }
    } catch {
      connection.leave(options)
      throw error
    }
    return connection
  }

  private func recognise(_ options: StoreOptions) throws {
    if try !isStore() {
      guard options.mode == .create else {
        throw NetJacError(
          .file,
          "'\(place)' is no store: schema '\(schema)' has no tables of one; mode=create makes them",
          .notFound)
      }
      try transaction(.define) {
        // Another process may have been faster.
        guard try !isStore() else { return }
        let hasSchema = try run("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?1") {
          $0.bind(schema, at: 1)
          return try $0.step()
        }
        if !hasSchema { try execute("CREATE SCHEMA \(quoted(schema))") }
        try StoreFormat.current.create(self)
      }
    }
    hasTables = true
    try StoreFormat.current.check(self, options)
    channel = "netjac_\(try identity())"
  }

  private func isStore() throws -> Bool { try takenNames().contains("netjac_store") }

  package func takenNames() throws -> Set<String> {
    try run(
      "SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        + "WHERE n.nspname = ?1"
    ) {
      $0.bind(schema, at: 1)
      var names: Set<String> = []
      while try $0.step() { names.insert($0.text(0).lowercased()) }
      return names
    }
  }

  package func identity() throws -> String {
    try run("SELECT uuid FROM \(dialect.table("netjac_store")) WHERE id = 1") {
      try $0.step() ? $0.text(0) : ""
    }
  }

  package func prepare(_ patience: Double, _ options: StoreOptions) { self.patience = patience }

  package func leave(_ options: StoreOptions) { try? exclusively { disconnect() } }

  package func backup(to path: String) -> Bool { false }
  package func schemaText() -> String? { nil }
  package func keepHost(_ options: StoreOptions) {}
  package func preferLargePages() {}

  package func integrityProblems() throws -> [String] {
    try run(
      "SELECT c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
        + "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?1 AND NOT i.indisvalid"
    ) {
      $0.bind(schema, at: 1)
      var problems: [String] = []
      while try $0.step() { problems.append("index \($0.text(0)) is not valid; REINDEX mends it") }
      return problems
    }
  }

  // MARK: - Format

  package func storedFormat() throws -> (format: Int64, reader: Int64) {
    try StoreFormat.stored(self)
  }
  package func noteFormat(_ format: Int64) {}

  package func migrate(from format: Int64, _ body: () throws -> Void) throws {
    try transaction(.define, body)
  }

  // MARK: - Statements

  package func run<Result>(_ sql: String, _ body: (any Statement) throws -> Result) throws -> Result
  {
    try body(PostgresStatement(sql, of: self))
  }

  package var types: ColumnTypes { .postgres }
  package var dialect: Dialect { .postgres(schema) }

  package var writersExcludeEachOther: Bool { false }

  package func lockStudy(_ study: Int64) throws {
    // The table's number keeps the studies of different schemas apart.
    let table = dialect.table("netjac_study")
    try run("SELECT 1 FROM pg_advisory_xact_lock('\(table)'::regclass::oid::int, ?1::int)") {
      $0.bind(study, at: 1)
      try $0.finish()
    }
  }

  package func continueNumbers(of table: String) throws {
    try run(
      "SELECT setval(pg_get_serial_sequence('\(table)', 'sample'), max(sample)) FROM \(table) "
        + "HAVING max(sample) IS NOT NULL"
    ) { try $0.finish() }
  }

  // MARK: - Waiting for others

  package func startWatching() throws -> Bool {
    try execute("LISTEN \(quoted(channel))")
    isListening = true
    return true
  }

  package func stopWatching() {
    guard isListening else { return }
    isListening = false
    try? execute("UNLISTEN \(quoted(channel))")
  }

  package func awaitChange(_ seconds: Double) {
    let socket = try? exclusively { takeAnnouncements() == false ? self.socket : nil }
    guard let socket = socket ?? nil else {
      // Something has been announced, or cannot be: then looking again now and then must do.
      if (try? exclusively { isListening }) != true { usleep(UInt32(min(seconds, 60) * 1e6)) }
      return
    }
    var state = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    poll(&state, 1, Int32(min(seconds, 60) * 1000))
    _ = try? exclusively { takeAnnouncements() }
  }

  package func announce(if condition: String?) {
    let only = condition.map { " WHERE \($0)" } ?? ""
    lastWords = "SELECT pg_notify('\(channel)', '')\(only); "
  }
}

extension Dialect {
  static func postgres(_ schema: String) -> Dialect {
    Dialect(
      now: "now()", stamp: "now()", time: { "\($0)::timestamptz" },
      lease: { "now() + \($0) * interval '1 s'" },
      forUpdate: " FOR UPDATE", skippingLocked: " FOR UPDATE SKIP LOCKED",
      table: { "\(quoted(schema)).\(quoted($0))" }, notIndexed: "", longestName: 63,
      unindexed: { $0 })
  }
}

extension ColumnTypes {
  static let postgres = ColumnTypes(
    integer: "int", long: "bigint",
    identity: { "\($0) GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" }, number: "float8",
    vector: "float8[]", time: "timestamptz", lease: "timestamptz", json: "jsonb", key: "uuid",
    keyCheck: "CHECK (nj_key IS NOT NULL OR nj_status = 'discarded')",
    // Room for new states of a row on its page, so that indices need not be touched.
    rowOptions: " WITH (fillfactor = 80)",
    plainVector: { "ALTER TABLE \($0) ALTER COLUMN \($1) SET STORAGE EXTERNAL; " })
}
