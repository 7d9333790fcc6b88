import Tensors

/// Where the answers of a look-up go; each array may be left out.
package struct FindResults {
  package var ids: UnsafeMutablePointer<Int64>?
  package var states: UnsafeMutablePointer<Int32>?
  package var y: UnsafeMutablePointer<Double>?
  package var jacobian: UnsafeMutablePointer<Double>?
  package var seconds: UnsafeMutablePointer<Double>?

  package init(
    ids: UnsafeMutablePointer<Int64>? = nil, states: UnsafeMutablePointer<Int32>? = nil,
    y: UnsafeMutablePointer<Double>? = nil, jacobian: UnsafeMutablePointer<Double>? = nil,
    seconds: UnsafeMutablePointer<Double>? = nil
  ) {
    (self.ids, self.states, self.y) = (ids, states, y)
    (self.jacobian, self.seconds) = (jacobian, seconds)
  }
}

extension Study {
  /// Canonical forms and keys of points, computed before any lock is taken.
  struct Points {
    let values: [Double]
    let keys: [PointKey]
    let size: Int

    func withPoint<Result>(_ index: Int, _ body: (UnsafePointer<Double>, PointKey) throws -> Result)
      rethrows -> Result
    {
      try values.withUnsafeBufferPointer { values in
        // A study without inputs has one point, of no numbers.
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { none in
          let base = values.baseAddress.map { $0 + index * size } ?? UnsafePointer(none.baseAddress)
          guard let base else { throw NetJacError(.defect, "no address for a point") }
          return try body(base, keys[index])
        }
      }
    }
  }

  func points(
    _ samples: Int, _ x: UnsafePointer<Double>, inBounds: (Int) -> Bool
  ) throws -> Points {
    let size = inputSize
    let (count, overflow) = samples.multipliedReportingOverflow(by: max(size, 1))
    guard !overflow, count < 1 << 40 else {
      throw NetJacError(
        .memory, "\(samples) points of \(size) inputs need more memory than there is")
    }
    var values = [Double](repeating: 0, count: count)
    var digests: [PointKey] = []
    digests.reserveCapacity(samples)
    let keys = self.keys
    try values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for sample in 0..<samples {
        let place = base + sample * size
        try keys.canonical(
          x + sample * size, into: place, sample: sample, inBounds: inBounds(sample))
        digests.append(keys.key(place))
      }
    }
    return Points(values: values, keys: digests, size: size)
  }

  /// Looks points up. `y` is NaN unless a point is done.
  package func find(_ samples: Int, _ x: UnsafePointer<Double>, _ results: FindResults) throws {
    let points = try points(samples, x) { _ in false }
    try store.operate {
      try database.transaction(.read) {
        try checkView()
        for index in 0..<samples { absent(index, results) }
        guard let version = try presentVersion() else { return }
        let wantsResults = results.y != nil
        let lookup = Lookup(
          self, version: version.number, others: wantsResults ? outputLayout.names : [],
          jacobian: results.jacobian != nil)
        let view = self.view
        try lookup.rows(points, Array(0..<samples)) {
          try take($1, $0, lookup, view, results)
        }
      }
    }
  }

  private func absent(_ index: Int, _ results: FindResults) {
    results.ids?[index] = 0
    results.states?[index] = 0
    results.seconds?[index] = .nan
    unknown(results.y, index, outputSize)
    unknown(results.jacobian, index, outputSize * inputSize)
  }

  private func unknown(_ array: UnsafeMutablePointer<Double>?, _ index: Int, _ width: Int) {
    if let array { (array + index * width).update(repeating: .nan, count: width) }
  }

  private func take(
    _ statement: any Statement, _ index: Int, _ lookup: Lookup, _ view: StudyView,
    _ results: FindResults
  ) throws {
    let outputSize = view.outputLayout.count
    guard let state = SampleState(rawValue: statement.text(1)) else {
      throw NetJacError(
        .store,
        "sample \(statement.integer(0)) of study '\(name)' has the status '\(statement.text(1))'")
    }
    results.ids?[index] = statement.integer(0)
    results.states?[index] = state.code
    results.seconds?[index] = statement.double(2)
    guard state == .done else {
      unknown(results.y, index, outputSize)
      return unknown(results.jacobian, index, outputSize * inputSize)
    }
    if let y = results.y {
      view.outputLayout.read(statement, from: lookup.othersAt, into: y + index * outputSize)
    }
    if let jacobian = results.jacobian {
      let width = outputSize * inputSize
      statement.read(3, into: jacobian + index * width, count: width)
    }
  }
}
