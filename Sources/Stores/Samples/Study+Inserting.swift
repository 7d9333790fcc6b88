import Tensors

extension Study {
  /// Stores results from elsewhere, without claims, in one transaction. Returns how many points were not done before.
  package func insert(
    _ samples: Int, x: UnsafePointer<Double>, y: UnsafePointer<Double>,
    jacobian: UnsafePointer<Double>?, tag: String
  ) throws -> Int {
    try store.requireWriting("inserting results")
    let points = try points(samples, x, inBounds: true)
    let (m, n) = (outputSize, inputSize)
    return try store.operate {
      try database.transaction(.write) {
        try checkView()
        let version = try currentVersion().number
        let lookup = Lookup(self, version: version)
        let view = self.view
        var inserted = 0
        try database.run(doneInsertion) { statement in
          for index in 0..<samples {
            try points.withPoint(index) { point, key in
              let y = y + index * m
              let jacobian = jacobian.map { $0 + index * m * n }
              let (sample, isNew) = try entered(point, key, lookup) {
                try insertDone(statement, view, point, key, version, tag, y, jacobian)
              }
              if try isNew || insertKnown(sample, y, jacobian) { inserted += 1 }
            }
          }
        }
        return inserted
      }
    }
  }

  /// SQL of a new row that is done.
  var doneInsertion: String {
    Self.insertion(
      table,
      [
        "nj_version", "nj_tag", "nj_outputs", "nj_jacobian", "nj_worker", "nj_key", "nj_cell",
      ] + inputLayout.names + outputLayout.names, dialect, done: true)
  }

  private func insertDone(
    _ statement: any Statement, _ view: StudyView, _ point: UnsafePointer<Double>, _ key: PointKey,
    _ version: Int64, _ tag: String, _ y: UnsafePointer<Double>,
    _ jacobian: UnsafePointer<Double>?
  ) throws -> Int64? {
    statement.reset()
    statement.bind(version, at: 1)
    statement.bind(tag, at: 2)
    statement.bind(view.outputs.count, at: 3)
    if let jacobian {
      let count = view.outputLayout.count * view.inputLayout.count
      statement.bind(UnsafeRawBufferPointer(start: jacobian, count: 8 * count), at: 4)
    } else {
      statement.bindNull(at: 4)
    }
    statement.bind(worker, at: 5)
    bindKey(statement, point, key, at: 6)
    view.inputLayout.bind(point, to: statement, from: 8)
    view.outputLayout.bind(y, to: statement, from: 8 + view.inputLayout.names.count)
    return try statement.insert()
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
