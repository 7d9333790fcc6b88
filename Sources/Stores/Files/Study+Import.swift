import Tensors

extension Study {
  /// Reads samples from a table (.csv) or a store (.db). Returns how many results were new.
  package func importFile(_ path: String) throws -> Int {
    try store.requireWriting("importing")
    if path.hasSuffix(".csv") { return try importTable(path) }
    if path.hasSuffix(".db") { return try importStore(path) }
    throw NetJacError(
      .argument, "'\(path)' ends neither in .csv nor in .db, which tells what to read")
  }

  /// The number of a version here that is called as one elsewhere; made if there is none.
  ///
  /// - Parameter other: That version, if its parameters are known.
  func takeVersion(_ label: String, _ other: Version?) throws -> Int64 {
    let (known, isNew) = try findOrMake(other ?? .plain(label))
    if let other, !isNew {
      let here = try JSONText(known.parameters, "the parameters of version '\(label)'")
      let there = try JSONText(other.parameters, "the parameters of version '\(label)'")
      guard here.canonical == there.canonical else {
        throw NetJacError(
          .conflict,
          "version '\(label)' of study '\(name)' has the parameters \(known.parameters) here and "
            + "\(other.parameters) there")
      }
    }
    return known.number
  }

  private func importStore(_ path: String) throws -> Int {
    var options = StoreOptions()
    options.mode = .read
    options.spool = store.options.spool
    let source = try Store(path, options)
    defer { source.close() }
    let other = try Study(source, name)
    let differences = zip(inputs + outputs, other.inputs + other.outputs).flatMap {
      $0.differences(from: $1)
    }
    guard differences.isEmpty, inputs.count == other.inputs.count,
      outputs.count == other.outputs.count
    else {
      throw NetJacError(
        .conflict,
        "study '\(name)' of '\(path)' has other variables: "
          + (differences.isEmpty
            ? "\(inputs.count) inputs and \(outputs.count) outputs here, \(other.inputs.count) and "
              + "\(other.outputs.count) there" : differences.joined(separator: "; ")))
    }
    // A file that is this very store has nothing new, and its connection is held already.
    if source.database === database { return 0 }
    let otherVersion = other.version
    return try Self.imports.with {
      try store.operate {
        try entering {
          var numbers: [String: Int64] = [:]
          var count = 0
          try other.forEachRecord("status=all version=all") { records in
            let versions = try source.operate { try other.versions(of: records) }
            for version in versions where numbers[version.label] == nil {
              numbers[version.label] = try takeVersion(version.label, version)
            }
            count += try restore(records, numbers)
          }
          // Where the other works, or in the newest.
          let chosen = otherVersion.flatMap { numbers[$0.label] } ?? numbers.values.max()
          if let chosen { try adoptVersion(chosen) }
          return count
        }
      }
    }
  }

  /// One at a time: who imports holds one connection and waits for another, and two could wait for each other.
  private static let imports: Lock = {
    let lock = Lock()
    ForkGuard.shared.add(lock)
    return lock
  }()

  private func importTable(_ path: String) throws -> Int {
    return try store.operate {
      try entering {
        // The transaction may run again, and reads the file again then.
        var reader = try CSVReader(path)
        guard let header = try reader.row() else {
          throw NetJacError(.format, "'\(path)' is empty; its first line names the columns")
        }
        let columns = try TableColumns(header, self, path)
        var versions: [String: Int64] = [:]
        var count = 0
        var records: [SampleRecord] = []
        while let row = try reader.row() {
          do {
            let record = try columns.record(row)
            _ = try points(1, record.x) { _ in record.state == .waiting }
            records.append(record)
          } catch let error as NetJacError where error.kind == .argument || error.kind == .format {
            throw NetJacError(.format, "'\(path)', line \(reader.line): \(error.message)")
          }
          if let label = records.last?.version, versions[label] == nil {
            let number = try label.isEmpty ? currentVersion().number : takeVersion(label, nil)
            versions[label] = number
            try adoptVersion(number)
          }
          if records.count == Self.recordsAtATime {
            count += try restore(records, versions)
            records = []
          }
        }
        return try count + restore(records, versions)
      }
    }
  }
}

/// What the columns of a table are.
struct TableColumns {
  private let study: Study
  private let names: [String]
  private let places: [String: Int]

  /// - Throws: `NetJacError` of kind `conflict` if inputs are missing or columns unknown.
  init(_ header: [String], _ study: Study, _ path: String) throws {
    self.study = study
    names = header
    var places: [String: Int] = [:]
    for (index, name) in header.enumerated() {
      guard places[name] == nil else {
        throw NetJacError(.format, "'\(path)' has two columns '\(name)'")
      }
      places[name] = index
    }
    let inputs = study.inputs.flatMap(\.columns)
    let known = Set(
      inputs + study.outputs.flatMap(\.columns) + Study.bookkeepingCells + ["sample"])
    let missing = inputs.filter { places[$0] == nil }
    let unknown = header.filter { !known.contains($0) }
    guard missing.isEmpty, unknown.isEmpty else {
      throw NetJacError(
        .conflict,
        "'\(path)' does not fit study '\(study.name)': "
          + (missing.isEmpty ? "" : "it lacks \(missing.joined(separator: ", ")); ")
          + (unknown.isEmpty ? "" : "the study lacks \(unknown.joined(separator: ", ")); ")
          + "its columns are called like the inputs and outputs")
    }
    self.places = places
  }

  func record(_ row: [String]) throws -> SampleRecord {
    guard row.count == names.count else {
      throw NetJacError(.format, "\(row.count) cells; the first line has \(names.count)")
    }
    func cell(_ name: String) -> String? {
      guard let place = places[name], !row[place].isEmpty else { return nil }
      return row[place]
    }
    var record = SampleRecord()
    for input in study.inputs {
      guard let values = try values(input, cell) else {
        throw NetJacError(.format, "input '\(input.name)' is empty")
      }
      record.x += values
    }
    for (index, output) in study.outputs.enumerated() {
      let values = try values(output, cell)
      if values != nil { record.outputs = index + 1 }
      if output.size == 0 {
        record.arrays[output.name] = values
      } else {
        record.y += values ?? Array(repeating: .nan, count: output.size)
      }
    }
    record.state = record.outputs > 0 ? .done : .waiting
    if let status = cell("nj_status") {
      guard let state = SampleState(rawValue: status) else {
        throw NetJacError(.format, "nj_status is '\(status)'")
      }
      record.state = state
    }
    record.version = cell("nj_version") ?? ""
    record.tag = cell("nj_tag") ?? ""
    record.seconds = try cell("nj_seconds").map { try number($0, "nj_seconds") }
    record.worker = cell("nj_worker")
    record.error = cell("nj_error")
    record.started = cell("nj_started")
    record.finished = cell("nj_finished")
    if let jacobian = cell("nj_jacobian") {
      let values = try list(jacobian, "nj_jacobian")
      let most = study.inputSize * study.outputSize
      guard values.count <= most else {
        throw NetJacError(
          .format, "nj_jacobian has \(values.count) numbers; it has at most \(most)")
      }
      record.jacobian = values
    }
    return record
  }

  private func values(_ variable: Variable, _ cell: (String) -> String?) throws -> [Double]? {
    if variable.isVector {
      guard let text = cell(variable.name) else { return nil }
      let values = try list(text, variable.name)
      guard variable.size == 0 || values.count == variable.size else {
        throw NetJacError(
          .format, "'\(variable.name)' has \(values.count) numbers; it has \(variable.size)")
      }
      return values
    }
    let cells = variable.columns.map(cell)
    guard cells.contains(where: { $0 != nil }) else { return nil }
    return try zip(variable.columns, cells).map { name, text in
      guard let text else { throw NetJacError(.format, "'\(name)' is empty") }
      return try number(text, name)
    }
  }

  private func list(_ text: String, _ name: String) throws -> [Double] {
    try text.split(separator: " ").map { try number(String($0), name) }
  }

  private func number(_ text: String, _ name: String) throws -> Double {
    guard let number = CSV.number(text) else {
      throw NetJacError(.format, "'\(name)' is '\(text)', which is no number")
    }
    return number
  }
}
