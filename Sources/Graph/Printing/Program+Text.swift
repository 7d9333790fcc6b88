import Tensors

extension Program: CustomStringConvertible {
  /// One line a node, then the outputs:
  ///
  /// ```
  /// %0: float64[3] = input 0
  /// %1: float64[2, 3] = constant [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
  /// %2: float64[2] = dot ab,b->a %1 %0   # dense_1
  /// outputs %2
  /// ```
  package var text: String {
    let lines = nodes.enumerated().map { index, node in
      let operands = node.operands.map { " %\($0.index)" }.joined()
      let origin = node.origin.map { "   # \($0.name.onOneLine)" } ?? ""
      return "%\(index): \(node.type) = \(node.label)\(operands)\(origin)"
    }
    return (lines + ["outputs" + outputs.map { " %\($0.index)" }.joined()])
      .joined(separator: "\n") + "\n"
  }

  package var description: String { text }
}

extension Node {
  /// The primitive's name and attributes.
  var label: String {
    let attributes = primitive.attributes
    return attributes.isEmpty ? primitive.name : "\(primitive.name) \(attributes)"
  }
}

extension String {
  /// The text with line ends and other control characters written out, since names come from files.
  package var onOneLine: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        if scalar.properties.isControl || scalar.properties.isLineEnd {
          text += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isControl: Bool { generalCategory == .control }
  fileprivate var isLineEnd: Bool {
    generalCategory == .lineSeparator || generalCategory == .paragraphSeparator
  }
}
