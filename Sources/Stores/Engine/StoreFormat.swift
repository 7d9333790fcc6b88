import Tensors

/// The version of the tables, and how older ones become new ones.
///
/// `number` goes up with every change, `reader` is the oldest format whose libraries can read what this one writes.
struct StoreFormat {
  let number: Int64
  let reader: Int64
  /// What turns a store of a format into one of the next.
  let migrations: [Int64: @Sendable (any Engine) throws -> Void]

  static let current = StoreFormat(number: 1, reader: 1, migrations: [:])

  /// Which library wrote a store, for people who look at it.
  static let library = "netjac"

  /// Takes a store that is there: as it is, migrated, or not.
  func check(_ database: any Engine, _ options: StoreOptions) throws {
    let (found, reader) = try database.storedFormat()
    if found > number {
      guard reader <= number, options.mode == .read else {
        throw NetJacError(
          .conflict,
          "the store '\(database.place)' has format \(found), and this library knows format \(number)"
            + (reader <= number
              ? "; it can read it with mode=read, a newer library can write it"
              : "; a library of format \(reader) or newer can read it"))
      }
    } else if found < number {
      guard options.mode != .read else {
        guard found >= self.reader else {
          throw NetJacError(
            .conflict,
            "the store '\(database.place)' has format \(found), and this library reads \(self.reader) to "
              + "\(number); opening it once for writing migrates it")
        }
        return
      }
      try migrate(database, from: found)
    }
  }

  /// What the table says, for engines.
  static func stored(_ database: any Engine) throws -> (format: Int64, reader: Int64) {
    let table = database.dialect.table("netjac_store")
    return try database.run("SELECT format, reader, uuid FROM \(table) WHERE id = 1") {
      guard try $0.step(), $0.integer(0) > 0, !$0.text(2).isEmpty else { throw unknown(database) }
      return ($0.integer(0), $0.integer(1))
    }
  }

  static func unknown(_ database: any Engine) -> NetJacError {
    NetJacError(
      .format,
      "'\(database.place)' is no store: its table netjac_store does not say which format it has")
  }

  private func migrate(_ database: any Engine, from before: Int64) throws {
    try database.migrate(from: before) {
      // Another process may have migrated it meanwhile.
      var (found, _) = try database.storedFormat()
      while found < number {
        guard let migration = migrations[found] else {
          throw NetJacError(
            .conflict,
            "the store '\(database.place)' has format \(found), which this library of format \(number) "
              + "cannot migrate")
        }
        try migration(database)
        found += 1
        try database.execute(
          "UPDATE \(database.dialect.table("netjac_store")) SET format = \(found), reader = \(reader) "
            + "WHERE id = 1")
        try database.noteFormat(found)
      }
    }
  }

  /// Makes the tables of an empty store.
  func create(_ database: any Engine) throws {
    let dialect = database.dialect
    try database.execute(StoreTables(types: database.types, dialect: dialect).create)
    try database.run(
      "INSERT INTO \(dialect.table("netjac_store")) (id, uuid, format, reader, library, created) "
        + "VALUES (1, ?1, ?2, ?3, ?4, \(dialect.stamp))"
    ) {
      $0.bind(randomUUID(), at: 1)
      $0.bind(number, at: 2)
      $0.bind(reader, at: 3)
      $0.bind(Self.library, at: 4)
      try $0.finish()
    }
    try database.noteFormat(number)
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
