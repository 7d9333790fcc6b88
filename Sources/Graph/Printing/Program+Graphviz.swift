import Tensors

extension Program {
  /// The graph in the DOT language: data flows downwards, inputs are ellipses, constants are grey,
  /// outputs have a double border. Operands are numbered where there are several.
  package var graphviz: String {
    var writer = DOTWriter(
      "program",
      settings: [
        "node [shape=box, fontname=\"Helvetica\", fontsize=10]",
        "edge [fontname=\"Helvetica\", fontsize=8]",
      ])
    let isOutput = Set(outputs)
    for (index, node) in nodes.enumerated() {
      var label = [node.label, node.type.description]
      if let origin = node.origin { label.append(origin.name) }
      var attributes: [String] = []
      if node.primitive is Input { attributes.append("shape=ellipse") }
      if node.primitive is Constant { attributes.append("color=grey, fontcolor=grey40") }
      if isOutput.contains(Value(index: index)) { attributes.append("peripheries=2") }
      writer.node("n\(index)", label: label, attributes: attributes)
      for (place, operand) in node.operands.enumerated() {
        writer.edge(
          "n\(operand.index)", "n\(index)", label: node.operands.count > 1 ? "\(place)" : nil)
      }
    }
    return writer.text
  }
}
