/// Writes a directed graph in the DOT language, for `dot -Tsvg`.
package struct DOTWriter {
  private var lines: [String]

  /// `settings` are statements for all nodes and edges.
  package init(_ name: String, settings: [String]) {
    lines = ["digraph \(name) {"] + settings.map { "  \($0);" }
  }

  /// A node that shows these lines of text.
  package mutating func node(_ name: String, label: [String], attributes: [String]) {
    let label = "label=\"\(label.map(\.quotedForDOT).joined(separator: "\\n"))\""
    lines.append("  \(name) [\(([label] + attributes).joined(separator: ", "))];")
  }

  package mutating func edge(_ from: String, _ to: String) {
    lines.append("  \(from) -> \(to);")
  }

  package var text: String { (lines + ["}"]).joined(separator: "\n") + "\n" }
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
