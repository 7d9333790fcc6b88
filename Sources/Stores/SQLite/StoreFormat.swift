import Glibc
import Tensors

/// The version of the tables, and how older ones become new ones.
///
/// `number` goes up with every change, `reader` is the oldest format whose libraries can read what this one writes.
struct StoreFormat {
  let number: Int64
  let reader: Int64
  /// What turns a store of a format into one of the next.
  let migrations: [Int64: @Sendable (SQLiteConnection) throws -> Void]

  static let current = StoreFormat(number: 1, reader: 1, migrations: [:])

  /// Which library wrote a file, for people who read it.
  static let library = "netjac"

  /// Takes a store that is there: as it is, migrated, or not.
  func check(_ database: SQLiteConnection, _ options: StoreOptions) throws {
    let (found, reader) = try stored(database)
    if found > number {
      guard reader <= number, options.mode == .read else {
        throw NetJacError(
          .conflict,
          "the store '\(database.path)' has format \(found), and this library knows format \(number)"
            + (reader <= number
              ? "; it can read it with mode=read, a newer library can write it"
              : "; a library of format \(reader) or newer can read it"))
      }
    } else if found < number {
      guard options.mode != .read else {
        guard found >= reader else {
          throw NetJacError(
            .conflict,
            "the store '\(database.path)' has format \(found), and this library reads \(reader) to "
              + "\(number); opening it once for writing migrates it")
        }
        return
      }
      try migrate(database)
    }
  }

  private func stored(_ database: SQLiteConnection) throws -> (format: Int64, reader: Int64) {
    let version = try database.number("PRAGMA user_version")
    return try database.run("SELECT format, reader, uuid FROM netjac_store WHERE id = 1") {
      guard try $0.step(), version > 0, $0.integer(0) == version, !$0.text(2).isEmpty else {
        throw NetJacError(
          .format,
          "'\(database.path)' is no store: its table netjac_store does not say which format it has")
      }
      return (version, $0.integer(1))
    }
  }

  private func migrate(_ database: SQLiteConnection) throws {
    let (before, _) = try stored(database)
    let copy = "\(database.path).format-\(before).db"
    var status = stat()
    if stat(copy, &status) != 0 { try database.backup(to: copy) }
    try database.execute("BEGIN EXCLUSIVE")
    do {
      // Another process may have migrated it meanwhile.
      var (found, _) = try stored(database)
      while found < number {
        guard let migration = migrations[found] else {
          throw NetJacError(
            .conflict,
            "the store '\(database.path)' has format \(found), which this library of format \(number) "
              + "cannot migrate")
        }
        try migration(database)
        found += 1
        try database.execute(
          "UPDATE netjac_store SET format = \(found), reader = \(reader) WHERE id = 1; "
            + "PRAGMA user_version = \(found)")
      }
      try database.execute("COMMIT")
    } catch {
      try? database.execute("ROLLBACK")
      throw error
    }
  }

  /// Makes the tables of an empty store.
  func create(_ database: SQLiteConnection) throws {
    try database.execute(
      """
      PRAGMA application_id = \(SQLiteConnection.applicationID);
      PRAGMA user_version = \(number);
      \(StoreTables.sqlite)
      """)
    try database.run(
      "INSERT INTO netjac_store (id, uuid, format, reader, library, created) "
        + "VALUES (1, ?1, ?2, ?3, ?4, netjac_stamp())"
    ) {
      $0.bind(randomUUID(), at: 1)
      $0.bind(number, at: 2)
      $0.bind(reader, at: 3)
      $0.bind(Self.library, at: 4)
      try $0.finish()
    }
  }
}

/// A random UUID, version 4 of RFC 9562.
func randomUUID() -> String {
  var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
  bytes[6] = bytes[6] & 0x0F | 0x40
  bytes[8] = bytes[8] & 0x3F | 0x80
  let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  var text = ""
  for (index, digit) in digits.enumerated() {
    if [8, 12, 16, 20].contains(index) { text += "-" }
    text.append(digit)
  }
  return text
}
