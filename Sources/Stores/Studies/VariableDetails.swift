import Tensors

/// The text that describes a variable, as in `unit=N m lower=0 upper=0.3 scale=log`.
///
/// A value reaches to the next key, so that units and descriptions may have spaces; in double quotes it may contain
/// anything, `\"` and `\\` standing for themselves.
package struct VariableDetails: Equatable {
  package static let keys = [
    "unit", "lower", "upper", "step", "tolerance", "scale", "default", "description",
  ]

  package private(set) var values: [String: String] = [:]

  /// - Throws: `NetJacError` of kind `argument`.
  package init(_ text: String) throws {
    var rest = text[...].drop(while: \.isWhitespace)
    while !rest.isEmpty {
      guard let key = Self.key(at: rest) else {
        throw NetJacError(
          .argument,
          "'\(rest)' in the details of a variable is none of "
            + Self.keys.map { "\($0)=" }.joined(separator: ", "))
      }
      guard values[key] == nil else {
        throw NetJacError(.argument, "the details of a variable give '\(key)' twice")
      }
      rest = rest.dropFirst(key.count + 1)
      values[key] = rest.first == "\"" ? try Self.quoted(&rest) : Self.plain(&rest)
      rest = rest.drop(while: \.isWhitespace)
    }
  }

  private static func key(at text: Substring) -> String? {
    keys.first { text.hasPrefix($0 + "=") }
  }

  private static func plain(_ rest: inout Substring) -> String {
    var end = rest.startIndex
    var lastEnd = end
    while end < rest.endIndex {
      if rest[end].isWhitespace {
        let next = rest[end...].drop(while: \.isWhitespace)
        if next.isEmpty || key(at: next) != nil { break }
        end = next.startIndex
      } else {
        end = rest.index(after: end)
        lastEnd = end
      }
    }
    defer { rest = rest[lastEnd...] }
    return String(rest[..<lastEnd])
  }

  private static func quoted(_ rest: inout Substring) throws -> String {
    var value = ""
    var isEscaped = false
    for index in rest.indices.dropFirst() {
      let character = rest[index]
      if isEscaped {
        value.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        rest = rest[rest.index(after: index)...]
        return value
      } else {
        value.append(character)
      }
    }
    throw NetJacError(.argument, "the details of a variable have a quote that is not closed")
  }

  /// The variable that these details describe.
  package func variable(_ role: Variable.Role, _ name: String, _ size: Int) throws -> Variable {
    var variable = Variable(role, name, size: size)
    variable.unit = values["unit"] ?? ""
    variable.description = values["description"] ?? ""
    variable.lower = try number("lower", name)
    variable.upper = try number("upper", name)
    variable.step = try number("step", name)
    variable.tolerance = try number("tolerance", name)
    if let scale = values["scale"] {
      guard let known = Variable.Scale(rawValue: scale) else {
        throw NetJacError(
          .argument, "variable '\(name)' cannot have scale '\(scale)'; it is linear or log")
      }
      variable.scale = known
    }
    return variable
  }

  /// The value that samples which are there already had.
  package func defaultValue(_ name: String) throws -> Double? { try number("default", name) }

  private func number(_ key: String, _ name: String) throws -> Double? {
    guard let text = values[key] else { return nil }
    guard let number = Double(text), number.isFinite else {
      throw NetJacError(.argument, "variable '\(name)': \(key) is '\(text)'; it must be a number")
    }
    return number
  }

  /// The text that describes a variable as declared.
  package static func text(_ variable: Variable) -> String {
    var parts: [String] = []
    if !variable.unit.isEmpty { parts.append("unit=\(protected(variable.unit))") }
    for (key, value) in [
      ("lower", variable.lower), ("upper", variable.upper), ("step", variable.step),
      ("tolerance", variable.tolerance),
    ] {
      if let value { parts.append("\(key)=\(value)") }
    }
    if variable.scale != .linear { parts.append("scale=\(variable.scale.rawValue)") }
    if !variable.description.isEmpty {
      parts.append("description=\(protected(variable.description))")
    }
    return parts.joined(separator: " ")
  }

  private static func protected(_ value: String) -> String {
    var rest = value[...]
    if value.first != "\"", value.first?.isWhitespace != true, plain(&rest) == value {
      return value
    }
    let escaped = value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return "\"\(escaped)\""
  }
}
