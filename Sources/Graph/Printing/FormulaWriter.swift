/// Writes values as formulas. A graph shares values where a formula repeats them, so what would be too
/// long to read is cut.
package struct FormulaWriter<Reference> {
  package enum Expression {
    /// Something that stands by itself: a name, or numbers. What begins with a sign binds as one.
    case leaf(String)
    case operation(Notation, [Reference?])
  }

  private let expression: (Reference) -> Expression

  package init(_ expression: @escaping (Reference) -> Expression) { self.expression = expression }

  /// The formula, down to the leaves, of about `length` characters at most.
  package func formula(_ reference: Reference, length: Int) -> String {
    term(reference, length, depth: 0).text
  }

  /// One operation, with its operands as `label` calls them.
  package func definition(
    _ reference: Reference, operands label: (Reference) -> String
  ) -> String {
    switch expression(reference) {
    case .leaf(let text): text
    case .operation(let notation, let operands):
      joined(notation, operands.map { Term($0.map(label) ?? "-") }).text
    }
  }

  private struct Term {
    let text: String
    let strength: Int

    init(_ text: String, strength: Int = .max) {
      self.text = text
      self.strength = strength
    }
  }

  private static var deepest: Int { 60 }
  private static var shortest: Int { 8 }

  private func term(_ reference: Reference, _ length: Int, depth: Int) -> Term {
    switch expression(reference) {
    case .leaf(let text):
      return text.hasPrefix("-")
        ? Term(text, strength: Notation.negative.strength ?? .max) : Term(text)
    case .operation(let notation, let operands):
      guard length >= Self.shortest, depth <= Self.deepest else { return Term("…") }
      var left = length - notation.length
      var terms: [Term] = []
      for (place, operand) in operands.enumerated() {
        // What the operands before did not use is there for the others.
        let share = left / (operands.count - place)
        terms.append(operand.map { term($0, share, depth: depth + 1) } ?? Term("-"))
        left -= terms[place].text.count
      }
      return joined(notation, terms)
    }
  }

  private func joined(_ notation: Notation, _ terms: [Term]) -> Term {
    if notation == .operand, let only = terms.first { return only }
    var text = ""
    for part in notation.parts {
      switch part {
      case .text(let literal): text += literal
      case .operand(let place):
        guard terms.indices.contains(place) else { continue }
        let term = terms[place]
        // To the left of its sign an operand that binds alike needs no parentheses.
        let needed = notation.strength.map { text.isEmpty ? $0 : $0 + 1 } ?? 0
        text += term.strength < needed ? "(\(term.text))" : term.text
      }
    }
    return Term(text, strength: notation.strength ?? .max)
  }
}

extension Notation {
  fileprivate var length: Int {
    parts.reduce(0) {
      if case .text(let literal) = $1 { $0 + literal.count } else { $0 }
    }
  }
}
