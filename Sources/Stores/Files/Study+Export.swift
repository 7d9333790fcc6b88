import Glibc
import Tensors

extension Study {
  /// The columns of a table besides inputs and outputs.
  static let bookkeepingCells = [
    "nj_status", "nj_version", "nj_tag", "nj_seconds", "nj_worker", "nj_started", "nj_finished",
    "nj_error", "nj_jacobian",
  ]

  /// Writes the samples that match to a new file, a table (.csv) or a store (.db).
  package func export(_ filter: String?, to path: String) throws {
    if path.hasSuffix(".csv") {
      try exportTable(filter, path)
    } else if path.hasSuffix(".db") {
      try exportStore(filter, path)
    } else {
      throw NetJacError(
        .argument, "'\(path)' ends neither in .csv nor in .db, which tells what to write")
    }
  }

  /// Calls `body` with all samples that match, a thousand at a time, between the turns of others.
  func forEachRecord(_ text: String?, _ body: ([SampleRecord]) throws -> Void) throws {
    let filter = try store.operate { () -> Filter in
      try checkView()
      return try Filter(text, of: self, statuses: [.done])
    }
    var last: Int64 = Int64.min
    while true {
      let (records, reached) = try store.operate { try self.records(filter, after: last) }
      try body(records)
      guard records.count == Self.recordsAtATime else { return }
      last = reached
    }
  }

  private func exportTable(_ filter: String?, _ path: String) throws {
    let file = try OpenFile(creating: path)
    do {
      let names =
        inputs.flatMap { $0.isVector ? [$0.name] : $0.columns }
        + outputs.flatMap { $0.isVector ? [$0.name] : $0.columns }
      try file.write((names + Self.bookkeepingCells).joined(separator: ",") + "\n")
      try forEachRecord(filter) { records in
        for record in records {
          try file.write(cells(record).map(CSV.cell).joined(separator: ",") + "\n")
        }
      }
      try file.finish()
    } catch {
      unlink(path)
      throw error
    }
  }

  private func cells(_ record: SampleRecord) -> [String] {
    var cells: [String] = []
    func add(_ variable: Variable, _ values: ArraySlice<Double>) {
      if variable.isVector {
        cells.append(CSV.cell(Array(values)))
      } else {
        cells += values.map { CSV.cell($0) }
      }
    }
    var place = 0
    for input in inputs {
      add(input, record.x[place..<place + input.size])
      place += input.size
    }
    place = 0
    for (index, output) in outputs.enumerated() {
      if output.size == 0 {
        cells.append(record.arrays[output.name].map { CSV.cell($0) } ?? "")
      } else if record.state == .done, index < record.outputs {
        add(output, record.y[place..<place + output.size])
      } else {
        cells += output.columns.map { _ in "" }
      }
      place += output.size
    }
    return cells + [
      record.state.rawValue, record.version, record.tag, record.seconds.map { CSV.cell($0) } ?? "",
      record.worker ?? "", record.started ?? "", record.finished ?? "", record.error ?? "",
      record.jacobian.map { CSV.cell($0) } ?? "",
    ]
  }

  private func exportStore(_ filter: String?, _ path: String) throws {
    var status = stat()
    guard stat(path, &status) != 0 else {
      throw NetJacError(.file, "'\(path)' exists; an export is a new file")
    }
    var options = StoreOptions()
    options.spool = store.options.spool
    do {
      let target = try Store(path, options)
      defer { target.close() }
      let copy = try emptyCopy(in: target)
      try forEachRecord(filter) { records in
        let versions = try store.operate { try self.versions(of: records) }
        try copy.take(records, versions)
      }
      if let version { try copy.take([], [version]) }
    } catch {
      unlink(path)
      throw error
    }
  }

  /// A study with the same variables.
  func emptyCopy(in target: Store) throws -> Study {
    var options = StoreOptions()
    options.equality = equality
    options.lease = lease
    options.attempts = attempts
    let copy = try Study(target, name, options)
    for variable in inputs + outputs {
      try copy.declare(
        variable.role, variable.name, size: variable.size, details: VariableDetails.text(variable))
    }
    return copy
  }

  /// The versions that records belong to.
  func versions(of records: [SampleRecord]) throws -> [Version] {
    try Set(records.map(\.version)).sorted().compactMap { try readVersion(label: $0) }
  }

  /// Enters records but those that were discarded. Returns how many results are new.
  ///
  /// - Parameter numbers: The versions here, by their labels.
  func restore(_ records: [SampleRecord], _ numbers: [String: Int64]) throws -> Int {
    let kept = records.filter { $0.state != .discarded }
    return try Dictionary(grouping: kept, by: \.version).sorted { $0.key < $1.key }
      .reduce(0) { count, group in
        guard let version = numbers[group.key] else { return count }
        return try count + restore(group.value, version)
      }
  }

  /// Enters samples of another store's study, in one transaction; works in the last version unless there is one to work in.
  func take(_ records: [SampleRecord], _ versions: [Version]) throws {
    try store.operate {
      try entering {
        var numbers: [String: Int64] = [:]
        for version in versions { numbers[version.label] = try takeVersion(version.label, version) }
        if records.isEmpty, let number = numbers.values.max() { try adoptVersion(number) }
        _ = try restore(records, numbers)
      }
    }
  }
}
