import Graph
import Tensors

/// How a host language shows a value, where that is not as the operator says.
struct Display: Sendable {
  /// nil: as the operator says.
  let notation: Notation?
  let operands: [Int]
  /// What stands for the shape; nil: the shape.
  let size: String?
}

/// A line about one value, or one node of the program, in each of the forms.
private struct Row {
  enum Kind: String {
    case input, parameter, constant, operation
  }

  let number: Int
  let kind: Kind
  let title: String
  let definition: String
  let size: String
  let operands: [Int]
}

extension GraphSession {
  /// The graph in one of the forms `text`, `table` and `dot`, of its values or, after `program`, of all that is
  /// computed; or the formula of one value: `value N` or `value N LENGTH`.
  package func text(_ format: String) throws -> String {
    let words = format.split(separator: " ").map(String.init)
    switch words {
    case ["text"]: return lines(valueRows())
    case ["table"]: return table(valueRows())
    case ["dot"]: return drawing(valueRows())
    case ["program"], ["program", "text"]: return lines(programRows())
    case ["program", "table"]: return table(programRows())
    case ["program", "dot"]: return drawing(programRows())
    default:
      guard words.first == "value", (2...3).contains(words.count), let number = Int(words[1]),
        let length = words.count > 2 ? Int(words[2]) : 400, (1...1_000_000).contains(length)
      else {
        throw NetJacError(
          .argument,
          "the format is '\(format)'; it must be 'text', 'table', 'dot', 'program', 'program table', "
            + "'program dot', 'value N' or 'value N LENGTH' with a LENGTH of at most 1000000")
      }
      _ = try entry(number)
      return formulas.formula(.entry(number), length: length)
    }
  }

  // MARK: - Forms

  private func lines(_ rows: [Row]) -> String {
    rows.map { "%\($0.number) = \($0.definition)  \($0.size)" }.joined(separator: "\n")
  }

  private func table(_ rows: [Row]) -> String {
    rows.map { row in
      let operands = row.operands.map(String.init).joined(separator: ",")
      return [
        String(row.number), row.kind.rawValue, row.title.onOneLine, row.size.onOneLine, operands,
      ].joined(separator: "\t")
    }.joined(separator: "\n")
  }

  private func drawing(_ rows: [Row]) -> String {
    var writer = DOTWriter("netjac", settings: ["rankdir=LR", "node [fontname=\"Helvetica\"]"])
    let known = Set(rows.map(\.number))
    for row in rows {
      let style =
        switch row.kind {
        case .input: "shape=ellipse"
        case .parameter: "shape=ellipse, style=filled, fillcolor=lightgrey"
        case .constant: "shape=plaintext"
        case .operation: "shape=box, style=rounded"
        }
      writer.node("v\(row.number)", label: [row.title, row.size], attributes: [style])
      for operand in row.operands where known.contains(operand) {
        writer.edge("v\(operand)", "v\(row.number)")
      }
    }
    return writer.text
  }

  // MARK: - Rows

  /// Once a host shows values in its own way, those that it does not show are its own business.
  private func valueRows() -> [Row] {
    let showsAll = !entries.contains { $0.display?.notation != nil }
    return entries.indices.compactMap { number in
      let entry = entries[number]
      guard showsAll || entry.name != nil || entry.display?.notation != nil else { return nil }
      let (title, operands) = titleAndOperands(number)
      return Row(
        number: number, kind: kind(entry.origin), title: title, definition: definition(number),
        size: entry.display?.size ?? "\(p.shape(entry.value))", operands: operands)
    }
  }

  private func kind(_ origin: Origin) -> Row.Kind {
    switch origin {
    case .input: .input
    case .parameter: .parameter
    case .constant: .constant
    case .result, .gradient, .jvp: .operation
    }
  }

  private func titleAndOperands(_ number: Int) -> (String, [Int]) {
    let entry = entries[number]
    if let display = entry.display, let notation = display.notation {
      return (notation.title, display.operands)
    }
    switch entry.origin {
    case .input, .parameter: return (label(number), [])
    case .constant: return ("constant", [])
    case .result(let operation, let inputs, let attributes, _):
      let title = attributes.isEmpty ? operation : "\(operation) \(attributes)"
      return (title, inputs.compactMap { $0 })
    case .gradient(let y, let x): return ("gradient", [y, x])
    case .jvp(let y, let xs, let tangents): return ("jvp", [y] + xs + tangents)
    }
  }

  private func definition(_ number: Int) -> String {
    let entry = entries[number]
    if entry.display?.notation != nil {
      let text = formulas.definition(.entry(number)) { operand in
        guard case .entry(let other) = operand else { return "…" }
        return isLeaf(other) ? formulas.formula(operand, length: 400) : "%\(other)"
      }
      return entry.origin.isConstant ? "constant \(text)" : text
    }
    switch entry.origin {
    case .input: return "input \(label(number))"
    case .parameter: return "parameter \(label(number))"
    case .constant: return "constant \(p.node(entry.value).primitive.attributes)"
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

  private func isLeaf(_ number: Int) -> Bool {
    entries[number].name != nil || entries[number].origin.isConstant
  }

  /// Everything that is computed, in primitives: derivatives are spelled out.
  private func programRows() -> [Row] {
    let program = p.program(outputs: entries.map(\.value))
    let leaves = Dictionary(
      entries.compactMap { entry in entry.name.map { (entry.value, ($0, kind(entry.origin))) } },
      uniquingKeysWith: { first, _ in first })
    return program.nodes.enumerated().map { index, node in
      let leaf = leaves[Value(index: index)]
      let attributes = node.primitive.attributes
      let operands = node.operands.map { "%\($0.index)" }.joined(separator: ", ")
      let rest = attributes.isEmpty ? "" : (operands.isEmpty ? "" : "; ") + attributes
      return Row(
        number: index,
        kind: leaf?.1 ?? (node.primitive is Constant ? .constant : .operation),
        title: leaf?.0 ?? node.primitive.name,
        definition: leaf.map { "\($0.1) \($0.0)" } ?? "\(node.primitive.name)(\(operands)\(rest))",
        size: "\(node.type.shape)", operands: node.operands.map(\.index))
    }
  }

  // MARK: - Formulas

  /// What stands in a formula: a value of the caller's, or one inside a derivative.
  fileprivate enum Reference {
    case entry(Int)
    case inner(Value)
  }

  private var formulas: FormulaWriter<Reference> {
    // What derivatives are made of, by the number under which the caller knows it.
    let known = Dictionary(
      entries.enumerated().compactMap { number, entry -> (Value, Int)? in
        switch entry.origin {
        case .gradient, .jvp: nil
        case .input, .parameter, .constant, .result: (entry.value, number)
        }
      }, uniquingKeysWith: { first, _ in first })
    return FormulaWriter { [self] reference in
      switch reference {
      case .entry(let number): expression(number, known)
      case .inner(let value): known[value].map { expression($0, known) } ?? expression(value)
      }
    }
  }

  private func expression(
    _ number: Int, _ known: [Value: Int]
  ) -> FormulaWriter<Reference>.Expression {
    let entry = entries[number]
    if let display = entry.display, let notation = display.notation {
      guard !display.operands.isEmpty else { return .leaf(notation.literal) }
      return .operation(notation, display.operands.map { .entry($0) })
    }
    switch entry.origin {
    case .input, .parameter: return .leaf(label(number))
    case .constant: return .leaf(p.node(entry.value).primitive.attributes)
    case .result(let operation, let operands, let attributes, _):
      let own = attributes.isEmpty ? vocabulary.notation(of: operation) : nil
      let notation =
        own
        ?? .function(
          operation.lowercased(), operands: operands.count, attributes: attributes)
      return .operation(notation, operands.map { $0.map { .entry($0) } })
    case .gradient, .jvp: return expression(entry.value)
    }
  }

  /// A value inside a derivative.
  private func expression(_ value: Value) -> FormulaWriter<Reference>.Expression {
    let node = p.node(value)
    let primitive = node.primitive
    if primitive is Constant { return .leaf(primitive.attributes) }
    let notation =
      primitive.notation ?? .function(primitive.name, operands: node.operands.count)
    return .operation(notation, node.operands.map { .inner($0) })
  }
}

extension GraphSession.Origin {
  fileprivate var isConstant: Bool {
    if case .constant = self { true } else { false }
  }
}

extension Notation {
  /// The text of a notation without operands.
  fileprivate var literal: String {
    parts.reduce(into: "") { if case .text(let literal) = $1 { $0 += literal } }
  }
}
