import Tensors

extension Study {
  /// Stores results from elsewhere, without claims, in one transaction. Returns how many points were not done before.
  ///
  /// - Throws: `NetJacError` of kind `store` if the database takes nothing; the results are in the spool then.
  package func insert(
    _ samples: Int, x: UnsafePointer<Double>, y: UnsafePointer<Double>,
    jacobian: UnsafePointer<Double>?, tag: String
  ) throws -> Int {
    try store.requireWriting("inserting results")
    let points = try points(samples, x) { _ in true }
    return try offer(
      for: nil,
      keeping: { spoolEntries(samples, x: x, y: y, jacobian: jacobian, tag: tag) },
      { try insertNow(points, y: y, jacobian: jacobian, tag: tag, label: nil) })
  }

  private func spoolEntries(
    _ samples: Int, x: UnsafePointer<Double>, y: UnsafePointer<Double>,
    jacobian: UnsafePointer<Double>?, tag: String
  ) -> [Spool.Entry] {
    let (m, n) = (outputSize, inputSize)
    return stride(from: 0, to: samples, by: Self.recordsAtATime).map { first in
      let some = min(Self.recordsAtATime, samples - first)
      func part(_ values: UnsafePointer<Double>, _ width: Int) -> [Double] {
        Array(UnsafeBufferPointer(start: values + first * width, count: some * width))
      }
      return Spool.Entry(
        worker: worker, outputs: outputs.count,
        content: .samples(
          x: part(x, n), y: part(y, m), jacobian: jacobian.map { part($0, m * n) }, tag: tag,
          version: version?.label))
    }
  }

  /// - Parameter label: The version's; nil for the current one.
  func insertNow(
    _ points: Points, y: UnsafePointer<Double>, jacobian: UnsafePointer<Double>?, tag: String,
    label: String?
  ) throws -> Int {
    let (m, n) = (outputSize, inputSize)
    return try entering {
      let version = try label.map { try takeVersion($0, nil) } ?? currentVersion().number
      let view = self.view
      let entered = try enter(points, Lookup(self, version: version), doneInsertion) {
        statement, index, point, key in
        statement.bind(version, at: 1)
        statement.bind(tag, at: 2)
        statement.bind(view.outputs.count, at: 3)
        if let jacobian {
          statement.bind(
            numbers: UnsafeBufferPointer(start: jacobian + index * m * n, count: m * n), at: 4)
        } else {
          statement.bindNull(at: 4)
        }
        statement.bind(worker, at: 5)
        bindKey(statement, point, key, near: view.near, at: 6)
        view.inputLayout.bind(point, to: statement, from: 8)
        view.outputLayout.bind(
          y + index * m, to: statement, from: 8 + view.inputLayout.names.count)
      }
      return try entered.enumerated().reduce(0) { count, point in
        let (index, entered) = point
        let isTaken =
          try entered.isNew
          || insertKnown(entered.sample, y + index * m, jacobian.map { $0 + index * m * n })
        return count + (isTaken ? 1 : 0)
      }
    }
  }

  /// A new row that is done.
  var doneInsertion: Insertion {
    Insertion(
      table: table,
      columns: [
        "nj_version", "nj_tag", "nj_outputs", "nj_jacobian", "nj_worker", "nj_key", "nj_cell",
      ] + inputLayout.names + outputLayout.names,
      computed: [
        ("nj_created", dialect.stamp), ("nj_finished", dialect.stamp), ("nj_status", "'done'"),
      ])
  }

  /// A result for a point that is there. True if the point was not done.
  private func insertKnown(
    _ sample: Int64, _ y: UnsafePointer<Double>, _ jacobian: UnsafePointer<Double>?
  ) throws -> Bool {
    let values = Array(UnsafeBufferPointer(start: y, count: outputSize))
    let results = Results(
      ids: [sample], tokens: [0], y: values,
      jacobian: jacobian.map {
        Array(UnsafeBufferPointer(start: $0, count: outputSize * inputSize))
      }, seconds: [nil], worker: worker)
    return try putOne(0, results)
  }
}
