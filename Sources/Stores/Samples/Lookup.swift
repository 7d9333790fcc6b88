import Tensors

/// Finds the rows of points, one after the other: by key, or by the cells near it.
struct Lookup {
  /// Columns before those of inputs and outputs.
  static let bookkeeping = ["sample", "nj_status", "nj_seconds", "nj_jacobian"]

  let study: Study
  let version: Int64
  /// SQL of the columns; bookkeeping first, then the inputs, then others.
  private let selected: String
  private let inputs: RowLayout
  private var inputsAt: Int { Self.bookkeeping.count }
  let othersAt: Int

  init(_ study: Study, version: Int64, others: [String] = []) {
    self.study = study
    self.version = version
    inputs = study.inputLayout
    othersAt = Self.bookkeeping.count + inputs.names.count
    selected = (Self.bookkeeping + inputs.names + others).joined(separator: ", ")
  }

  /// Statements, for a test that asks the planner what it does.
  static func byKey(_ columns: String, _ table: String) -> String {
    "SELECT \(columns) FROM \(table) WHERE nj_version = ?1 AND nj_key = ?2"
  }

  static func byCell(_ columns: String, _ table: String) -> String {
    "SELECT \(columns) FROM \(table) WHERE nj_version = ?1 AND nj_cell = ?2 ORDER BY sample"
  }

  static func bySample(_ columns: String, _ table: String) -> String {
    "SELECT \(columns) FROM \(table) WHERE sample = ?1"
  }

  static func all(_ columns: String, _ table: String) -> String {
    "SELECT \(columns) FROM \(table) WHERE nj_version = ?1 AND nj_cell IS NOT NULL ORDER BY sample"
  }

  /// Calls `body` with the row of the point that equals `point`, if there is one.
  ///
  /// - Parameters:
  ///   - point: Canonical.
  ///   - key: Its key.
  func row<Result>(
    _ point: UnsafePointer<Double>, _ key: PointKey, _ body: (any Statement) throws -> Result
  ) throws -> Result? {
    if let near = study.view.near { return try nearest(point, near, body) }
    return try study.database.run(keyStatement) { try row(point, key, using: $0, body) }
  }

  /// SQL that finds a row by its key, for many points one after the other.
  var keyStatement: String { Self.byKey(selected, study.table) }

  /// The same as `row` where equality is exact, with a statement that is there.
  func row<Result>(
    _ point: UnsafePointer<Double>, _ key: PointKey, using statement: any Statement,
    _ body: (any Statement) throws -> Result
  ) throws -> Result? {
    statement.reset()
    statement.bind(version, at: 1)
    statement.bind(key, at: 2)
    // Somebody may have changed the inputs without the key: then this is another point.
    guard try statement.step(), isSame(statement, point) else { return nil }
    return try body(statement)
  }

  private func isSame(_ statement: any Statement, _ point: UnsafePointer<Double>) -> Bool {
    let layout = inputs
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(layout.count, 1)) {
      stored in
      guard let base = stored.baseAddress else { return false }
      layout.read(statement, from: inputsAt, into: base)
      for index in 0..<layout.count where base[index] != point[index] { return false }
      return true
    }
  }

  private func nearest<Result>(
    _ point: UnsafePointer<Double>, _ near: NearPoints, _ body: (any Statement) throws -> Result
  ) throws -> Result? {
    var best: (distance: Double, sample: Int64)?
    var stored = [Double](repeating: 0, count: study.inputSize)
    func consider(_ statement: any Statement) throws {
      while try statement.step() {
        study.inputLayout.read(statement, from: inputsAt, into: &stored)
        if let distance = near.distance(stored, point), distance < best?.distance ?? .infinity {
          best = (distance, statement.integer(0))
        }
      }
    }
    if let cells = near.cells(near: point) {
      for cell in cells {
        try study.database.run(Self.byCell(selected, study.table)) {
          $0.bind(version, at: 1)
          $0.bind(cell, at: 2)
          try consider($0)
        }
      }
    } else {
      try study.database.run(Self.all(selected, study.table)) {
        $0.bind(version, at: 1)
        try consider($0)
      }
    }
    guard let sample = best?.sample else { return nil }
    return try study.database.run(Self.bySample(selected, study.table)) {
      $0.bind(sample, at: 1)
      return try $0.step() ? try body($0) : nil
    }
  }
}
