import Tensors

extension Store {
  /// Stores what waits in the spool. What fails stays there; a result that is stored twice is one result.
  func deliverSpool() {
    do {
      let entries = try spool.entries(for: uuid)
      try operate { hasUnsent = false }
      var studies: [String: Study] = [:]
      for entry in entries {
        do {
          let study = try studies[entry.study] ?? Study(self, entry.study)
          studies[entry.study] = study
          try study.deliver(entry)
          try spool.remove(entry)
        } catch let error as NetJacError {
          try operate {
            notices.append(
              "a result of \(entry.created) for sample \(entry.sample) of study \(entry.study) stays in "
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
        "study \($0.study), sample \($0.sample), by \($0.worker), \($0.created)\n"
      }.joined()
  }
}

extension Study {
  /// Keeps results that the database did not take, and says so.
  func spooled(_ results: Results, after error: NetJacError) -> NetJacError {
    let count = results.ids.count == 1 ? "The result is" : "The \(results.ids.count) results are"
    do {
      try store.spool.keep(results, of: self)
    } catch let second {
      return NetJacError(
        .store,
        "\(error.message). They could not be kept in the spool '\(store.spool.path)' either: \(second)"
      )
    }
    try? store.operate {
      store.hasUnsent = true
      // The points stay claimed until their leases end: nobody should simulate them again at once.
      for (sample, token) in zip(results.ids, results.tokens) {
        store.claims.drop(.init(study: id, sample: sample), token: token)
      }
    }
    return NetJacError(
      .store,
      "\(error.message). \(count) unsent, kept in the spool '\(store.spool.path)', and will be delivered "
        + "when the store is opened again", .unsent)
  }

  func deliver(_ entry: Spool.Entry) throws {
    guard 0...outputs.count ~= entry.outputs else {
      throw NetJacError(
        .conflict, "it has \(entry.outputs) outputs, and the study \(outputs.count)")
    }
    // Outputs that were added meanwhile stay missing.
    view = StudyView(
      inputs: inputs, outputs: Array(outputs.prefix(entry.outputs)), near: view.near)
    guard entry.y.count == outputSize,
      entry.jacobian.map({ $0.count == outputSize * inputSize }) ?? true
    else {
      throw NetJacError(.conflict, "it has \(entry.y.count) numbers, and the study \(outputSize)")
    }
    let results = Results(
      ids: [entry.sample], tokens: [entry.token], y: entry.y, jacobian: entry.jacobian,
      seconds: [entry.seconds], worker: entry.worker)
    _ = try store.operate { try putNow(results) }
    try store.operate { try takeStoredVariables() }
  }
}
