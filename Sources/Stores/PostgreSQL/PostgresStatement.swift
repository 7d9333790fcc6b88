import CPostgres
import Tensors

/// The parameters of one execution.
class PostgresParameters: Parameters {
  fileprivate(set) var values: [PostgresValue] = []

  private func set(_ value: PostgresValue, _ parameter: Int) {
    while values.count < parameter { values.append(.null) }
    if parameter > 0 { values[parameter - 1] = value }
  }

  func bind(_ value: Double, at parameter: Int) { set(.number(value), parameter) }
  func bind(_ value: Int64, at parameter: Int) { set(.integer(value), parameter) }
  func bind(_ value: String, at parameter: Int) { set(.text(value), parameter) }
  func bind(_ key: PointKey, at parameter: Int) { set(.key(key), parameter) }
  func bindNull(at parameter: Int) { set(.null, parameter) }
  func bind(numbers: UnsafeBufferPointer<Double>, at parameter: Int) {
    set(.vector(Array(numbers)), parameter)
  }

  func forget() { values.removeAll(keepingCapacity: true) }
}

/// A statement and the rows that it gave, which all come at once.
///
/// Nothing is prepared on the server: a statement outside of a transaction may meet another server process each time,
/// behind a pooler.
final class PostgresStatement: PostgresParameters, Statement {
  private let sql: String
  private unowned let connection: PostgresConnection
  private var result: PostgresResult?
  private var row = -1
  /// The first columns, which only the engine itself sees.
  private let hiddenColumns: Int

  init(
    _ sql: String, of connection: PostgresConnection, values: [PostgresValue] = [], hiding: Int = 0
  ) {
    self.sql = sql
    self.connection = connection
    hiddenColumns = hiding
    super.init()
    self.values = values
  }

  /// What the first hidden column has.
  var hidden: Int64 { result?.integer(row, 0) ?? 0 }

  func step() throws -> Bool {
    let result = try self.result ?? connection.query(sql, values)
    self.result = result
    guard row + 1 < result.rows else { return false }
    row += 1
    return true
  }

  func reset() {
    result = nil
    row = -1
  }

  func isNull(_ column: Int) -> Bool { result?.isNull(row, hiddenColumns + column) ?? true }
  func double(_ column: Int) -> Double { result?.double(row, hiddenColumns + column) ?? .nan }
  func integer(_ column: Int) -> Int64 { result?.integer(row, hiddenColumns + column) ?? 0 }
  func text(_ column: Int) -> String { result?.text(row, hiddenColumns + column) ?? "" }

  func key(_ column: Int) -> PointKey? {
    result.flatMap {
      $0.isNull(row, hiddenColumns + column)
        ? nil : PointKey($0.field(row, hiddenColumns + column).bytes)
    }
  }

  func numbers(_ column: Int) -> [Double] {
    guard let result, !result.isNull(row, hiddenColumns + column) else { return [] }
    let field = result.field(row, hiddenColumns + column)
    let count = field.elementCount
    return [Double](unsafeUninitializedCapacity: count) { numbers, initialised in
      if let base = numbers.baseAddress { field.read(into: base, count: count) }
      initialised = count
    }
  }

  func read(_ column: Int, into numbers: UnsafeMutablePointer<Double>, count: Int) {
    if let result, !result.isNull(row, hiddenColumns + column) {
      result.field(row, hiddenColumns + column).read(into: numbers, count: count)
    } else {
      numbers.update(repeating: .nan, count: count)
    }
  }
}

/// Rows in binary form, freed with this object.
final class PostgresResult {
  private let handle: OpaquePointer
  private let pq: netjac_postgres
  let rows: Int
  private let types: [PostgresType]

  /// - Throws: `NetJacError` of kind `store` for columns of types that NetJac never made.
  init(_ handle: OpaquePointer, _ pq: netjac_postgres, _ place: String) throws {
    self.handle = handle
    self.pq = pq
    rows = Int(pq.row_count(handle))
    var unknown: String?
    types = (0..<pq.column_count(handle)).map { column in
      let type = PostgresType(rawValue: pq.column_type(handle, column))
      if type == nil { unknown = pq.column_name(handle, column).map { String(cString: $0) } ?? "?" }
      return type ?? .text
    }
    // From here on `deinit` frees the rows.
    if let unknown {
      throw NetJacError(
        .store,
        "the tables of '\(place)' are not those that NetJac made: column '\(unknown)' has another type"
      )
    }
  }

  deinit { pq.clear(handle) }

  func isNull(_ row: Int, _ column: Int) -> Bool {
    pq.is_null(handle, Int32(row), Int32(column)) != 0
  }

  func field(_ row: Int, _ column: Int) -> PostgresField {
    let length = Int(pq.length(handle, Int32(row), Int32(column)))
    let bytes = pq.value(handle, Int32(row), Int32(column))
    return PostgresField(
      bytes: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length))
  }

  func double(_ row: Int, _ column: Int) -> Double {
    guard !isNull(row, column) else { return .nan }
    let field = field(row, column)
    switch types[column] {
    case .number: return field.number()
    case .real: return Double(Float(bitPattern: field.integer()))
    default: return Double(integer(row, column))
    }
  }

  func integer(_ row: Int, _ column: Int) -> Int64 {
    guard !isNull(row, column) else { return 0 }
    let field = field(row, column)
    switch types[column] {
    case .bigint: return field.integer(0, Int64.self)
    case .integer: return Int64(field.integer(0, Int32.self))
    case .oid: return Int64(field.integer(0, UInt32.self))
    case .smallint: return Int64(field.integer(0, Int16.self))
    case .boolean: return Int64(field.integer(0, UInt8.self))
    case .number: return Int64(exactly: field.number().rounded()) ?? 0
    default: return 0
    }
  }

  func text(_ row: Int, _ column: Int) -> String {
    guard !isNull(row, column) else { return "" }
    let field = field(row, column)
    switch types[column] {
    case .time: return timeText(postgresEpoch + Double(field.integer(0, Int64.self)) * 1e-6)
    case .number, .real: return "\(double(row, column))"
    case .bigint, .integer, .smallint, .oid, .boolean: return "\(integer(row, column))"
    // The first byte is the number of the form.
    case .json: return String(decoding: field.bytes.dropFirst(), as: UTF8.self)
    default: return String(decoding: field.bytes, as: UTF8.self)
    }
  }
}
