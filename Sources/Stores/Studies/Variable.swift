import Tensors

/// An input or output of a study.
package struct Variable: Sendable, Equatable {
  package enum Role: String, CaseIterable, Sendable {
    case input
    case output
  }

  package enum Scale: String, CaseIterable, Sendable {
    case linear
    case log
  }

  package var role: Role
  package var name: String
  /// How many scalars; 0 if that varies from sample to sample.
  package var size: Int
  package var unit = ""
  package var description = ""
  package var lower: Double?
  package var upper: Double?
  package var step: Double?
  package var tolerance: Double?
  package var scale = Scale.linear

  package init(_ role: Role, _ name: String, size: Int = 1) {
    self.role = role
    self.name = name
    self.size = size
  }

  /// Vectors of more elements than this are one column of bytes.
  package static let mostColumns = 8
  /// Vectors longer than this could not be counted.
  package static let longest = 1 << 27
  /// Every scalar of an input has a name of its own in messages and bounds of its own.
  package static let longestInput = 1 << 16

  package var isVector: Bool { size == 0 || size > Self.mostColumns }

  /// The names of its columns.
  package var columns: [String] {
    size == 1 || isVector ? [name] : (1...size).map { "\(name)_\($0)" }
  }

  /// The names of its scalars.
  package var scalarNames: [String] {
    size == 1 ? [name] : size == 0 ? [] : (1...size).map { "\(name)_\($0)" }
  }

  /// - Throws: `NetJacError` of kind `argument` for what no study could have.
  package func check() throws {
    try checkName(name, of: role.rawValue)
    guard name.lowercased() != "sample", !name.lowercased().hasPrefix("nj_") else {
      throw NetJacError(
        .argument,
        "\(role.rawValue) '\(name)' has a name of the store's own; 'sample' and names that start with "
          + "'nj_' are not free")
    }
    guard role == .input ? 1...Self.longestInput ~= size : 0...Self.longest ~= size else {
      throw NetJacError(
        .argument,
        "\(role.rawValue) '\(name)' has size \(size); an input has 1 to \(Self.longestInput) elements, an "
          + "output 1 to \(Self.longest), or 0, which means that it varies")
    }
    try checkNumbers()
  }

  private func checkNumbers() throws {
    func refuse(_ what: String) -> NetJacError {
      NetJacError(.argument, "\(role.rawValue) '\(name)': \(what)")
    }
    for (key, value) in [
      ("lower", lower), ("upper", upper), ("step", step), ("tolerance", tolerance),
    ] {
      if let value, !value.isFinite { throw refuse("\(key) is \(value); it must be a number") }
    }
    if let lower, let upper, !(lower < upper) {
      throw refuse("lower is \(lower) and upper is \(upper); lower must be below upper")
    }
    if let step, !(step > 0) { throw refuse("step is \(step); it must be above 0") }
    if let tolerance, !(tolerance >= 0) {
      throw refuse("tolerance is \(tolerance); it must be 0 or more")
    }
    if scale == .log, let lower, !(lower > 0) {
      throw refuse("lower is \(lower); on a logarithmic scale it must be above 0")
    }
    if scale == .log, let upper, !(upper > 0) {
      throw refuse("upper is \(upper); on a logarithmic scale it must be above 0")
    }
  }

  /// What differs from another declaration of the same variable, for a message.
  func differences(from other: Variable) -> [String] {
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "none" }
    let pairs = [
      ("role", role.rawValue, other.role.rawValue), ("name", name, other.name),
      ("size", "\(size)", "\(other.size)"), ("unit", unit, other.unit),
      ("lower", number(lower), number(other.lower)), ("upper", number(upper), number(other.upper)),
      ("step", number(step), number(other.step)),
      ("tolerance", number(tolerance), number(other.tolerance)),
      ("scale", scale.rawValue, other.scale.rawValue),
      ("description", description, other.description),
    ]
    return pairs.filter { $1 != $2 }.map { "\($0) is '\($1)' in the store and '\($2)' here" }
  }
}

/// A name of a study or a variable: what every database takes and nobody has to escape.
///
/// - Throws: `NetJacError` of kind `argument`.
package func checkName(_ name: String, of kind: String) throws {
  let isPlain = name.utf8.allSatisfy {
    switch $0 {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
  guard isPlain, 1...63 ~= name.utf8.count else {
    throw NetJacError(
      .argument,
      "the \(kind)'s name '\(name)' cannot be used; names have 1 to 63 letters a-z, A-Z, digits and _"
    )
  }
}
