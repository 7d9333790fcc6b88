import Tensors

/// The types that a file gives its values. A program holds all whole numbers alike, so the few operators whose
/// results depend on their width ask the names.
extension ImportScope {
  /// Takes over what a graph says of its values.
  func defineElements(of graph: ONNXGraph) {
    for tensor in graph.initialisers { define(tensor.name, element: tensor.elementType) }
    for port in graph.inputs + graph.outputs + graph.values {
      if case .tensor(let element, _) = port.type { define(port.name, element: element) }
    }
  }

  /// Takes over what follows from an operator, where nothing is declared.
  func defineElements(of node: ONNXNode) {
    guard let name = node.outputs.first, element(name) == nil else { return }
    switch (node.operation, node.attributes.first?.value) {
    case ("Cast", _):
      if case .integer(let code)? = node.attributes["to"] {
        define(name, element: Int32(exactly: code).flatMap(ONNXElementType.init))
      }
    case ("Constant", .tensor(let tensor)): define(name, element: tensor.elementType)
    case ("Constant", .integer), ("Constant", .integers), ("Shape", _), ("Size", _):
      define(name, element: .int64)
    case (let operation, _):
      guard let place = Self.sources[operation], place < node.inputs.count else { return }
      define(name, element: element(node.inputs[place]))
    }
  }

  /// Operators whose result is of the type of an operand.
  private static let sources: [String: Int] = Dictionary(
    uniqueKeysWithValues: [
      "Abs", "Add", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Concat",
      "Div",
      "Expand", "Flatten", "Gather", "Identity", "Max", "Min", "Mod", "Mul", "Neg", "Reshape",
      "Slice",
      "Squeeze", "Sub", "Tile", "Transpose", "Unsqueeze",
    ].map { ($0, 0) } + [("CastLike", 1), ("Where", 1)])
}
