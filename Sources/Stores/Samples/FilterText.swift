import Tensors

/// The text of a filter, taken apart: conditions `NAME OPERATOR VALUE,VALUE…`, all of which must hold.
///
/// Values with spaces or commas stand in quotes, single or double; so does the name of a variable that is called like
/// one of the store's own columns.
struct FilterText {
  enum Operator: String, CaseIterable {
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case notEqual = "!="
    case equal = "="
    case less = "<"
    case greater = ">"

    /// How SQL writes it.
    var sql: String { self == .notEqual ? "<>" : rawValue }
  }

  struct Term {
    let name: String
    let isQuoted: Bool
    let operation: Operator
    let values: [String]
  }

  private(set) var terms: [Term] = []
  private var rest: Substring
  private let text: String

  /// - Throws: `NetJacError` of kind `argument`.
  init(_ text: String) throws {
    self.text = text
    rest = text[...]
    guard text.utf8.count <= 1 << 20 else {
      throw NetJacError(
        .argument, "the filter has \(text.utf8.count) bytes; at most 1048576 are read")
    }
    skipSpaces()
    while !rest.isEmpty {
      terms.append(try term())
      skipSpaces()
    }
  }

  private func refuse(_ what: String) -> NetJacError {
    NetJacError(
      .argument,
      "the filter '\(text)' \(what); a filter reads like: status=done version=current tag=a,b speed>=0.1"
    )
  }

  private mutating func skipSpaces() { rest = rest.drop(while: \.isWhitespace) }

  private mutating func term() throws -> Term {
    let isQuoted = rest.first == "\"" || rest.first == "'"
    let name = try isQuoted ? quotedText() : bare { "<>=!".contains($0) || $0.isWhitespace }
    guard !name.isEmpty else { throw refuse("has no name before '\(rest.prefix(10))'") }
    skipSpaces()
    guard let operation = Operator.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      throw refuse("has no =, !=, <, <=, > or >= after '\(name)'")
    }
    rest = rest.dropFirst(operation.rawValue.count)
    var values: [String] = []
    repeat {
      skipSpaces()
      let value =
        try rest.first == "\"" || rest.first == "'"
        ? quotedText() : bare { $0 == "," || $0.isWhitespace }
      values.append(value)
    } while takesComma()
    if values == [""] { throw refuse("has no value after '\(name)\(operation.rawValue)'") }
    if values.count > 1, operation != .equal, operation != .notEqual {
      throw refuse("compares '\(name)' by \(operation.rawValue) with \(values.count) values")
    }
    return Term(name: name, isQuoted: isQuoted, operation: operation, values: values)
  }

  private mutating func takesComma() -> Bool {
    guard rest.first == "," else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func bare(until isEnd: (Character) -> Bool) -> String {
    let found = rest.prefix { !isEnd($0) }
    rest = rest[found.endIndex...]
    return String(found)
  }

  private mutating func quotedText() throws -> String {
    let quote = rest.first
    let start = rest.dropFirst()
    guard let end = start.firstIndex(where: { $0 == quote }) else {
      throw refuse("has a quote that is not closed")
    }
    rest = start[end...].dropFirst()
    return String(start[..<end])
  }
}
