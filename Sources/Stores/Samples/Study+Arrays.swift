import Tensors

/// Outputs whose length varies from sample to sample, such as time series.
extension Study {
  private func array(_ output: String) throws -> Variable {
    guard let variable = outputs.first(where: { $0.name == output }) else {
      throw NetJacError(
        .argument,
        "output '\(output)' was not found in study '\(name)'; it has "
          + (outputs.isEmpty ? "none" : outputs.map { "'\($0.name)'" }.joined(separator: ", ")),
        .notFound)
    }
    guard variable.isVector else {
      throw NetJacError(
        .argument,
        "output '\(output)' has size \(variable.size), which goes with y; arrays are outputs of size 0 or "
          + "above \(Variable.mostColumns)")
    }
    return variable
  }

  /// Stores an array of a sample, whatever its state.
  ///
  /// - Throws: `NetJacError` of kind `store` if the database does not take it; it is in the spool then.
  package func putArray(_ sample: Int64, _ output: String, _ values: UnsafeBufferPointer<Double>)
    throws
  {
    try store.requireWriting("storing an array")
    let variable = try array(output)
    guard variable.size == 0 || variable.size == values.count else {
      throw NetJacError(
        .argument,
        "output '\(output)' has \(variable.size) elements; the array has \(values.count)")
    }
    try offer(
      for: store.options.retry,
      keeping: {
        [
          Spool.Entry(
            worker: worker, outputs: outputs.count,
            content: .array(sample: sample, output: output, values: Array(values)))
        ]
      }, { try putArrayNow(sample, output, values) })
  }

  func putArrayNow(_ sample: Int64, _ output: String, _ values: UnsafeBufferPointer<Double>) throws
  {
    _ = try array(output)
    try database.transaction(.write) {
      try checkView()
      let found = try database.run(
        "UPDATE \(table) SET \(quoted(output)) = ?1 WHERE sample = ?2 RETURNING sample"
      ) {
        $0.bind(numbers: values, at: 1)
        $0.bind(sample, at: 2)
        let found = try $0.step()
        try $0.finish()
        return found
      }
      guard found else { throw notFound(sample) }
    }
  }

  /// An array of a sample; empty if it has none.
  package func getArray(_ sample: Int64, _ output: String) throws -> [Double] {
    _ = try array(output)
    return try store.operate {
      try database.run("SELECT \(quoted(output)) FROM \(table) WHERE sample = ?1") {
        $0.bind(sample, at: 1)
        guard try $0.step() else { throw notFound(sample) }
        return $0.numbers(0)
      }
    }
  }
}
