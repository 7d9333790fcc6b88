import Tensors

/// What can be done with samples that match a filter.
enum SampleChange {
  /// Failed points wait again.
  case retry
  /// The samples count no more, and their points may be simulated anew.
  case discard(reason: String?)
  case delete
  case tag(String)
  case priority(Double)

  /// - Throws: `NetJacError` of kind `argument`.
  init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count > 1 ? String(parts[1]) : nil
    switch (parts.first.map(String.init) ?? "", value) {
    case ("retry", nil): self = .retry
    case ("discard", let reason): self = .discard(reason: reason)
    case ("delete", nil): self = .delete
    case ("tag", let tag?): self = .tag(tag)
    case ("priority", let number?):
      guard let priority = Double(number), priority.isFinite else {
        throw NetJacError(.argument, "the priority '\(number)' is no number")
      }
      self = .priority(priority)
    default:
      throw NetJacError(
        .argument,
        "'action' is '\(text)'; it must be retry, discard, discard=REASON, delete, tag=NAME or "
          + "priority=NUMBER")
    }
  }

  /// Which samples it can happen to.
  var statuses: [SampleState] {
    switch self {
    case .retry: [.failed, .running]
    case .discard: [.done, .failed, .waiting]
    case .delete: [.done, .failed, .waiting, .discarded]
    case .tag, .priority: SampleState.allCases
    }
  }

  /// Which of them it happens to where the filter names no status.
  var usual: [SampleState] {
    if case .retry = self { [.failed] } else { statuses }
  }
}

extension Study {
  /// Changes the samples that match; returns how many.
  package func change(_ text: String?, _ action: String) throws -> Int {
    try store.requireWriting("changing samples")
    let change = try SampleChange(action)
    if case .delete = change, text == nil {
      throw NetJacError(
        .argument, "'delete' needs a filter that says which samples; status=all means every one")
    }
    return try store.operate {
      try database.transaction(.write) {
        try checkView()
        let filter = try Filter(text, of: self, statuses: change.usual)
        let allowed = change.statuses.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let condition = "nj_status IN (\(allowed)) AND \(filter.condition(from: 2))"
        let (sql, value) = statement(change, condition)
        if case .retry = change { try database.announce(if: nil) }
        return try database.run(sql) {
          if let value { $0.bind(value, at: 1) } else { $0.bindNull(at: 1) }
          filter.bind(to: $0, from: 2)
          var count = 0
          while try $0.step() { count += 1 }
          return count
        }
      }
    }
  }

  private func statement(_ change: SampleChange, _ condition: String) -> (String, SQLValue?) {
    let set: String
    var value: SQLValue?
    switch change {
    case .retry:
      set =
        "nj_status = 'waiting', nj_lease = NULL, nj_finished = NULL, nj_error = coalesce(?1, nj_error)"
    case .discard(let reason):
      value = reason.map { .text($0) }
      set =
        "nj_status = 'discarded', nj_key = NULL, nj_cell = NULL, nj_error = coalesce(?1, nj_error)"
    case .tag(let tag):
      value = .text(tag)
      set = "nj_tag = ?1"
    case .priority(let priority):
      value = .number(priority)
      set = "nj_priority = ?1"
    case .delete:
      return (
        "DELETE FROM \(table) WHERE coalesce(?1, 0) = 0 AND \(condition) RETURNING sample", nil
      )
    }
    return ("UPDATE \(table) SET \(set) WHERE \(condition) RETURNING sample", value)
  }
}
