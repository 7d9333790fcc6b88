import Glibc
import Tensors

extension Store {
  /// Stores what waits in the spool. What fails stays there; what is stored twice is stored once.
  func deliverSpool() {
    do {
      let entries = try spool.entries(for: uuid)
      try operate { hasUnsent = false }
      for entry in entries {
        do {
          try Study(self, entry.study).deliver(entry)
          try spool.remove(entry)
        } catch let error as NetJacError {
          try operate {
            notices.append(
              "what came on \(entry.created) for study \(entry.study), \(entry.content.description), stays in "
                + "'\(spool.path)': \(error.message)")
          }
        }
      }
    } catch {
      try? operate { notices.append("the spool '\(spool.path)' cannot be read: \(error)") }
    }
  }

  /// What waits in the spool, for people.
  func unsentText() throws -> String {
    let entries = try spool.entries(for: uuid)
    guard !entries.isEmpty else { return "nothing is unsent" }
    return
      "\(entries.count) results wait in '\(spool.path)' for the next time the store is opened:\n"
      + entries.map {
        "study \($0.study), \($0.content.description), by \($0.worker), \($0.created)\n"
      }.joined()
  }
}

extension Study {
  /// Offers results to the database again while there is time: disks are cleared, servers come back.
  ///
  /// - Parameters:
  ///   - seconds: How long; nil for once, with the patience of all calls.
  ///   - rest: What to keep in the spool if the database does not take them.
  /// - Throws: `NetJacError` of kind `store`; the results are in the spool then.
  func offer<Result>(
    for seconds: Double?, keeping rest: () -> [Spool.Entry], _ body: () throws -> Result
  ) throws -> Result {
    let end = seconds.map { Clock.monotonic() + $0 }
    while true {
      do {
        let patience = end.map { max($0 - Clock.monotonic(), 0.05) }
        return try store.operate(patience: patience, body)
      } catch let error as NetJacError where error.kind == .store {
        let left = (end ?? 0) - Clock.monotonic()
        guard left > 0 else { throw spooled(rest(), after: error) }
        usleep(UInt32(min(left, .random(in: 0.2...1)) * 1e6))
      }
    }
  }

  /// Keeps what the database did not take, and says so.
  private func spooled(_ entries: [Spool.Entry], after error: NetJacError) -> NetJacError {
    do {
      try store.spool.keep(entries, of: self)
    } catch let second {
      return NetJacError(
        .store,
        "\(error.message). What is unsent could not be kept in the spool '\(store.spool.path)' either: \(second)"
      )
    }
    try? store.operate {
      store.hasUnsent = true
      // The points stay claimed until their leases end: nobody should simulate them again at once.
      for case .result(let sample, let token, _, _, _) in entries.map(\.content) {
        store.claims.drop(.init(study: id, sample: sample), token: token)
      }
    }
    return NetJacError(
      .store,
      "\(error.message). What is unsent was kept in the spool '\(store.spool.path)', and will be delivered "
        + "when the store is opened again", .unsent)
  }

  /// Stores what waited; the study was opened for it.
  fileprivate func deliver(_ entry: Spool.Entry) throws {
    guard 0...outputs.count ~= entry.outputs else {
      throw NetJacError(
        .conflict, "it has \(entry.outputs) outputs, and the study \(outputs.count)")
    }
    // Outputs that were added meanwhile stay missing.
    view = StudyView(
      inputs: inputs, outputs: Array(outputs.prefix(entry.outputs)), near: view.near)
    let (m, n) = (outputSize, inputSize)
    switch entry.content {
    case .result(let sample, let token, let y, let jacobian, let seconds):
      try checkSizes(1, y, jacobian)
      let results = Results(
        ids: [sample], tokens: [token], y: y, jacobian: jacobian, seconds: [seconds],
        worker: entry.worker)
      _ = try store.operate { try putNow(results) }
    case .samples(let x, let y, let jacobian, let tag, let label):
      let samples = n > 0 ? x.count / n : m > 0 ? y.count / m : 0
      try checkSizes(samples, y, jacobian)
      let points = try points(samples, x) { _ in false }
      _ = try store.operate {
        try insertNow(points, y: y, jacobian: jacobian, tag: tag, label: label)
      }
    case .array(let sample, let output, let values):
      try values.withUnsafeBufferPointer { values in
        try store.operate { try putArrayNow(sample, output, values) }
      }
    }
  }

  private func checkSizes(_ samples: Int, _ y: [Double], _ jacobian: [Double]?) throws {
    guard y.count == samples * outputSize,
      jacobian.map({ $0.count == samples * outputSize * inputSize }) ?? true
    else {
      throw NetJacError(.conflict, "it has \(y.count) numbers, and the study \(outputSize)")
    }
  }
}
