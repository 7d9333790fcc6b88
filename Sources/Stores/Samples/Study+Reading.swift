import Tensors

extension Study {
  /// How many samples match; without a filter those of the current version that are done.
  package func count(_ text: String?) throws -> Int64 {
    try store.operate {
      try database.transaction(.read) {
        try checkView()
        let filter = try Filter(text, of: self, statuses: [.done])
        return try database.run(
          "SELECT count(*) FROM \(table)\(dialect.notIndexed) WHERE \(filter.condition(from: 1))"
        ) {
          filter.bind(to: $0, from: 1)
          return try $0.step() ? $0.integer(0) : 0
        }
      }
    }
  }

  /// Reads samples in the order of entry, after one, straight into arrays; each may be left out. Returns how many.
  ///
  /// Rows that lack an output are skipped when outputs are wanted.
  package func read(
    _ text: String?, after: Int64, most: Int, ids: UnsafeMutablePointer<Int64>?,
    x: UnsafeMutablePointer<Double>?, y: UnsafeMutablePointer<Double>?,
    jacobian: UnsafeMutablePointer<Double>?
  ) throws -> Int {
    let filter = try store.operate { () -> Filter in
      try checkView()
      return try Filter(text, of: self, statuses: [.done])
    }
    var condition = filter.condition(from: 3)
    if y != nil { condition += " AND \(completeness)" }
    var count = 0
    var after = after
    while count < most {
      let request = GatherRequest(
        table: table, parts: parts(count, ids, x, y, jacobian), condition: condition,
        values: filter.values, after: after, most: most - count)
      let result = try store.operate { () -> GatherResult in
        try checkView()
        return try database.gather(request)
      }
      count += result.rows
      guard let reached = result.reached else { break }
      after = reached
    }
    return count
  }

  /// A row that is done has all outputs; others have none yet.
  var completeness: String { "(nj_status <> 'done' OR nj_outputs >= \(outputs.count))" }

  private func parts(
    _ done: Int, _ ids: UnsafeMutablePointer<Int64>?, _ x: UnsafeMutablePointer<Double>?,
    _ y: UnsafeMutablePointer<Double>?, _ jacobian: UnsafeMutablePointer<Double>?
  ) -> [GatherRequest.Part] {
    var parts: [GatherRequest.Part] = []
    if let ids { parts.append(.init(["sample"], .integers(ids + done))) }
    if let x { parts += inputLayout.parts(into: x + done * inputSize) }
    if let y { parts += outputLayout.parts(into: y + done * outputSize) }
    if let jacobian, inputSize * outputSize > 0 {
      let width = inputSize * outputSize
      parts.append(
        .init(["nj_jacobian"], .vector(jacobian + done * width, stride: width, count: width)))
    }
    // Without any array rows are only counted.
    return parts.isEmpty ? [.init(["sample"], .nowhere)] : parts
  }
}
