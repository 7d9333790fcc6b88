import Tensors

/// What can be told of a sample besides its inputs and outputs.
enum RecordField: String, CaseIterable {
  case sample, status, version, tag, priority, attempts, seconds, worker, created, started, finished
  case error

  var column: String {
    switch self {
    case .sample: "sample"
    case .version: "label"
    default: "nj_\(rawValue)"
    }
  }

  func text(_ row: any Statement, _ column: Int) -> String {
    guard !row.isNull(column) else { return "" }
    switch self {
    case .sample, .attempts: return "\(row.integer(column))"
    case .priority, .seconds: return "\(row.double(column))"
    default: return Self.inOneCell(row.text(column))
    }
  }

  private static func inOneCell(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
    let escapes: [Character: String] = [
      "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\r\n": "\\r\\n",
    ]
    return text.map { escapes[$0] ?? String($0) }.joined()
  }
}

extension Study {
  private static let mostRecords = 1000

  /// A line for each sample that matches, in the order of entry: fields separated by tabs.
  ///
  /// - Parameters:
  ///   - fields: Names of `RecordField`, separated by commas; nil for all.
  ///   - after: Only samples after this one.
  ///   - most: At most so many.
  /// - Throws: `NetJacError` of kind `argument` for a field that there is not.
  package func recordText(_ filter: String?, after: Int64, most: Int, fields: String?) throws
    -> String
  {
    let fields = try fields.map(Self.recordFields) ?? RecordField.allCases
    let filter = try store.operate { () -> Filter in
      try checkView()
      return try Filter(filter, of: self, statuses: [.done])
    }
    var text = ""
    var last = after
    var left = most
    while left > 0 {
      let wanted = min(left, Self.mostRecords)
      let found = try store.operate { try lines(filter, fields, after: &last, most: wanted, &text) }
      left -= found
      guard found == wanted else { break }
    }
    return text
  }

  private static func recordFields(_ text: String) throws -> [RecordField] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let field = RecordField(rawValue: name.filter { !$0.isWhitespace }) else {
        throw NetJacError(
          .argument,
          "'fields' names '\(name)'; it takes "
            + RecordField.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return field
    }
  }

  private func lines(
    _ filter: Filter, _ fields: [RecordField], after: inout Int64, most: Int, _ text: inout String
  ) throws -> Int {
    let columns = (["sample"] + fields.map(\.column)).joined(separator: ", ")
    var rows: [(sample: Int64, line: String)] = []
    // A version has columns whose names a variable may have, too.
    try database.run(
      "SELECT \(columns) FROM (SELECT sample, nj_version, nj_status, nj_tag, nj_priority, nj_attempts, "
        + "nj_seconds, nj_worker, nj_created, nj_started, nj_finished, nj_error FROM \(table) "
        + "WHERE sample > ?1 AND \(filter.condition(from: 3)) ORDER BY sample LIMIT ?2) AS f "
        + "JOIN \(dialect.table("netjac_version")) v ON v.version = nj_version"
    ) {
      $0.bind(after, at: 1)
      $0.bind(most, at: 2)
      filter.bind(to: $0, from: 3)
      while try $0.step() {
        let row = $0
        let cells = fields.enumerated().map { $1.text(row, $0 + 1) }
        rows.append((row.integer(0), cells.joined(separator: "\t")))
      }
    }
    // A join keeps no order.
    rows.sort { $0.sample < $1.sample }
    for row in rows { text += row.line + "\n" }
    after = rows.last?.sample ?? after
    return rows.count
  }
}
