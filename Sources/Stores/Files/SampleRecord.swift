import Tensors

/// A sample with all that belongs to it, on its way from one place to another.
struct SampleRecord {
  var version = ""
  var state = SampleState.done
  /// [n]
  var x: [Double] = []
  /// [m]; those of outputs that it lacks do not matter.
  var y: [Double] = []
  /// How many outputs, of those in order, it has.
  var outputs = 0
  var jacobian: [Double]?
  /// Of outputs whose length varies, by name.
  var arrays: [String: [Double]] = [:]
  var tag = ""
  var priority = 0.0
  var seconds: Double?
  var worker: String?
  var error: String?
  var created: String?
  var started: String?
  var finished: String?
}

extension Study {
  private var varying: [Variable] { outputs.filter { $0.size == 0 } }

  private static let recordColumns = [
    "sample", "v.label", "nj_status", "nj_outputs", "nj_jacobian", "nj_tag", "nj_priority",
    "nj_seconds",
    "nj_worker", "nj_error", "nj_created", "nj_started", "nj_finished",
  ]

  static let recordsAtATime = 1000

  /// The next samples that match, after one; and the last sample of them.
  func records(_ filter: Filter, after: Int64) throws -> (records: [SampleRecord], last: Int64) {
    // A version has columns whose names a variable may have, too.
    let own = (inputLayout.names + outputLayout.names + varying.map { quoted($0.name) })
      .map { "f.\($0)" }
    let columns = (Self.recordColumns + own).joined(separator: ", ")
    var records: [(sample: Int64, record: SampleRecord)] = []
    try database.run(
      "SELECT \(columns) FROM (SELECT * FROM \(table) WHERE sample > ?1 AND \(filter.condition(from: 2)) "
        + "ORDER BY sample LIMIT \(Self.recordsAtATime)) AS f JOIN \(dialect.table("netjac_version")) v "
        + "ON v.version = nj_version"
    ) {
      $0.bind(after, at: 1)
      filter.bind(to: $0, from: 2)
      while try $0.step() {
        records.append(($0.integer(0), record($0)))
      }
    }
    // A join keeps no order.
    records.sort { $0.sample < $1.sample }
    return (records.map(\.record), records.last?.sample ?? after)
  }

  private func record(_ row: any Statement) -> SampleRecord {
    var record = SampleRecord()
    record.version = row.text(1)
    record.state = SampleState(rawValue: row.text(2)) ?? .discarded
    record.outputs = min(max(0, Int(truncatingIfNeeded: row.integer(3))), outputs.count)
    record.jacobian = row.isNull(4) ? nil : row.numbers(4)
    record.tag = row.text(5)
    record.priority = row.double(6)
    record.seconds = row.optionalDouble(7)
    record.worker = row.optionalText(8)
    record.error = row.optionalText(9)
    record.created = row.optionalText(10)
    record.started = row.optionalText(11)
    record.finished = row.optionalText(12)
    let first = Self.recordColumns.count
    record.x = Array(repeating: 0, count: inputSize)
    record.y = Array(repeating: .nan, count: outputSize)
    inputLayout.read(row, from: first, into: &record.x)
    outputLayout.read(row, from: first + inputLayout.names.count, into: &record.y)
    for (index, output) in varying.enumerated() {
      let column = first + inputLayout.names.count + outputLayout.names.count + index
      if !row.isNull(column) { record.arrays[output.name] = row.numbers(column) }
    }
    return record
  }

  /// Enters a record. True if its result is new here; what is done already keeps what it has.
  ///
  /// - Parameter version: The version here that the record's belongs to.
  func restore(_ record: SampleRecord, _ version: Int64) throws -> Bool {
    let points = try points(1, record.x, inBounds: record.state == .waiting)
    let columns =
      ["nj_version", "nj_tag", "nj_priority", "nj_key", "nj_cell", "nj_status", "nj_error"]
      + inputLayout.names
    let insertion = Insertion(
      table: table, columns: columns,
      computed: [("nj_created", "coalesce(?\(columns.count + 1), \(dialect.stamp))")])
    let entered = try enter(points, Lookup(self, version: version), insertion) {
      statement, _, point, key in
      statement.bind(version, at: 1)
      statement.bind(record.tag, at: 2)
      statement.bind(record.priority, at: 3)
      bindKey(statement, point, key, near: near, at: 4)
      // Who runs a point elsewhere cannot put its result here.
      statement.bind((record.state == .failed ? SampleState.failed : .waiting).rawValue, at: 6)
      statement.bind(record.error, at: 7)
      inputLayout.bind(point, to: statement, from: 8)
      statement.bind(record.created, at: columns.count + 1)
    }
    guard record.state == .done, let point = entered.first else { return false }
    if !point.isNew {
      let done = try database.run("SELECT nj_status = 'done' FROM \(table) WHERE sample = ?1") {
        $0.bind(point.sample, at: 1)
        return try $0.step() && $0.integer(0) != 0
      }
      if done { return false }
    }
    try finish(record, point.sample)
    return true
  }

  private func finish(_ record: SampleRecord, _ sample: Int64) throws {
    try write(sample, record.y, record.jacobian, record.seconds, worker: record.worker ?? worker)
    try database.run(
      "UPDATE \(table) SET nj_outputs = ?1, nj_started = ?2, nj_finished = coalesce(?3, nj_finished), "
        + "nj_tag = ?4 WHERE sample = ?5"
    ) {
      $0.bind(record.outputs, at: 1)
      $0.bind(record.started, at: 2)
      $0.bind(record.finished, at: 3)
      $0.bind(record.tag, at: 4)
      $0.bind(sample, at: 5)
      try $0.finish()
    }
    for (output, values) in record.arrays {
      try database.run("UPDATE \(table) SET \(quoted(output)) = ?1 WHERE sample = ?2") {
        $0.bind(numbers: values, at: 1)
        $0.bind(sample, at: 2)
        try $0.finish()
      }
    }
  }
}
