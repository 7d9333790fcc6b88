import Tensors

extension Store {
  /// What a store has to say: "summary", "schema", "check" or "unsent".
  package func text(_ what: String) throws -> String {
    switch what {
    case "summary": return try summary()
    case "schema": return try operate { try database.schemaText() } ?? schemaOfStudies()
    case "check": return try checkText()
    case "unsent": return try unsentText()
    default:
      throw NetJacError(
        .argument, "'what' is '\(what)'; it must be summary, schema, check or unsent")
    }
  }

  // MARK: - Summary

  private func summary() throws -> String {
    let names = try studyNames()
    let unsent = (try? spool.entries(for: uuid).count) ?? 0
    var text = "store \(place): \(names.count) \(names.count == 1 ? "study" : "studies")\n"
    for name in names {
      let study = try Study(self, name)
      text += try operate { try study.summary() }
    }
    if unsent > 0 { text += "\(unsent) results are unsent, in '\(spool.path)'\n" }
    for notice in try operate({ notices }) { text += "note: \(notice)\n" }
    return text
  }

  /// The SQL that makes such tables.
  private func schemaOfStudies() throws -> String {
    let tables = StoreTables(types: database.types, dialect: database.dialect).create
    return try studyNames().reduce(into: tables + "\n") { text, name in
      let study = try Study(self, name)
      text += study.tables(study.inputs, study.outputs).create + "\n"
    }
  }

  // MARK: - Check

  private func checkText() throws -> String {
    var problems = try operate { try database.integrityProblems() }
    for name in try studyNames() {
      do {
        problems += try Study(self, name).problems()
      } catch let error as NetJacError {
        problems.append(error.message)
      }
    }
    return problems.isEmpty ? "ok" : problems.joined(separator: "\n")
  }
}

extension Study {
  func summary() throws -> String {
    var text = "study \(name): \(inputs.count) inputs (n = \(inputSize)), \(outputs.count) outputs "
    text += "(m = \(outputSize)), equality \(equality.rawValue)\n"
    try database.run(
      "SELECT v.label, count(*), "
        + ["done", "running", "waiting", "failed", "discarded"].map {
          "count(*) FILTER (WHERE nj_status = '\($0)'), "
        }.joined() + "avg(CASE WHEN nj_status = 'done' THEN nj_seconds END) "
        + "FROM \(table) JOIN \(dialect.table("netjac_version")) v ON v.version = nj_version "
        + "GROUP BY v.version ORDER BY v.version"
    ) {
      while try $0.step() {
        text += "  version \($0.text(0)): \($0.integer(1)) samples, \($0.integer(2)) done, "
        text += "\($0.integer(3)) running, \($0.integer(4)) waiting, \($0.integer(5)) failed, "
        text += "\($0.integer(6)) discarded"
        if let mean = $0.optionalDouble(7) { text += ", \((mean * 1000).rounded() / 1000) s each" }
        text += "\n"
      }
    }
    let differing = try database.run(
      "SELECT count(*) FROM \(dialect.table("netjac_attempt")) WHERE study = ?1 AND outcome = 'differs'"
    ) {
      $0.bind(id, at: 1)
      return try $0.step() ? $0.integer(0) : 0
    }
    if differing > 0 {
      text +=
        "  \(differing) repeated results differ from the stored ones: the simulator is not deterministic\n"
    }
    return text
  }

  /// Samples whose keys do not belong to their inputs, and the like.
  func problems() throws -> [String] {
    var problems: [String] = []
    var last = Int64.min
    var point = [Double](repeating: 0, count: max(inputSize, 1))
    var canonical = point
    let columns = (["sample", "nj_status", "nj_key", "nj_cell", "nj_outputs"] + inputLayout.names)
      .joined(separator: ", ")
    var isComplete = false
    while !isComplete, problems.count < 100 {
      // A thousand rows at a time, so that nobody waits long.
      var rows = 0
      try store.operate {
        try database.run(
          "SELECT \(columns) FROM \(table) WHERE sample > ?1 ORDER BY sample LIMIT 1000"
        ) {
          $0.bind(last, at: 1)
          while try $0.step() {
            rows += 1
            last = $0.integer(0)
            inputLayout.read($0, from: 5, into: &point)
            if let problem = try problem($0, point, &canonical) {
              problems.append("study \(name), sample \(last): \(problem)")
            }
          }
        }
      }
      isComplete = rows < 1000
    }
    return problems
  }

  private func problem(
    _ row: any Statement, _ point: [Double], _ canonical: inout [Double]
  ) throws -> String? {
    guard let state = SampleState(rawValue: row.text(1)) else {
      return "its status is '\(row.text(1))'"
    }
    if state == .done, row.isNull(4) { return "it is done, and nj_outputs is NULL" }
    if state == .discarded { return nil }
    do {
      try keys.canonical(point, into: &canonical, sample: 0, inBounds: false)
    } catch let error as NetJacError {
      return error.message
    }
    for index in 0..<inputSize where canonical[index] != point[index] {
      return
        "input \(keys.scalars[index].name) is \(point[index]); rounded to its step it is \(canonical[index])"
    }
    let key = keys.key(canonical)
    guard row.key(2) == key else {
      return "its key is not that of its inputs: they were changed by hand"
    }
    if let near, row.integer(3) != near.cell(canonical) {
      return "its cell is not that of its inputs: they were changed by hand"
    }
    return nil
  }
}
