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
    let points = try points(samples, x) { _ in true }
    let entered = try store.operate {
      try entering {
        let version = try currentVersion().number
        let view = self.view
        let entered = try enter(points, Lookup(self, version: version), waitingInsertion) {
          statement, _, point, key in
          statement.bind(version, at: 1)
          statement.bind(tag, at: 2)
          statement.bind(priority, at: 3)
          bindKey(statement, point, key, near: view.near, at: 4)
          view.inputLayout.bind(point, to: statement, from: 6)
        }
        try database.announce(if: nil)
        return entered
      }
    }
    if let ids { for (index, point) in entered.enumerated() { ids[index] = point.sample } }
    return entered.reduce(0) { $0 + ($1.isNew ? 1 : 0) }
  }

  /// The row of a point that was entered, and whether it was not there before.
  struct Entered {
    let sample: Int64
    let isNew: Bool
  }

  /// Runs a transaction that enters points. If it is undone, nothing is left of a version that it made or chose.
  func entering<Result>(_ body: () throws -> Result) throws -> Result {
    let before = version
    do {
      return try database.transaction(.write) {
        // It may run again.
        version = before
        // Two points that are near each other must not slip in together.
        if near != nil { try database.lockStudy(id) }
        try checkView()
        return try body()
      }
    } catch {
      version = before
      throw error
    }
  }

  /// The rows of points: those that are there, and those that `insertion` makes, with the parameters that `bind` sets.
  func enter(
    _ points: Points, _ lookup: Lookup, _ insertion: Insertion,
    bind: (any Parameters, Int, UnsafePointer<Double>, PointKey) throws -> Void
  ) throws -> [Entered] {
    var entered: [Entered?] = Array(repeating: nil, count: points.keys.count)
    func look(_ wanted: [Int]) throws {
      try lookup.rows(points, wanted) {
        entered[$0] = Entered(sample: $1.integer(0), isNew: false)
      }
    }
    func make(_ wanted: [Int]) throws {
      guard !wanted.isEmpty else { return }
      try database.insert(insertion, wanted.count) { statement, place in
        try points.withPoint(wanted[place]) { try bind(statement, wanted[place], $0, $1) }
      } made: { place, sample in
        if let sample { entered[wanted[place]] = Entered(sample: sample, isNew: true) }
      }
    }
    func missing(_ wanted: [Int]) -> [Int] { wanted.filter { entered[$0] == nil } }
    let all = Array(entered.indices)
    if near == nil {
      // The UNIQUE index decides.
      try make(all)
      try look(missing(all))
    } else {
      // Only a look-up sees what is near, also to the point before.
      for index in all {
        try look([index])
        try make(missing([index]))
      }
    }
    return try entered.map {
      guard let entered = $0 else {
        throw NetJacError(
          .conflict,
          "a sample of study '\(name)' has the key of another point: its inputs were changed by hand, but "
            + "not nj_key; netjac_store_text(…, \"check\", …) names such samples")
      }
      return entered
    }
  }

  /// A new waiting point.
  var waitingInsertion: Insertion {
    Insertion(
      table: table,
      columns: ["nj_version", "nj_tag", "nj_priority", "nj_key", "nj_cell"] + inputLayout.names,
      computed: [("nj_created", dialect.stamp)])
  }

  func bindKey(
    _ statement: any Parameters, _ point: UnsafePointer<Double>, _ key: PointKey,
    near: NearPoints?, at parameter: Int
  ) {
    statement.bind(key, at: parameter)
    if let near {
      statement.bind(near.cell(point), at: parameter + 1)
    } else {
      statement.bindNull(at: parameter + 1)
    }
  }
}
