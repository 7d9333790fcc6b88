import Glibc
import Tensors

/// Points that were claimed, best first.
package struct ClaimedPoints {
  package var ids: [Int64] = []
  package var tokens: [Int64] = []
  /// [ids.count][n]
  package var x: [Double] = []
}

extension Study {
  /// Takes up to `most` points to simulate, and waits for up to `wait` seconds if others run all that there are.
  package func claim(_ most: Int, filter: String?, wait: Double) throws -> ClaimedPoints {
    guard !wait.isNaN, wait >= 0 else {
      throw NetJacError(.argument, "'wait' is \(wait); it must be seconds from 0 on")
    }
    try store.requireWriting("claiming points")
    let filter = try store.operate { try Filter(filter, of: self, statuses: nil) }
    guard most > 0 else { return ClaimedPoints() }
    let end = Clock.monotonic() + wait
    var pause = 0.2
    var isWatching = false
    defer { if isWatching { try? store.operate { database.stopWatching() } } }
    if try store.operate({ store.hasUnsent }) { store.deliverSpool() }
    while true {
      switch try store.operate({ try tryToClaim(most, filter) }) {
      case .claimed(let points): return points
      case .nothing: return ClaimedPoints()
      case .elsewhere:
        let left = end - Clock.monotonic()
        guard left > 0 else { return ClaimedPoints() }
        if !isWatching {
          // What changed before is seen by the next look, what changes afterwards ends the wait.
          isWatching = true
          if try store.operate({ try database.startWatching() }) { continue }
        }
        database.awaitChange(min(pause * .random(in: 0.5...1), left))
        pause = min(pause * 1.3, 2)
      }
    }
  }

  private enum ClaimAttempt {
    case claimed(ClaimedPoints)
    /// Everything is simulated.
    case nothing
    /// All that is left runs elsewhere.
    case elsewhere
  }

  private func tryToClaim(_ most: Int, _ filter: Filter) throws -> ClaimAttempt {
    // Where a writer stops all others, looking must come first.
    let isReady =
      try !database.writersExcludeEachOther
      || database.transaction(.read) {
        try checkView()
        return try exists(filter, "nj_status = 'waiting'")
          || database.run(Self.expiredOnes(table, dialect, "sample")) { try $0.step() }
      }
    if isReady {
      let points = try database.transaction(.write) { () -> ClaimedPoints in
        try checkView()
        try expire()
        return try take(most, filter)
      }
      if !points.ids.isEmpty { return .claimed(points) }
    }
    return try runsElsewhere(filter) ? .elsewhere : .nothing
  }

  private func exists(_ filter: Filter, _ condition: String) throws -> Bool {
    try database.run(
      "SELECT 1 FROM \(table) WHERE \(condition) AND \(filter.condition(from: 1)) LIMIT 1"
    ) {
      filter.bind(to: $0, from: 1)
      return try $0.step()
    }
  }

  /// Claims of this very store do not count: who waited for them would wait for himself.
  private func runsElsewhere(_ filter: Filter) throws -> Bool {
    try database.run(
      "SELECT sample, nj_attempts FROM \(table) WHERE nj_status = 'running' "
        + "AND \(filter.condition(from: 1))"
    ) {
      filter.bind(to: $0, from: 1)
      while try $0.step() {
        let key = ClaimTable.Key(study: id, sample: $0.integer(0))
        if store.claims.claim(key, token: $0.integer(1)) == nil { return true }
      }
      return false
    }
  }

  // MARK: - Leases that ended

  static func expiredOnes(_ table: String, _ dialect: Dialect, _ columns: String) -> String {
    "SELECT \(columns) FROM \(table) WHERE nj_status = 'running' AND nj_lease <= \(dialect.now)"
  }

  /// Frees the points whose workers have not been heard of for as long as their lease.
  private func expire() throws {
    let expired = try database.run(
      Self.expiredOnes(table, dialect, "sample, nj_attempts, nj_worker, nj_started")
        + dialect.skippingLocked
    ) { statement -> [Attempt] in
      var expired: [Attempt] = []
      while try statement.step() {
        expired.append(
          Attempt(
            study: id, sample: statement.integer(0), token: statement.integer(1),
            worker: statement.text(2), started: statement.optionalText(3),
            error: "its lease ended: worker '\(statement.text(2))' was not heard of any more",
            outcome: .expired))
      }
      return expired
    }
    for attempt in expired {
      try store.note(attempt)
      try endAttempt(attempt.sample, attempt.token, attempt.error ?? "", final: false)
      store.claims.drop(.init(study: id, sample: attempt.sample), token: attempt.token)
    }
  }

  /// After an attempt without a result: the point waits again, or has failed if its attempts are used up.
  func endAttempt(_ sample: Int64, _ token: Int64, _ message: String, final: Bool) throws {
    let isOver = try final || (token >= Int64(attempts) && unsuccessful(sample) >= attempts)
    try database.run(
      "UPDATE \(table) SET nj_status = ?1, nj_lease = NULL, nj_error = ?2, nj_finished = "
        + (isOver ? dialect.stamp : "nj_finished")
        + " WHERE sample = ?3 AND nj_attempts = ?4 AND nj_status = 'running'"
    ) {
      $0.bind((isOver ? SampleState.failed : .waiting).rawValue, at: 1)
      $0.bind(message, at: 2)
      $0.bind(sample, at: 3)
      $0.bind(token, at: 4)
      try $0.finish()
    }
  }

  /// How many attempts ended badly. Returned ones do not count; asked only when there were many altogether.
  private func unsuccessful(_ sample: Int64) throws -> Int {
    try database.run(
      "SELECT count(*) FROM \(dialect.table("netjac_attempt")) WHERE study = ?1 AND sample = ?2 "
        + "AND outcome IN ('failed', 'expired')"
    ) {
      $0.bind(id, at: 1)
      $0.bind(sample, at: 2)
      return try $0.step() ? Int($0.integer(0)) : 0
    }
  }

  // MARK: - Taking

  static func claiming(
    _ table: String, _ dialect: Dialect, _ columns: [String], _ condition: String
  ) -> String {
    "UPDATE \(table) AS f SET nj_status = 'running', nj_attempts = nj_attempts + 1, "
      + "nj_lease = \(dialect.lease("?1")), nj_started = \(dialect.stamp), nj_worker = ?2 "
      + "FROM (SELECT sample AS chosen FROM \(table) WHERE nj_status = 'waiting' AND \(condition) "
      + "ORDER BY nj_priority DESC, sample LIMIT ?3\(dialect.skippingLocked)) AS g WHERE f.sample = g.chosen "
      + "RETURNING sample, nj_attempts, nj_priority, \(columns.joined(separator: ", "))"
  }

  private func take(_ most: Int, _ filter: Filter) throws -> ClaimedPoints {
    struct Row {
      let sample: Int64
      let token: Int64
      let priority: Double
      let x: [Double]
    }
    let columns = inputLayout.names.isEmpty ? ["sample"] : inputLayout.names
    let sql = Self.claiming(table, dialect, columns, filter.condition(from: 4))
    var rows: [Row] = []
    var x = [Double](repeating: 0, count: inputSize)
    try database.run(sql) {
      $0.bind(lease, at: 1)
      $0.bind(worker, at: 2)
      $0.bind(most, at: 3)
      filter.bind(to: $0, from: 4)
      while try $0.step() {
        inputLayout.read($0, from: 3, into: &x)
        rows.append(
          Row(sample: $0.integer(0), token: $0.integer(1), priority: $0.double(2), x: x))
      }
    }
    // What is returned comes in any order.
    rows.sort { ($1.priority, $0.sample) < ($0.priority, $1.sample) }
    let now = Clock.monotonic()
    var points = ClaimedPoints()
    for row in rows {
      points.ids.append(row.sample)
      points.tokens.append(row.token)
      points.x += row.x
      store.claims.hold(
        .init(study: id, sample: row.sample),
        .init(token: row.token, table: name, lease: lease, started: now))
    }
    if !rows.isEmpty { LeaseKeeper.shared.keep(store, every: lease / 3) }
    return points
  }
}
