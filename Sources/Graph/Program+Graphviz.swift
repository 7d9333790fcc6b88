import Tensors

extension Program {
  /// The graph in the DOT language, for `dot -Tsvg`: data flows downwards, inputs are ellipses,
  /// constants are grey, outputs have a double border. Operands are numbered where there are several.
  package var graphviz: String {
    var lines = [
      "digraph program {",
      "  node [shape=box, fontname=\"Helvetica\", fontsize=10];",
      "  edge [fontname=\"Helvetica\", fontsize=8];",
    ]
    let isOutput = Set(outputs)
    for (index, node) in nodes.enumerated() {
      var label = [node.label, node.type.description]
      if let origin = node.origin { label.append(origin.name) }
      var attributes = ["label=\"\(label.map(\.quotedForDOT).joined(separator: "\\n"))\""]
      if node.primitive is Input { attributes.append("shape=ellipse") }
      if node.primitive is Constant { attributes.append("color=grey, fontcolor=grey40") }
      if isOutput.contains(Value(index: index)) { attributes.append("peripheries=2") }
      lines.append("  n\(index) [\(attributes.joined(separator: ", "))];")
      for (place, operand) in node.operands.enumerated() {
        let number = node.operands.count > 1 ? " [label=\"\(place)\"]" : ""
        lines.append("  n\(operand.index) -> n\(index)\(number);")
      }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}

extension String {
  /// What stands between the quotes of a DOT string to show this text.
  fileprivate var quotedForDOT: String {
    // By scalars, since a quote with an accent on it is one character and still ends the string.
    onOneLine.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(scalar)
    }
  }
}
