import CSQLite
import Tensors

/// Where the rows of a running read go.
///
/// An aggregate function receives all columns of a row in one call, which costs half of what asking for each column
/// does.
final class SQLiteGathering {
  fileprivate let targets: [GatherRequest.Target]
  /// Rows seen so far by each part; all parts see the same rows.
  fileprivate var rows: [Int]
  fileprivate let most: Int

  fileprivate init(_ targets: [GatherRequest.Target], most: Int) {
    self.targets = targets
    self.most = most
    rows = Array(repeating: 0, count: targets.count)
  }

  /// One row of one part: the first value is the part's number.
  func step(_ count: Int, _ values: UnsafeMutablePointer<OpaquePointer?>) {
    let part = Int(sqlite3_value_int64(values[0]))
    guard targets.indices.contains(part), rows[part] < most else { return }
    let row = rows[part]
    rows[part] = row + 1
    switch targets[part] {
    case .nowhere:
      break
    case .integers(let place):
      place[row] = sqlite3_value_int64(values[1])
    case .numbers(let place, let stride):
      let place = place + row * stride
      for column in 1..<count {
        let value = values[column]
        place[column - 1] =
          sqlite3_value_type(value) == SQLITE_NULL ? .nan : sqlite3_value_double(value)
      }
    case .vector(let place, let stride, let size):
      let place = place + row * stride
      let bytes = sqlite3_value_blob(values[1])
      let found = bytes == nil ? 0 : min(Int(sqlite3_value_bytes(values[1])) / 8, size)
      if let bytes { UnsafeMutableRawPointer(place).copyMemory(from: bytes, byteCount: 8 * found) }
      for missing in found..<max(size, found) { place[missing] = .nan }
    }
  }
}

extension SQLiteConnection {
  /// Functions of SQLite take 127 arguments.
  private static let mostColumns = 120

  /// One chunk of rows; its range is one of samples, so that no row is looked at twice.
  package func gather(_ request: GatherRequest) throws -> GatherResult {
    guard let chunk = try request.nextChunk(in: self) else { return GatherResult() }
    let (first, last) = (chunk.lowerBound, chunk.upperBound)

    let parts = request.parts.flatMap(Self.short)
    let calls = parts.enumerated().map {
      "netjac_gather(\($0), \($1.columns.joined(separator: ", ")))"
    }
    let gathering = SQLiteGathering(parts.map(\.target), most: request.most)
    self.gathering = gathering
    defer { self.gathering = nil }
    let sql =
      "SELECT \(calls.joined(separator: ", ")) FROM \(request.table) NOT INDEXED "
      + "WHERE sample >= ?1 AND sample <= ?2 AND \(request.condition)"
    try run(sql) {
      $0.bind(first, at: 1)
      $0.bind(last, at: 2)
      for (index, value) in request.values.enumerated() { $0.bind(value, at: 3 + index) }
      try $0.finish()
    }
    return GatherResult(rows: gathering.rows.first ?? 0, reached: last == .max ? nil : last)
  }

  private static func short(_ part: GatherRequest.Part) -> [GatherRequest.Part] {
    guard case .numbers(let place, let stride) = part.target, part.columns.count > mostColumns
    else {
      return [part]
    }
    let starts = Array(Swift.stride(from: 0, to: part.columns.count, by: mostColumns))
    return starts.map { start in
      let columns = part.columns[start..<min(start + mostColumns, part.columns.count)]
      return GatherRequest.Part(Array(columns), .numbers(place + start, stride: stride))
    }
  }
}
