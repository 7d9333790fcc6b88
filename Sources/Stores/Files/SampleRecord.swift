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

  /// Enters records; what is done already keeps what it has. Returns how many results are new here.
  ///
  /// - Parameter version: The version here that the records' belongs to.
  func restore(_ records: [SampleRecord], _ version: Int64) throws -> Int {
    let points = try points(records.count, records.flatMap(\.x)) { records[$0].state == .waiting }
    let view = self.view
    let outputsAt = Self.restoredColumns.count + 1 + view.inputLayout.names.count
    let timesAt = outputsAt + view.outputLayout.names.count
    let entered = try enter(points, Lookup(self, version: version), restoration(timesAt)) {
      parameters, index, point, key in
      let record = records[index]
      let isDone = record.state == .done
      // Who runs a point elsewhere cannot put its result here.
      let state = record.state == .done || record.state == .failed ? record.state : .waiting
      parameters.bind(version, at: 1)
      parameters.bind(record.tag, at: 2)
      parameters.bind(record.priority, at: 3)
      bindKey(parameters, point, key, near: view.near, at: 4)
      parameters.bind(state.rawValue, at: 6)
      parameters.bind(isDone ? nil : record.error, at: 7)
      parameters.bind(isDone ? Int64(record.outputs) : nil, at: 8)
      parameters.bind(numbers: isDone ? record.jacobian : nil, at: 9)
      parameters.bind(isDone ? record.seconds : nil, at: 10)
      parameters.bind(isDone ? record.worker ?? worker : nil, at: 11)
      view.inputLayout.bind(point, to: parameters, from: Self.restoredColumns.count + 1)
      if isDone {
        view.outputLayout.bind(record.y, to: parameters, from: outputsAt)
      } else {
        for column in outputsAt..<timesAt { parameters.bindNull(at: column) }
      }
      parameters.bind(record.created, at: timesAt)
      parameters.bind(isDone ? record.started : nil, at: timesAt + 1)
      parameters.bind(isDone ? record.finished : nil, at: timesAt + 2)
    }
    var count = 0
    for (record, point) in zip(records, entered) where record.state == .done {
      if !point.isNew {
        if try isDone(point.sample) { continue }
        try finish(record, point.sample)
      }
      try keepArrays(record, point.sample)
      count += 1
    }
    return count
  }

  private static let restoredColumns = [
    "nj_version", "nj_tag", "nj_priority", "nj_key", "nj_cell", "nj_status", "nj_error",
    "nj_outputs", "nj_jacobian", "nj_seconds", "nj_worker",
  ]

  /// - Parameter first: The parameters of times are the last three, from here on.
  private func restoration(_ first: Int) -> Insertion {
    let time = dialect.time
    return Insertion(
      table: table, columns: Self.restoredColumns + inputLayout.names + outputLayout.names,
      computed: [
        ("nj_created", "coalesce(\(time("?\(first)")), \(dialect.stamp))"),
        ("nj_started", time("?\(first + 1)")),
        (
          "nj_finished",
          "CASE WHEN ?6 = 'done' THEN coalesce(\(time("?\(first + 2)")), \(dialect.stamp)) END"
        ),
      ])
  }

  private func isDone(_ sample: Int64) throws -> Bool {
    try database.run("SELECT nj_status = 'done' FROM \(table) WHERE sample = ?1") {
      $0.bind(sample, at: 1)
      return try $0.step() && $0.integer(0) != 0
    }
  }

  /// A result for a point that was entered here without one.
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
  }

  private func keepArrays(_ record: SampleRecord, _ sample: Int64) throws {
    for (output, values) in record.arrays {
      try database.run("UPDATE \(table) SET \(quoted(output)) = ?1 WHERE sample = ?2") {
        $0.bind(numbers: values, at: 1)
        $0.bind(sample, at: 2)
        try $0.finish()
      }
    }
  }
}
