import CPostgres
import Tensors

/// The parameters of many executions, each as an array for `unnest`, so that a statement goes to the server once for all.
struct PostgresBatch {
  /// The values of one parameter.
  private enum Column {
    case nothing
    /// Elements of an array.
    case elements(PostgresType, hasNull: Bool)
    /// Vectors of one length, one after the other: `unnest` would take them apart.
    case vectors(width: Int)
  }

  private var columns: [Column] = []
  private var values: [PostgresBytes] = []
  private(set) var count = 0

  private static let most = 10_000
  private static let mostBytes = 1 << 25
  private static let alias = "netjac_batch"

  /// Adds a row; false if it does not fit and the batch must be run first.
  mutating func append(_ row: [PostgresValue]) -> Bool {
    if count == 0 {
      columns = Array(repeating: .nothing, count: row.count)
      values = Array(repeating: PostgresBytes(), count: row.count)
    }
    guard count < Self.most,
      values.reduce(0, { $0 + $1.bytes.count }) < Self.mostBytes || count == 0,
      row.count == columns.count, zip(columns, row).allSatisfy({ fits($0, $1) })
    else { return false }
    for (index, value) in row.enumerated() { append(value, index) }
    count += 1
    return true
  }

  private func fits(_ column: Column, _ value: PostgresValue) -> Bool {
    switch (column, value) {
    case (.nothing, .vector): count == 0
    case (.nothing, _), (.elements, .null): true
    case (.vectors(let width), .vector(let numbers)): numbers.count == width
    case (.vectors, _), (.elements, .vector): false
    case (.elements(let type, _), _): type == value.elementType
    }
  }

  private mutating func append(_ value: PostgresValue, _ index: Int) {
    switch (columns[index], value) {
    case (.nothing, .null): break
    case (.nothing, .vector(let numbers)): columns[index] = .vectors(width: numbers.count)
    case (.nothing, _):
      columns[index] = .elements(value.elementType, hasNull: count > 0)
      for _ in 0..<count { values[index].appendElement(.null) }
    case (.elements(let type, _), .null): columns[index] = .elements(type, hasNull: true)
    default: break
    }
    switch (columns[index], value) {
    case (.vectors, .vector(let numbers)):
      for number in numbers { values[index].appendElement(number) }
    case (.elements, _): values[index].appendElement(value)
    default: break
    }
  }

  /// What stands for each parameter in a statement, and where the rows come from.
  var sources: (expressions: [String], from: String) {
    var expressions: [String] = []
    var arrays: [String] = []
    var names: [String] = []
    var parameter = 0
    for column in columns {
      switch column {
      case .nothing: expressions.append("NULL")
      case .elements(let type, _):
        parameter += 1
        arrays.append("$\(parameter)::\(Self.name(type))[]")
        names.append("b\(parameter)")
        expressions.append("\(Self.alias).b\(parameter)")
      case .vectors(let width):
        parameter += 1
        let end = "\(Self.alias).place::int * \(width)"
        expressions.append("($\(parameter)::float8[])[\(end) - \(width - 1) : \(end)]")
      }
    }
    let from =
      "unnest(\(arrays.joined(separator: ", "))) WITH ORDINALITY AS "
      + "\(Self.alias)(\((names + ["place"]).joined(separator: ", ")))"
    return (expressions, from)
  }

  private static func name(_ type: PostgresType) -> String {
    switch type {
    case .number: "float8"
    case .bigint: "bigint"
    case .uuid: "uuid"
    default: "text"
    }
  }

  /// The arrays, in binary form, with their types.
  var parameters: [PostgresValue] {
    zip(columns, values).compactMap { column, value in
      var array = PostgresBytes()
      switch column {
      case .nothing: return nil
      case .elements(let type, let hasNull):
        array.appendArrayStart(of: type, count, hasNull: hasNull)
        array.bytes += value.bytes
        return .array(type, array.bytes)
      case .vectors(let width):
        array.appendArrayStart(of: .number, count * width, hasNull: false)
        array.bytes += value.bytes
        return .array(.number, array.bytes)
      }
    }
  }

  /// A statement with what stands for its parameters in their place.
  static func substituted(_ sql: String, _ expressions: [String]) -> String {
    var text = ""
    var rest = sql[...]
    while let mark = rest.firstIndex(of: "?") {
      text += rest[..<mark]
      let digits = rest[rest.index(after: mark)...].prefix(while: \.isNumber)
      if let number = Int(digits), expressions.indices.contains(number - 1) {
        text += expressions[number - 1]
      } else {
        text += "?" + digits
      }
      rest = rest[digits.endIndex...]
    }
    return text + rest
  }
}

extension PostgresConnection {
  package func insert(
    _ insertion: Insertion, _ count: Int, bind: (any Parameters, Int) throws -> Void,
    made: (Int, Int64?) throws -> Void
  ) throws {
    let keyParameter = insertion.columns.firstIndex(of: "nj_key")
    if count == 1 {
      let sample = try run("\(insertion.sql) RETURNING sample") {
        try bind($0, 0)
        return try $0.step() ? $0.integer(0) : nil
      }
      return try made(0, sample)
    }
    var keys: [PointKey] = []
    try inBatches(count, bind: bind) { row in
      if let keyParameter, case .key(let key) = row[keyParameter] { keys.append(key) }
    } run: { batch, first in
      let (expressions, from) = batch.sources
      let computed = insertion.computed.map { PostgresBatch.substituted($0.sql, expressions) }
      let values = (Array(expressions.prefix(insertion.columns.count)) + computed)
        .joined(separator: ", ")
      let rows = try query(
        "\(insertion.target) SELECT \(values) FROM \(from) \(Insertion.unlessThere) "
          + "RETURNING nj_key, sample", batch.parameters)
      var samples: [PointKey: Int64] = [:]
      for row in 0..<rows.rows {
        if let key = PointKey(rows.field(row, 0).bytes) { samples[key] = rows.integer(row, 1) }
      }
      // Of points that were given twice the first one is new.
      for (index, key) in keys.enumerated() {
        try made(first + index, samples.removeValue(forKey: key))
      }
      keys.removeAll(keepingCapacity: true)
    }
  }

  package func find(
    _ sql: String, _ count: Int, width: Int, bind: (any Parameters, Int) throws -> Void,
    row: (any Statement, Int) throws -> Void
  ) throws {
    if count == 1 {
      return try run(sql) {
        try bind($0, 0)
        while try $0.step() { try row($0, 0) }
      }
    }
    try inBatches(count, most: max(1, (1 << 22) / max(width, 1)), bind: bind) { _ in
    } run: { batch, first in
      let (expressions, from) = batch.sources
      // Without the OFFSET the planner might join with all rows of the table instead of asking an index for each.
      let statement = PostgresStatement(
        "SELECT netjac_batch.place, netjac_found.* FROM \(from) CROSS JOIN LATERAL "
          + "(\(PostgresBatch.substituted(sql, expressions)) OFFSET 0) AS netjac_found",
        of: self, values: batch.parameters, hiding: 1)
      while try statement.step() { try row(statement, first + Int(statement.hidden) - 1) }
    }
  }

  /// Collects parameters into batches and runs each.
  private func inBatches(
    _ count: Int, most: Int = .max, bind: (any Parameters, Int) throws -> Void,
    note: ([PostgresValue]) -> Void,
    run: (PostgresBatch, Int) throws -> Void
  ) throws {
    var batch = PostgresBatch()
    let row = PostgresParameters()
    for index in 0..<count {
      row.forget()
      try bind(row, index)
      if batch.count >= most || !batch.append(row.values) {
        try run(batch, index - batch.count)
        batch = PostgresBatch()
        guard batch.append(row.values) else {
          throw NetJacError(.defect, "a row that no batch takes")
        }
      }
      note(row.values)
    }
    if batch.count > 0 { try run(batch, count - batch.count) }
  }
}
