import Glibc
import Tensors

/// A small store beside the caller for results that their database did not take.
struct Spool {
  let path: String

  private static let table = """
    CREATE TABLE IF NOT EXISTS netjac_unsent (unsent INTEGER PRIMARY KEY, store TEXT NOT NULL, place TEXT NOT NULL,
      study TEXT NOT NULL, sample INTEGER NOT NULL, token INTEGER NOT NULL, worker TEXT NOT NULL,
      outputs INTEGER NOT NULL, y BLOB NOT NULL, jacobian BLOB, seconds REAL, created TEXT NOT NULL)
    """

  /// A result that waits.
  struct Entry {
    let number: Int64
    let study: String
    let sample: Int64
    let token: Int64
    let worker: String
    let outputs: Int
    let y: [Double]
    let jacobian: [Double]?
    let seconds: Double?
    let created: String
  }

  var exists: Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  private func use<Result>(_ mode: StoreOptions.Mode, _ body: (SQLiteConnection) throws -> Result)
    throws -> Result
  {
    var options = StoreOptions()
    options.mode = mode
    options.busyTimeout = 10
    let connection = try SQLiteConnection.openStore(path, options)
    defer { connection.leave(options) }
    return try connection.exclusively {
      connection.prepare(options.busyTimeout, options)
      return try body(connection)
    }
  }

  /// Keeps results, durably.
  func keep(_ results: Results, of study: Study) throws {
    let (m, n) = (study.outputSize, study.inputSize)
    try use(.create) { connection in
      try connection.transaction(.write) {
        try connection.execute(Self.table)
        for (index, sample) in results.ids.enumerated() {
          try connection.run(
            "INSERT INTO netjac_unsent (store, place, study, sample, token, worker, outputs, y, jacobian, "
              + "seconds, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, netjac_stamp())"
          ) { statement in
            statement.bind(study.store.uuid, at: 1)
            statement.bind(study.store.place, at: 2)
            statement.bind(study.name, at: 3)
            statement.bind(sample, at: 4)
            statement.bind(results.tokens[index], at: 5)
            statement.bind(results.worker, at: 6)
            statement.bind(study.outputs.count, at: 7)
            statement.bind(numbers: Array(results.y[index * m..<(index + 1) * m]), at: 8)
            let jacobian = results.jacobian.map {
              Array($0[index * m * n..<(index + 1) * m * n])
            }
            statement.bind(numbers: jacobian, at: 9)
            statement.bind(results.seconds[index], at: 10)
            try statement.finish()
          }
        }
      }
    }
  }

  /// What waits for a store, in the order it came.
  func entries(for uuid: String) throws -> [Entry] {
    guard exists else { return [] }
    return try use(.read) { connection in
      guard try connection.takenNames().contains("netjac_unsent") else { return [] }
      return try connection.run(
        "SELECT unsent, study, sample, token, worker, outputs, y, jacobian, seconds, created "
          + "FROM netjac_unsent WHERE store = ?1 ORDER BY unsent"
      ) {
        $0.bind(uuid, at: 1)
        var entries: [Entry] = []
        while try $0.step() {
          entries.append(
            Entry(
              number: $0.integer(0), study: $0.text(1), sample: $0.integer(2), token: $0.integer(3),
              worker: $0.text(4), outputs: Int(truncatingIfNeeded: $0.integer(5)),
              y: $0.numbers(6), jacobian: $0.isNull(7) ? nil : $0.numbers(7),
              seconds: $0.optionalDouble(8), created: $0.text(9)))
        }
        return entries
      }
    }
  }

  func remove(_ entry: Entry) throws {
    try use(.write) { connection in
      try connection.transaction(.write) {
        try connection.run("DELETE FROM netjac_unsent WHERE unsent = ?1") {
          $0.bind(entry.number, at: 1)
          try $0.finish()
        }
      }
    }
  }
}
