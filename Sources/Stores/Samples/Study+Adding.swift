import Tensors

extension Study {
  /// Enters points as waiting, in one transaction; known ones keep what they have. Returns how many were new.
  package func add(
    _ samples: Int, _ x: UnsafePointer<Double>, tag: String, priority: Double,
    ids: UnsafeMutablePointer<Int64>?
  ) throws -> Int {
    guard priority.isFinite else {
      throw NetJacError(.argument, "'priority' is \(priority); it must be a number")
    }
    try store.requireWriting("adding points")
    let points = try points(samples, x, inBounds: true)
    var found: [Int64] = []
    found.reserveCapacity(samples)
    let added = try store.operate {
      try database.transaction(.write) {
        try checkView()
        let version = try currentVersion().number
        let lookup = Lookup(self, version: version)
        var added = 0
        try database.run(waitingInsertion) { statement in
          for index in 0..<samples {
            try points.withPoint(index) { point, key in
              let (sample, isNew) = try entered(point, key, lookup) {
                try insertWaiting(statement, point, key, version, tag, priority)
              }
              found.append(sample)
              if isNew { added += 1 }
            }
          }
        }
        return added
      }
    }
    ids?.update(from: found, count: found.count)
    return added
  }

  /// The row of a point: the one that is there, or that `insert` makes. `insert` gives nil if its key was there.
  func entered(
    _ point: UnsafePointer<Double>, _ key: PointKey, _ lookup: Lookup, _ insert: () throws -> Int64?
  ) throws -> (sample: Int64, isNew: Bool) {
    // Only a look-up sees what is near; for exact keys the UNIQUE index decides.
    if near != nil, let sample = try lookup.row(point, key, { $0.integer(0) }) {
      return (sample, false)
    }
    if let sample = try insert() { return (sample, true) }
    if let sample = try lookup.row(point, key, { $0.integer(0) }) { return (sample, false) }
    throw NetJacError(
      .conflict,
      "a sample of study '\(name)' has the key of another point: its inputs were changed by hand, but not "
        + "nj_key; netjac_store_text(…, \"check\", …) names such samples")
  }

  static func insertion(
    _ table: String, _ columns: [String], _ dialect: Dialect, done: Bool
  ) -> String {
    let places = columns.indices.map { "?\($0 + 1)" }
    let times = done ? ", nj_created, nj_finished, nj_status" : ", nj_created"
    let stamp = dialect.stamp
    let values = done ? ", \(stamp), \(stamp), 'done'" : ", \(stamp)"
    return "INSERT INTO \(table) (\(columns.joined(separator: ", "))\(times)) "
      + "VALUES (\(places.joined(separator: ", "))\(values)) "
      + "ON CONFLICT (nj_version, nj_key) DO NOTHING\(dialect.returningSample)"
  }

  /// SQL of a new waiting point.
  var waitingInsertion: String {
    Self.insertion(
      table, ["nj_version", "nj_tag", "nj_priority", "nj_key", "nj_cell"] + inputLayout.names,
      dialect, done: false)
  }

  private func insertWaiting(
    _ statement: any Statement, _ point: UnsafePointer<Double>, _ key: PointKey, _ version: Int64,
    _ tag: String, _ priority: Double
  ) throws -> Int64? {
    statement.reset()
    statement.bind(version, at: 1)
    statement.bind(tag, at: 2)
    statement.bind(priority, at: 3)
    bindKey(statement, point, key, at: 4)
    inputLayout.bind(point, to: statement, from: 6)
    return try statement.insert()
  }

  func bindKey(
    _ statement: any Statement, _ point: UnsafePointer<Double>, _ key: PointKey, at parameter: Int
  ) {
    statement.bind(key, at: parameter)
    if let near {
      statement.bind(near.cell(point), at: parameter + 1)
    } else {
      statement.bindNull(at: parameter + 1)
    }
  }
}
