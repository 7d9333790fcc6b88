/// A selection of rows that goes straight into arrays.
package struct GatherRequest {
  /// Where a column, or several neighbours, go.
  package enum Target {
    case integers(UnsafeMutablePointer<Int64>)
    /// Numbers of one row stand `stride` apart from those of the next.
    case numbers(UnsafeMutablePointer<Double>, stride: Int)
    /// One column of float64 bytes, `count` numbers of it; what the column lacks becomes NaN.
    case vector(UnsafeMutablePointer<Double>, stride: Int, count: Int)
    /// Rows are counted only.
    case nowhere
  }

  package struct Part {
    package let columns: [String]
    package let target: Target

    package init(_ columns: [String], _ target: Target) {
      self.columns = columns
      self.target = target
    }
  }

  package let table: String
  package let parts: [Part]
  /// SQL with parameters from ?3 on; the engine limits `sample` by ?1 and ?2.
  package let condition: String
  package let values: [SQLValue]
  /// Only samples after this one.
  package let after: Int64
  package let most: Int

  /// A writer waits no longer than reading this many rows takes.
  private static let chunk: Int64 = 100_000

  /// The samples of the next chunk, from the first that there is; nil at the end of the table.
  func nextChunk(in database: some Database) throws -> ClosedRange<Int64>? {
    let first = try database.run("SELECT min(sample) FROM \(table) WHERE sample > ?1") {
      $0.bind(after, at: 1)
      return try $0.step() && !$0.isNull(0) ? $0.integer(0) : nil
    }
    guard let first else { return nil }
    let (end, overflow) = first.addingReportingOverflow(GatherRequest.chunk - 1)
    return first...(overflow ? .max : end)
  }
}

/// What one chunk of a gathering read.
package struct GatherResult {
  package var rows = 0
  /// The last sample that was looked at; nil at the end of the table.
  package var reached: Int64?
}
