import Tensors

/// A new input for samples that are there: the table is made anew, and every key with it.
extension Study {
  private static let bookkeeping = [
    "nj_status", "nj_version", "nj_tag", "nj_outputs", "nj_jacobian", "nj_created", "nj_started",
    "nj_finished", "nj_seconds", "nj_worker", "nj_error", "nj_priority", "nj_attempts", "nj_lease",
    "nj_key", "nj_cell",
  ]

  func rebuild(
    _ new: StudyTable, from stored: [Variable], adding input: Variable, _ old: Double
  ) throws {
    let copy = dialect.table("netjac_copy")
    let before = stored.flatMap { $0.columns.map(quoted) }
    let kept = (["sample"] + before + Self.bookkeeping).joined(separator: ", ")
    try database.execute("CREATE TABLE \(copy) AS SELECT \(kept) FROM \(table)")
    try database.execute(new.drop)
    try database.execute(new.create)
    var value = [Double](repeating: old, count: input.size)
    try PointKeys([input]).canonical(value, into: &value, sample: 0, inBounds: true)
    let added = RowLayout([input])
    let places = added.names.indices.map { "?\($0 + 1)" }
    try database.run(
      "INSERT INTO \(table) (\(kept), \(added.names.joined(separator: ", "))) "
        + "SELECT \(kept), \(places.joined(separator: ", ")) FROM \(copy)"
    ) {
      added.bind(value, to: $0, from: 1)
      try $0.finish()
    }
    try database.execute("DROP TABLE \(copy)")
    try database.continueNumbers(of: table)
    let inputs = new.inputs
    try rekey(
      inputs, outputs: new.outputs.reduce(0) { $0 + $1.size },
      before: inputs.dropLast().reduce(0) { $0 + $1.size })
  }

  /// Computes all keys, and makes room for the new inputs' columns in Jacobians.
  private func rekey(_ inputs: [Variable], outputs: Int, before: Int) throws {
    let layout = RowLayout(inputs)
    let keys = PointKeys(inputs)
    let near = equality == .exact ? nil : try NearPoints(inputs, equality)
    var last = Int64.min
    var point = [Double](repeating: 0, count: layout.count)
    let next =
      "SELECT sample, nj_jacobian, nj_key IS NULL, \(layout.names.joined(separator: ", ")) "
      + "FROM \(table) WHERE sample > ?1 ORDER BY sample LIMIT 1"
    let change =
      "UPDATE \(table) SET nj_key = ?1, nj_cell = ?2, nj_jacobian = ?3 WHERE sample = ?4"
    while true {
      let row = try database.run(next) { statement -> (Int64, [Double], Bool)? in
        statement.bind(last, at: 1)
        guard try statement.step() else { return nil }
        layout.read(statement, from: 3, into: &point)
        return (
          statement.integer(0), statement.numbers(1), statement.integer(2) != 0
        )
      }
      guard let (sample, jacobian, isDiscarded) = row else { return }
      last = sample
      let widened = Self.widened(jacobian, from: before, to: layout.count)
      try database.run(change) {
        if isDiscarded {
          $0.bindNull(at: 1)
          $0.bindNull(at: 2)
        } else {
          $0.bind(keys.key(point), at: 1)
          if let near { $0.bind(near.cell(point), at: 2) } else { $0.bindNull(at: 2) }
        }
        $0.bind(numbers: widened.isEmpty ? nil : widened, at: 3)
        $0.bind(sample, at: 4)
        try $0.finish()
      }
    }
  }

  /// A row-major matrix with more columns, which are not known.
  private static func widened(_ jacobian: [Double], from before: Int, to after: Int) -> [Double] {
    guard before > 0 else { return [] }
    return (0..<jacobian.count / before).flatMap { row in
      jacobian[row * before..<(row + 1) * before]
        + [Double](repeating: .nan, count: after - before)
    }
  }
}
