import Glibc
import Tensors

/// Results of simulations, one after the other.
struct Results {
  let ids: [Int64]
  let tokens: [Int64]
  /// [ids.count][m]
  let y: [Double]
  /// [ids.count][m][n], or nil.
  let jacobian: [Double]?
  /// How long each took; nil where nobody knows.
  let seconds: [Double?]
  let worker: String
}

extension Study {
  /// Stores the results of claims; returns for each whether it was taken, that is, whether its point was not done yet.
  ///
  /// - Throws: `NetJacError` of kind `store` if the database takes nothing; the results are in the spool then.
  package func put(
    _ samples: Int, ids: UnsafePointer<Int64>, tokens: UnsafePointer<Int64>,
    y: UnsafePointer<Double>, jacobian: UnsafePointer<Double>?, seconds: UnsafePointer<Double>?
  ) throws -> [Bool] {
    try store.requireWriting("storing results")
    guard samples > 0 else { return [] }
    let (m, n) = (outputSize, inputSize)
    let now = Clock.monotonic()
    let ids = Array(UnsafeBufferPointer(start: ids, count: samples))
    let tokens = Array(UnsafeBufferPointer(start: tokens, count: samples))
    let spent = (0..<samples).map { index -> Double? in
      if let given = seconds?[index], given >= 0, given.isFinite { return given }
      let key = ClaimTable.Key(study: id, sample: ids[index])
      return (try? store.operate { store.claims.claim(key, token: tokens[index]) })
        .flatMap { $0 }.map { now - $0.started }
    }
    let results = Results(
      ids: ids, tokens: tokens, y: Array(UnsafeBufferPointer(start: y, count: samples * m)),
      jacobian: jacobian.map { Array(UnsafeBufferPointer(start: $0, count: samples * m * n)) },
      seconds: spent, worker: worker)
    return try offer(
      for: store.options.retry, keeping: { spoolEntries(results) }, { try putNow(results) })
  }

  private func spoolEntries(_ results: Results) -> [Spool.Entry] {
    let (m, n) = (outputSize, inputSize)
    return results.ids.indices.map { index in
      Spool.Entry(
        worker: results.worker, outputs: outputs.count,
        content: .result(
          sample: results.ids[index], token: results.tokens[index],
          y: Array(results.y[index * m..<(index + 1) * m]),
          jacobian: results.jacobian.map { Array($0[index * m * n..<(index + 1) * m * n]) },
          seconds: results.seconds[index]))
    }
  }

  /// One transaction for all.
  func putNow(_ results: Results) throws -> [Bool] {
    let taken = try database.transaction(.write) {
      try checkView()
      let taken = try results.ids.indices.map { try putOne($0, results) }
      // Who waits for points that others run has nothing to wait for any more.
      try database.announce(
        if: "NOT EXISTS (SELECT 1 FROM \(table) WHERE nj_status = 'running')")
      return taken
    }
    for (sample, token) in zip(results.ids, results.tokens) {
      store.claims.drop(.init(study: id, sample: sample), token: token)
    }
    return taken
  }

  private struct Before {
    let state: SampleState
    let token: Int64
    let started: String?
    let hasJacobian: Bool
    let isSame: Bool
  }

  func putOne(_ index: Int, _ results: Results) throws -> Bool {
    let (m, n) = (outputSize, inputSize)
    let (sample, token) = (results.ids[index], results.tokens[index])
    let y = Array(results.y[index * m..<(index + 1) * m])
    let jacobian = results.jacobian.map { Array($0[index * m * n..<(index + 1) * m * n]) }
    let before = try before(sample, y)
    var attempt = Attempt(
      study: id, sample: sample, token: token, worker: results.worker, started: before.started,
      seconds: results.seconds[index], outcome: .done)
    switch before.state {
    case .done, .discarded:
      if before.state == .done, before.isSame, let jacobian, !before.hasJacobian {
        try setJacobian(sample, jacobian)
      }
      // The same result of the same claim is a repetition, after an answer that was lost, say.
      // So is the same result from elsewhere, which has the token 0.
      if before.state == .done, before.isSame, token == before.token || token == 0 { return false }
      attempt = Attempt(
        study: id, sample: sample, token: token, worker: results.worker, started: nil,
        seconds: results.seconds[index],
        outcome: before.state == .done && !before.isSame ? .differs : .late)
      if attempt.outcome == .differs { attempt.error = "y = \(y)" }
      try store.note(attempt)
      return false
    case .running where before.token == token:
      try write(sample, y, jacobian, results.seconds[index], worker: results.worker)
      try store.note(attempt)
    case .waiting, .running, .failed:
      // Its lease had ended. The work is done all the same, whoever has the point now.
      try write(sample, y, jacobian, results.seconds[index], worker: results.worker)
      try store.note(
        Attempt(
          study: id, sample: sample, token: token, worker: results.worker, started: nil,
          seconds: results.seconds[index], outcome: .late))
    }
    return true
  }

  private func before(_ sample: Int64, _ y: [Double]) throws -> Before {
    let columns =
      (["nj_status", "nj_attempts", "nj_started", "nj_jacobian IS NULL"] + outputLayout.names)
      .joined(separator: ", ")
    var stored = y
    let before = try database.run(
      "SELECT \(columns) FROM \(table) WHERE sample = ?1\(dialect.forUpdate)"
    ) { statement -> Before? in
      statement.bind(sample, at: 1)
      guard try statement.step(), let state = SampleState(rawValue: statement.text(0)) else {
        return nil
      }
      if state == .done { outputLayout.read(statement, from: 4, into: &stored) }
      let isSame = zip(stored, y).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
      return Before(
        state: state, token: statement.integer(1), started: statement.optionalText(2),
        hasJacobian: statement.integer(3) == 0, isSame: isSame)
    }
    guard let before else { throw notFound(sample) }
    return before
  }

  func notFound(_ sample: Int64) -> NetJacError {
    NetJacError(
      .argument,
      "sample \(sample) was not found in study '\(name)'; ids are those that add, claim, find and read give",
      .notFound)
  }

  /// SQL that makes a row done: outputs first, then what belongs to them, then the sample.
  var doneUpdate: String {
    let first = outputLayout.names.count
    let outputs = outputLayout.names.enumerated().map { "\($1) = ?\($0 + 1), " }.joined()
    return "UPDATE \(table) SET \(outputs)nj_status = 'done', nj_outputs = ?\(first + 1), "
      + "nj_jacobian = ?\(first + 2), nj_seconds = ?\(first + 3), nj_worker = ?\(first + 4), "
      + "nj_finished = \(dialect.stamp), nj_error = NULL, nj_lease = NULL "
      + "WHERE sample = ?\(first + 5) AND nj_status <> 'done'"
  }

  func write(
    _ sample: Int64, _ y: [Double], _ jacobian: [Double]?, _ seconds: Double?, worker: String
  ) throws {
    let first = outputLayout.names.count
    try database.run(doneUpdate) {
      outputLayout.bind(y, to: $0, from: 1)
      $0.bind(outputs.count, at: first + 1)
      $0.bind(numbers: jacobian, at: first + 2)
      $0.bind(seconds, at: first + 3)
      $0.bind(worker, at: first + 4)
      $0.bind(sample, at: first + 5)
      try $0.finish()
    }
  }

  private func setJacobian(_ sample: Int64, _ jacobian: [Double]) throws {
    try database.run("UPDATE \(table) SET nj_jacobian = ?1 WHERE sample = ?2") {
      $0.bind(numbers: jacobian, at: 1)
      $0.bind(sample, at: 2)
      try $0.finish()
    }
  }
}
