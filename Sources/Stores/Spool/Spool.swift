import Glibc
import Tensors

/// A small store beside the caller for what the database did not take.
struct Spool {
  let path: String

  private static let table = """
    CREATE TABLE IF NOT EXISTS netjac_unsent (unsent INTEGER PRIMARY KEY, store TEXT NOT NULL, place TEXT NOT NULL,
      study TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('result','samples','array')), sample INTEGER, token INTEGER,
      worker TEXT NOT NULL, outputs INTEGER NOT NULL, output TEXT, version TEXT, tag TEXT, x BLOB, y BLOB NOT NULL,
      jacobian BLOB, seconds REAL, created TEXT NOT NULL)
    """

  /// What waits.
  struct Entry {
    var number: Int64 = 0
    var study = ""
    var created = ""
    let worker: String
    /// How many outputs the study had.
    let outputs: Int
    let content: Content
  }

  enum Content {
    /// Of a claim.
    case result(sample: Int64, token: Int64, y: [Double], jacobian: [Double]?, seconds: Double?)
    /// Results without claims, of a version that is called like that; nil for the one that is current.
    case samples(x: [Double], y: [Double], jacobian: [Double]?, tag: String, version: String?)
    /// An output of its own length.
    case array(sample: Int64, output: String, values: [Double])

    fileprivate var kind: String {
      switch self {
      case .result: "result"
      case .samples: "samples"
      case .array: "array"
      }
    }

    /// For people.
    var description: String {
      switch self {
      case .result(let sample, _, _, _, _): "sample \(sample)"
      case .samples(_, _, _, let tag, _): "inserted samples\(tag.isEmpty ? "" : " of tag \(tag)")"
      case .array(let sample, let output, _): "\(output) of sample \(sample)"
      }
    }
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

  /// Keeps entries, durably and all or none.
  func keep(_ entries: [Entry], of study: Study) throws {
    try use(.create) { connection in
      try connection.transaction(.write) {
        try connection.execute(Self.table)
        for entry in entries { try Self.insert(entry, study, connection) }
      }
    }
  }

  private static func insert(_ entry: Entry, _ study: Study, _ connection: SQLiteConnection) throws
  {
    try connection.run(
      "INSERT INTO netjac_unsent (store, place, study, kind, worker, outputs, sample, token, output, version, "
        + "tag, x, y, jacobian, seconds, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        + "?13, ?14, ?15, netjac_stamp())"
    ) {
      $0.bind(study.store.uuid, at: 1)
      $0.bind(study.store.place, at: 2)
      $0.bind(study.name, at: 3)
      $0.bind(entry.content.kind, at: 4)
      $0.bind(entry.worker, at: 5)
      $0.bind(entry.outputs, at: 6)
      switch entry.content {
      case .result(let sample, let token, let y, let jacobian, let seconds):
        $0.bind(sample, at: 7)
        $0.bind(token, at: 8)
        $0.bind(numbers: y, at: 13)
        $0.bind(numbers: jacobian, at: 14)
        $0.bind(seconds, at: 15)
      case .samples(let x, let y, let jacobian, let tag, let version):
        $0.bind(version, at: 10)
        $0.bind(tag, at: 11)
        $0.bind(numbers: x, at: 12)
        $0.bind(numbers: y, at: 13)
        $0.bind(numbers: jacobian, at: 14)
      case .array(let sample, let output, let values):
        $0.bind(sample, at: 7)
        $0.bind(output, at: 9)
        $0.bind(numbers: values, at: 13)
      }
      try $0.finish()
    }
  }

  /// What waits for a store, in the order it came.
  func entries(for uuid: String) throws -> [Entry] {
    guard exists else { return [] }
    return try use(.read) { connection in
      guard try connection.takenNames().contains("netjac_unsent") else { return [] }
      return try connection.run(
        "SELECT unsent, study, created, worker, outputs, kind, sample, token, output, version, tag, x, y, "
          + "jacobian, seconds FROM netjac_unsent WHERE store = ?1 ORDER BY unsent"
      ) {
        $0.bind(uuid, at: 1)
        var entries: [Entry] = []
        while try $0.step() {
          entries.append(
            Entry(
              number: $0.integer(0), study: $0.text(1), created: $0.text(2), worker: $0.text(3),
              outputs: Int(truncatingIfNeeded: $0.integer(4)), content: Self.content($0)))
        }
        return entries
      }
    }
  }

  private static func content(_ row: any Statement) -> Content {
    let (sample, y) = (row.integer(6), row.numbers(12))
    let jacobian = row.isNull(13) ? nil : row.numbers(13)
    switch row.text(5) {
    case "array": return .array(sample: sample, output: row.text(8), values: y)
    case "samples":
      return .samples(
        x: row.numbers(11), y: y, jacobian: jacobian, tag: row.text(10),
        version: row.optionalText(9))
    default:
      return .result(
        sample: sample, token: row.integer(7), y: y, jacobian: jacobian,
        seconds: row.optionalDouble(14))
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
