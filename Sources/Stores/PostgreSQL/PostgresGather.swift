import Tensors

extension PostgresConnection {
  /// One chunk of rows, as COPY sends them: without a detour through a table of values in memory.
  package func gather(_ request: GatherRequest) throws -> GatherResult {
    guard let chunk = try request.nextChunk(in: self) else { return GatherResult() }
    let (first, last) = (chunk.lowerBound, chunk.upperBound)

    let condition = PostgresBatch.substituted(
      request.condition, ["", ""] + request.values.map(Self.literal))
    let columns = request.parts.flatMap(\.columns)
    var reader = PostgresRowReader(request.parts, most: request.most)
    let rows =
      "SELECT \(columns.joined(separator: ", ")) FROM \(request.table) "
      + "WHERE sample >= \(first) AND sample <= \(last) AND \(condition) ORDER BY sample "
      + "LIMIT \(request.most)"
    if plans != nil { _ = try query(rows, []) }
    let start = { reader = PostgresRowReader(request.parts, most: request.most) }
    try copyPersistently("COPY (\(rows)) TO STDOUT (FORMAT binary)", from: start) {
      try reader.take($0)
    }
    return GatherResult(rows: reader.rows, reached: last == .max ? nil : last)
  }

  /// COPY takes no parameters.
  static func literal(_ value: SQLValue) -> String {
    switch value {
    case .integer(let integer): "(\(integer))::bigint"
    case .number(let number): "'\(number)'::float8"
    case .text(let text): "E'\(escaped(text))'"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : String($1) }
  }
}

/// Takes the pieces of a COPY in binary form apart, one row in each (PostgreSQL's manual, COPY, "Binary Format").
private struct PostgresRowReader {
  private let parts: [GatherRequest.Part]
  private let most: Int
  private(set) var rows = 0
  private var isFirst = true
  /// The signature, flags, and the length of an extension that there is none of.
  private static let headerSize = 19

  init(_ parts: [GatherRequest.Part], most: Int) {
    self.parts = parts
    self.most = most
  }

  mutating func take(_ piece: UnsafeRawBufferPointer) throws {
    var offset = 0
    if isFirst {
      isFirst = false
      let more = PostgresField(bytes: piece).integer(15, Int32.self)
      offset = Self.headerSize + max(0, Int(more))
    }
    // The first row comes with the header or after it.
    guard offset + 2 <= piece.count else { return }
    let count = PostgresField(bytes: piece).integer(offset, Int16.self)
    guard count >= 0, rows < most else { return }
    offset += 2
    for part in parts {
      switch part.target {
      case .nowhere:
        for _ in part.columns { _ = Self.field(piece, &offset) }
      case .integers(let place):
        place[rows] = Self.field(piece, &offset)?.integer() ?? 0
      case .numbers(let place, let stride):
        let place = place + rows * stride
        for column in part.columns.indices {
          place[column] = Self.field(piece, &offset)?.number() ?? .nan
        }
      case .vector(let place, let stride, let size):
        let place = place + rows * stride
        if let field = Self.field(piece, &offset) {
          field.read(into: place, count: size)
        } else {
          place.update(repeating: .nan, count: size)
        }
      }
    }
    rows += 1
  }

  @inline(__always)
  private static func field(_ piece: UnsafeRawBufferPointer, _ offset: inout Int) -> PostgresField?
  {
    let length = Int(PostgresField(bytes: piece).integer(offset, Int32.self))
    offset += 4
    guard length >= 0, offset + length <= piece.count else { return nil }
    defer { offset += length }
    return PostgresField(bytes: UnsafeRawBufferPointer(rebasing: piece[offset..<offset + length]))
  }
}
