import Graph
import Tensors

extension GraphSession {
  /// The graph in one of the forms "text", "dot", "program" or "value N".
  package func text(_ format: String) throws -> String {
    switch format {
    case "text": return lines()
    case "dot": return graphviz()
    case "program": return programLines()
    default:
      let words = format.split(separator: " ")
      guard words.count == 2, words[0] == "value", let number = Int(words[1]) else {
        throw NetJacError(
          .argument,
          "the format is '\(format)'; it must be 'text', 'dot', 'program' or 'value N'")
      }
      _ = try entry(number)
      var writer = ExpressionWriter(self)
      return writer.expression(number)
    }
  }

  /// One line for each value.
  private func lines() -> String {
    entries.indices.map { number in
      "%\(number) = \(definition(number))  \(p.shape(entries[number].value))"
    }.joined(separator: "\n")
  }

  private func definition(_ number: Int) -> String {
    switch entries[number].origin {
    case .input: return "input \(label(number))"
    case .parameter: return "parameter \(label(number))"
    case .constant: return "constant \(p.node(entries[number].value).primitive.attributes)"
    case .result(let operation, let operands, let attributes, let place):
      let names = operands.map { $0.map(label) ?? "-" }.joined(separator: ", ")
      let rest = attributes.isEmpty ? "" : "; \(attributes)"
      return "\(operation)(\(names)\(rest))" + (place > 0 ? "[\(place)]" : "")
    case .gradient(let y, let x): return "gradient(\(label(y)), \(label(x)))"
    case .jvp(let y, let xs, let tangents):
      let pairs = zip(xs, tangents).map { "\(label($0)): \(label($1))" }
      return "jvp(\(label(y)); \(pairs.joined(separator: ", ")))"
    }
  }

  /// Everything that is computed, in primitives: derivatives are spelled out.
  private func programLines() -> String {
    let program = p.program(outputs: entries.map(\.value))
    return program.nodes.enumerated().map { index, node in
      let operands = node.operands.map { "v\($0.index)" }.joined(separator: ", ")
      let attributes = node.primitive.attributes
      return "v\(index) = \(node.primitive.name)(\(operands)"
        + (attributes.isEmpty ? "" : (operands.isEmpty ? "" : "; ") + attributes)
        + ")  \(node.type.shape)"
    }.joined(separator: "\n")
  }

  private func graphviz() -> String {
    var lines = ["digraph netjac {", "  rankdir=LR;", "  node [fontname=\"Helvetica\"];"]
    for (number, entry) in entries.enumerated() {
      let shape = p.shape(entry.value)
      let title: String
      var style = "shape=box, style=rounded"
      var operands: [Int] = []
      switch entry.origin {
      case .input:
        title = label(number)
        style = "shape=ellipse"
      case .parameter:
        title = label(number)
        style = "shape=ellipse, style=filled, fillcolor=lightgrey"
      case .constant:
        title = "constant"
        style = "shape=plaintext"
      case .result(let operation, let inputs, let attributes, _):
        title = attributes.isEmpty ? operation : "\(operation)\\n\(attributes)"
        operands = inputs.compactMap { $0 }
      case .gradient(let y, let x):
        title = "gradient"
        operands = [y, x]
      case .jvp(let y, let xs, let tangents):
        title = "jvp"
        operands = [y] + xs + tangents
      }
      lines.append("  v\(number) [label=\"\(escaped(title))\\n\(shape)\", \(style)];")
      for operand in operands { lines.append("  v\(operand) -> v\(number);") }
    }
    lines.append("}")
    return lines.joined(separator: "\n")
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { $0 += $1 == "\"" ? "\\\"" : String($1) }
  }
}

/// Writes values as formulas. A graph shares values where a formula repeats them, so it is cut where
/// it becomes too long to read.
private struct ExpressionWriter {
  private let session: GraphSession
  private var budget = 400
  /// What derivatives are made of, by the number under which the caller knows it.
  private let known: [Value: Int]

  init(_ session: GraphSession) {
    self.session = session
    known = Dictionary(
      session.entries.enumerated().compactMap { number, entry in
        switch entry.origin {
        case .gradient, .jvp: nil
        default: (entry.value, number)
        }
      }, uniquingKeysWith: { first, _ in first })
  }

  mutating func expression(_ number: Int) -> String { term(number).text }

  private typealias Term = (text: String, strength: Int)
  private static let atom = 10

  private mutating func term(_ number: Int) -> Term {
    let entry = session.entries[number]
    guard spend() else { return ("…", Self.atom) }
    switch entry.origin {
    case .input, .parameter: return (session.label(number), Self.atom)
    case .constant: return (session.p.node(entry.value).primitive.attributes, Self.atom)
    case .result(let operation, let operands, let attributes, _):
      let terms = operands.map { $0.map { term($0) } ?? ("-", Self.atom) }
      return Self.joined(operation, terms, attributes)
    case .gradient, .jvp: return term(entry.value)
    }
  }

  /// A value inside a derivative.
  private mutating func term(_ value: Value) -> Term {
    if let number = known[value] { return term(number) }
    guard spend() else { return ("…", Self.atom) }
    let node = session.p.node(value)
    let name = node.primitive.name
    if name == "constant" { return (node.primitive.attributes, Self.atom) }
    let terms = node.operands.map { term($0) }
    // Axes that are only repeated or renamed would hide the formula.
    if ["broadcast", "reshape"].contains(name) { return terms[0] }
    return Self.joined(name, terms, name == "dot" ? node.primitive.attributes : "")
  }

  private mutating func spend() -> Bool {
    budget -= 1
    return budget > 0
  }

  private static let infix: [String: (sign: String, strength: Int)] = [
    "Add": (" + ", 1), "Sub": (" - ", 1), "Mul": (" .* ", 2), "Div": (" ./ ", 2),
    "MatMul": (" * ", 2), "Pow": (" .^ ", 4),
    "add": (" + ", 1), "subtract": (" - ", 1), "multiply": (" .* ", 2), "divide": (" ./ ", 2),
    "power": (" .^ ", 4),
  ]

  private static func joined(_ operation: String, _ terms: [Term], _ attributes: String) -> Term {
    func enclosed(_ term: Term, above strength: Int) -> String {
      term.strength > strength ? term.text : "(\(term.text))"
    }
    if terms.count == 2, attributes.isEmpty, let sign = infix[operation] {
      return (
        enclosed(terms[0], above: sign.strength - 1) + sign.sign
          + enclosed(terms[1], above: sign.strength), sign.strength
      )
    }
    if terms.count == 1, ["Neg", "negate"].contains(operation) {
      return ("-" + enclosed(terms[0], above: 2), 2)
    }
    let rest = attributes.isEmpty ? "" : "; \(attributes)"
    let list = terms.map(\.text).joined(separator: ", ")
    return ("\(operation.lowercased())(\(list)\(rest))", atom)
  }
}
