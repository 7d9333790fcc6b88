/// How an operation is written in a formula: a text in which `#1`, `#2`, … stand for its operands, as in
/// `#1 + #2` or `sum(#1, 2)`, and `##` for a `#`.
package struct Notation: Sendable, Equatable {
  package enum Part: Sendable, Equatable {
    case text(String)
    /// An operand, counted from 0.
    case operand(Int)
  }

  package let parts: [Part]
  /// How tightly it binds; nil if nothing outside can tear it apart and its operands stand by themselves, as
  /// those of a function do.
  package let strength: Int?

  package init(_ text: String, strength: Int? = nil) {
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let sign = rest.popFirst() {
      let digits = sign == "#" ? rest.prefix { $0.isASCII && $0.isNumber } : ""
      if let number = Int(digits), number > 0 {
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.operand(number - 1))
        rest = rest.dropFirst(digits.count)
      } else {
        literal.append(sign)
        if sign == "#", rest.first == "#" { rest.removeFirst() }
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.parts = parts
    self.strength = strength
  }

  private init(parts: [Part], strength: Int?) {
    self.parts = parts
    self.strength = strength
  }

  /// A function of all its operands, with attributes after a semicolon.
  package static func function(_ name: String, operands: Int, attributes: String = "") -> Notation {
    var parts: [Part] = [.text(name + "(")]
    for place in 0..<operands {
      if place > 0 { parts.append(.text(", ")) }
      parts.append(.operand(place))
    }
    let rest = attributes.isEmpty ? "" : (operands == 0 ? attributes : "; " + attributes)
    return Notation(parts: parts + [.text(rest + ")")], strength: nil)
  }

  // The signs of MATLAB and Octave, with their order of precedence.
  package static let sum = Notation("#1 + #2", strength: 3)
  package static let difference = Notation("#1 - #2", strength: 3)
  package static let product = Notation("#1 .* #2", strength: 4)
  package static let quotient = Notation("#1 ./ #2", strength: 4)
  package static let matrixProduct = Notation("#1 * #2", strength: 4)
  package static let negative = Notation("-#1", strength: 5)
  package static let power = Notation("#1 .^ #2", strength: 7)
  /// The operand alone: where only axes are repeated or renamed, all else would hide the formula.
  package static let operand = Notation("#1")

  /// What is left without operands, as the name of a node in a drawing: `+`, `sum(2)`, `tanh`.
  package var title: String {
    let text = parts.reduce(into: "") { text, part in
      if case .text(let literal) = part {
        text += text.hasSuffix("(") && literal == ", " ? "" : literal
      }
    }
    var title = text.trimmingSpaces
    for (pair, kept) in [("(, ", "("), (", )", ")"), ("()", "")] where title.count > pair.count {
      if let range = title.firstRange(of: pair) { title.replaceSubrange(range, with: kept) }
    }
    return title
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
