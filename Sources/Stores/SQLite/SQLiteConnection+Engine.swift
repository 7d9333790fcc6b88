import CSQLite
import Glibc
import Tensors

extension SQLiteConnection: Engine {
  /// "NJST", in the header of every file that is a store.
  static let applicationID: Int64 = 0x4E4A_5354

  /// Opens a file as a store, making one in mode create.
  static func openStore(
    _ path: String, _ options: StoreOptions, _ format: StoreFormat = .current
  ) throws -> SQLiteConnection {
    let access: SQLiteAccess =
      switch options.mode {
      case .create: .create
      case .write: .write
      case .read: .read
      }
    let connection = try open(path, access)
    try connection.exclusively {
      connection.prepare(options.busyTimeout, options)
      do {
        try connection.recognise(options, format)
        try connection.setJournal(options.journal, options.mode)
        try connection.takeHost(options)
      } catch let error as NetJacError where error.kind == .store && connection.isDamage(error) {
        throw NetJacError(.format, error.message)
      }
      connection.users += 1
    }
    return connection
  }

  /// While a file is opened, damage means that it is no store.
  private func isDamage(_ error: NetJacError) -> Bool {
    let code = sqlite3_errcode(handle) & 0xFF
    return code == SQLITE_CORRUPT || code == SQLITE_ERROR
  }

  func number(_ sql: String) throws -> Int64 {
    try run(sql) { try $0.step() ? $0.integer(0) : 0 }
  }

  package var place: String { path }

  private func recognise(_ options: StoreOptions, _ format: StoreFormat) throws {
    if try number("PRAGMA application_id") == Self.applicationID {
      return try format.check(self, options)
    }
    guard try isEmpty() else {
      throw NetJacError(
        .format,
        "'\(path)' is no store: it is an SQLite database of another program; choose another file")
    }
    guard options.mode == .create else {
      throw NetJacError(.format, "'\(path)' is no store: it is empty; mode=create makes one")
    }
    try transaction(.write) {
      // Another process may have been faster.
      guard try isEmpty() else { return }
      try execute("PRAGMA application_id = \(Self.applicationID)")
      try format.create(self)
    }
    try format.check(self, options)
  }

  private func isEmpty() throws -> Bool {
    try number("PRAGMA application_id") == 0
      && number("SELECT count(*) FROM sqlite_master") == 0
  }

  private func setJournal(_ journal: StoreOptions.Journal, _ mode: StoreOptions.Mode) throws {
    let version = sqlite3_libversion_number()
    switch journal {
    case .wal where version < 3_051_003:
      throw NetJacError(
        .option,
        "option 'journal' cannot be 'wal' here: SQLite \(String(cString: sqlite3_libversion())), which "
          + "this library holds, can damage a file in that mode (a write-ahead log that is reset while "
          + "another connection checkpoints, mended in 3.51.3); 'delete' is safe")
    case .wal where isOnNetwork(StoreOptions()):
      throw NetJacError(
        .option,
        "option 'journal' cannot be 'wal' for '\(path)': its memory is not shared by machines")
    case .wal:
      if mode != .read { try execute("PRAGMA journal_mode = WAL") }
    case .delete:
      if mode != .read { try execute("PRAGMA journal_mode = DELETE") }
    case .auto:
      if mode != .read, version < 3_051_003 { try leaveWriteAheadLog() }
    }
  }

  /// Another program may have turned the write-ahead log on, which this version of SQLite had better not write.
  private func leaveWriteAheadLog() throws {
    func mode(_ sql: String) throws -> String {
      try run(sql) { try $0.step() ? $0.text(0) : "" }
    }
    guard try mode("PRAGMA journal_mode") == "wal" else { return }
    guard try mode("PRAGMA journal_mode = DELETE") == "delete" else {
      throw NetJacError(
        .store,
        "the store '\(path)' has a write-ahead log, which another program is using; this library's SQLite "
          + "\(String(cString: sqlite3_libversion())) does not write such files")
    }
  }

  /// Long vectors are read faster from larger pages. Worth it only while there is next to nothing to copy.
  package func preferLargePages() {
    guard (try? number("PRAGMA page_size")) == 4096,
      ((try? number("PRAGMA page_count")) ?? .max) < 100
    else { return }
    try? execute("PRAGMA page_size = 16384; VACUUM")
  }

  package func prepare(_ patience: Double, _ options: StoreOptions) {
    self.patience = patience
    clock = options.clock
  }

  package func identity() throws -> String {
    try run("SELECT uuid FROM netjac_store WHERE id = 1") { try $0.step() ? $0.text(0) : "" }
  }

  package func leave(_ options: StoreOptions) {
    try? exclusively {
      users -= 1
      if users == 0 {
        if options.mode != .read { try releaseHost(options) }
        sqlite3_db_release_memory(handle)
      }
    }
  }

  package func backup(to path: String) throws -> Bool {
    var status = stat()
    guard stat(path, &status) != 0 else {
      throw NetJacError(.file, "'\(path)' exists; a backup is a new file")
    }
    do {
      try run("VACUUM INTO ?1") {
        $0.bind(path, at: 1)
        try $0.finish()
      }
    } catch let error as NetJacError where error.kind == .store {
      unlink(path)
      throw NetJacError(.file, "the copy '\(path)' cannot be written: \(error.message)")
    }
    flush(path)
    return true
  }

  /// Makes sure that a new file outlives a loss of power.
  private func flush(_ path: String) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    Glibc.close(descriptor)
  }

  package func integrityProblems() throws -> [String] {
    var problems: [String] = []
    try run("PRAGMA integrity_check(20)") {
      while try $0.step() { problems.append($0.text(0)) }
    }
    problems.removeAll { $0 == "ok" }
    try run("PRAGMA foreign_key_check") {
      while try $0.step(), problems.count < 100 {
        problems.append("table \($0.text(0)), row \($0.text(1)): what it refers to is not there")
      }
    }
    return problems
  }

  package func schemaText() throws -> String? {
    var text = "PRAGMA application_id = \(Self.applicationID);\n"
    text += "PRAGMA user_version = \(try number("PRAGMA user_version"));\n"
    try run("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid") {
      while try $0.step() { text += $0.text(0) + ";\n" }
    }
    return text
  }

  package var types: ColumnTypes { .sqlite }

  package func takenNames() throws -> Set<String> {
    try run("SELECT name FROM sqlite_master") {
      var names: Set<String> = []
      while try $0.step() { names.insert($0.text(0).lowercased()) }
      return names
    }
  }

  package func storedFormat() throws -> (format: Int64, reader: Int64) {
    let (format, reader) = try StoreFormat.stored(self)
    // The newer mark counts: a program that changed only one has made a file that this library may not know.
    return (max(format, try number("PRAGMA user_version")), reader)
  }

  package func noteFormat(_ format: Int64) throws {
    try execute("PRAGMA user_version = \(format)")
  }

  package func migrate(from format: Int64, _ body: () throws -> Void) throws {
    let copy = "\(path).format-\(format).db"
    var status = stat()
    if stat(copy, &status) != 0 { _ = try backup(to: copy) }
    try execute("BEGIN EXCLUSIVE")
    do {
      try body()
      try execute("COMMIT")
    } catch {
      try? execute("ROLLBACK")
      throw error
    }
  }

  package var writersExcludeEachOther: Bool { true }
  package func lockStudy(_ study: Int64) {}
  package func continueNumbers(of table: String) {}
  package func startWatching() -> Bool { false }
  package func stopWatching() {}
  package func awaitChange(_ seconds: Double) { usleep(UInt32(min(seconds, 60) * 1e6)) }
  package func announce(if condition: String?) {}
}
