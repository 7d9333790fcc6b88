import Tensors

/// Finds the rows of points: by key, or by the cells near them.
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

  /// How many numbers a row may have.
  private let width: Int

  init(_ study: Study, version: Int64, others: [String] = [], jacobian: Bool = false) {
    self.study = study
    self.version = version
    width =
      study.inputSize + (others.isEmpty ? 0 : study.outputSize)
      + (jacobian ? study.inputSize * study.outputSize : 0)
    inputs = study.inputLayout
    othersAt = Self.bookkeeping.count + inputs.names.count
    let bookkeeping = jacobian ? Self.bookkeeping : Self.bookkeeping.dropLast() + ["NULL"]
    selected = (bookkeeping + inputs.names + others).joined(separator: ", ")
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

  /// Calls `body` with the row of each point that is there.
  ///
  /// - Parameter wanted: Which of the points.
  func rows(
    _ points: Study.Points, _ wanted: [Int], _ body: (Int, any Statement) throws -> Void
  ) throws {
    if let near = study.view.near {
      for index in wanted {
        try points.withPoint(index) { point, _ in
          try nearest(point, near) { try body(index, $0) }
        }
      }
      return
    }
    guard !wanted.isEmpty else { return }
    try study.database.find(Self.byKey(selected, study.table), wanted.count, width: width) {
      $0.bind(version, at: 1)
      $0.bind(points.keys[wanted[$1]], at: 2)
    } row: { statement, place in
      try points.withPoint(wanted[place]) { point, _ in
        // Somebody may have changed the inputs without the key: then this is another point.
        if isSame(statement, point) { try body(wanted[place], statement) }
      }
    }
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

  private func nearest(
    _ point: UnsafePointer<Double>, _ near: NearPoints, _ body: (any Statement) throws -> Void
  ) throws {
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
    guard let sample = best?.sample else { return }
    try study.database.run(Self.bySample(selected, study.table)) {
      $0.bind(sample, at: 1)
      if try $0.step() { try body($0) }
    }
  }
}
