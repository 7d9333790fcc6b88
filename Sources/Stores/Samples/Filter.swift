import Tensors

/// A condition on samples, as SQL with parameters.
struct Filter {
  private enum Piece {
    case sql(String)
    case value(SQLValue)
  }

  private var pieces: [Piece] = []
  /// Whether the text itself says which statuses it means.
  private(set) var namesStatus = false

  /// - Parameters:
  ///   - text: Nil for no conditions but the defaults.
  ///   - statuses: What holds where the text does not name a status; nil for all. The version is the current one where
  ///     the text does not name it.
  /// - Throws: `NetJacError` of kind `argument`.
  init(_ text: String?, of study: Study, statuses: [SampleState]?) throws {
    let terms = try FilterText(text ?? "").terms
    var namesVersion = false
    for term in terms {
      if !pieces.isEmpty { pieces.append(.sql(" AND ")) }
      if !term.isQuoted {
        namesStatus = namesStatus || term.name == "status"
        namesVersion = namesVersion || term.name == "version"
      }
      try add(term, study)
    }
    if !namesVersion {
      if !pieces.isEmpty { pieces.append(.sql(" AND ")) }
      try addVersions(["current"], .equal, study)
    }
    if !namesStatus, let statuses {
      pieces.append(.sql(" AND nj_status IN ("))
      addList(statuses.map { .text($0.rawValue) })
    }
  }

  /// The condition, whose parameters count from `first`.
  func condition(from first: Int) -> String {
    var parameter = first
    return pieces.map { piece in
      switch piece {
      case .sql(let sql): return sql
      case .value:
        defer { parameter += 1 }
        return "?\(parameter)"
      }
    }.joined()
  }

  var values: [SQLValue] {
    pieces.compactMap { if case .value(let value) = $0 { value } else { nil } }
  }

  func bind(to statement: any Statement, from first: Int) {
    for (index, value) in values.enumerated() { statement.bind(value, at: first + index) }
  }

  // MARK: - Terms

  private mutating func addList(_ values: [SQLValue]) {
    for (index, value) in values.enumerated() {
      if index > 0 { pieces.append(.sql(", ")) }
      pieces.append(.value(value))
    }
    pieces.append(.sql(")"))
  }

  private static let textColumns: Set = ["status", "tag", "worker", "error"]
  private static let timeColumns: Set = ["created", "started", "finished"]
  private static let numberColumns: Set = ["priority", "seconds"]

  private mutating func add(_ term: FilterText.Term, _ study: Study) throws {
    let name = term.name
    if !term.isQuoted {
      switch name {
      case "version": return try addVersions(term.values, term.operation, study)
      case "status": return try addStatus(term)
      case "sample", "attempts":
        let column = name == "sample" ? "sample" : "nj_attempts"
        return try compare(column, term) { Int64($0).map { .integer($0) } }
      case _ where Self.textColumns.contains(name):
        return try compare("coalesce(nj_\(name), '')", term, ordered: false) { .text($0) }
      case _ where Self.numberColumns.contains(name):
        return try compare("nj_\(name)", term) { Double($0).map { .number($0) } }
      case _ where Self.timeColumns.contains(name):
        guard term.operation != .equal, term.operation != .notEqual else {
          throw NetJacError(
            .argument,
            "the filter compares the time '\(name)' by \(term.operation.rawValue); use <, <=, > or >="
          )
        }
        return try compare("nj_\(name)", term) { wholeTime($0).map { .text($0) } }
      default: break
      }
    }
    let columns = (study.inputs + study.outputs).filter { !$0.isVector }.flatMap(\.columns)
    guard columns.contains(name) else {
      throw NetJacError(
        .argument,
        "the filter names '\(name)', which study '\(study.name)' does not have; it has status, version, "
          + "tag, worker, error, sample, attempts, priority, seconds, created, started, finished, "
          + columns.joined(separator: ", "))
    }
    try compare(quoted(name), term) { Double($0).map { .number($0) } }
  }

  private mutating func compare(
    _ column: String, _ term: FilterText.Term, ordered: Bool = true,
    _ value: (String) -> SQLValue?
  ) throws {
    let values = try term.values.map { text in
      guard let value = value(text) else {
        throw NetJacError(
          .argument,
          "the filter compares '\(term.name)' with '\(text)', which is no value of its kind")
      }
      return value
    }
    switch term.operation {
    case .equal, .notEqual:
      pieces.append(.sql("\(column) \(term.operation == .equal ? "IN" : "NOT IN") ("))
      addList(values)
    default:
      guard ordered, let value = values.first else {
        throw NetJacError(
          .argument,
          "the filter compares '\(term.name)' by \(term.operation.rawValue); it takes = and !=")
      }
      pieces.append(.sql("\(column) \(term.operation.sql) "))
      pieces.append(.value(value))
    }
  }

  private mutating func addStatus(_ term: FilterText.Term) throws {
    if term.operation == .equal, term.values == ["all"] {
      pieces.append(.sql("1 = 1"))
      return
    }
    try compare("nj_status", term, ordered: false) {
      SampleState(rawValue: $0) == nil ? nil : .text($0)
    }
  }

  private mutating func addVersions(
    _ labels: [String], _ operation: FilterText.Operator, _ study: Study
  ) throws {
    guard operation == .equal || operation == .notEqual else {
      throw NetJacError(
        .argument, "the filter compares 'version' by \(operation.rawValue); it takes = and !=")
    }
    if labels == ["all"], operation == .equal {
      pieces.append(.sql("1 = 1"))
      return
    }
    let numbers = try labels.map { label -> SQLValue in
      // No version has the number 0: without a current one nothing matches.
      if label == "current" { return .integer(try study.presentVersion()?.number ?? 0) }
      guard let version = try study.readVersion(label: label) else {
        throw NetJacError(
          .argument,
          "the filter names version '\(label)', which was not found in study '\(study.name)'",
          .notFound)
      }
      return .integer(version.number)
    }
    let column = study.dialect.unindexed("nj_version")
    pieces.append(.sql("\(column) \(operation == .equal ? "IN" : "NOT IN") ("))
    addList(numbers)
  }
}

/// A date, or a date and a time, of ISO 8601 in UTC, written as the store writes times; nil for other texts.
private func wholeTime(_ text: String) -> String? {
  let pattern = Array("0000-00-00T00:00:00.000000".utf8)
  var bytes = Array(text.utf8)
  if bytes.last == UInt8(ascii: "Z") { bytes.removeLast() }
  guard [10, 16, 19].contains(bytes.count) || (21...26).contains(bytes.count) else { return nil }
  let isTime = zip(bytes, pattern).allSatisfy { byte, wanted in
    wanted == UInt8(ascii: "0")
      ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      : byte == wanted || (wanted == UInt8(ascii: "T") && byte == UInt8(ascii: " "))
  }
  guard isTime else { return nil }
  if bytes.count > 10 { bytes[10] = UInt8(ascii: "T") }
  if bytes.count < 23 { bytes += pattern[bytes.count..<23] }
  return String(decoding: bytes, as: UTF8.self) + "Z"
}
