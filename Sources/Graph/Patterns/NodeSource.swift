import Tensors

/// What nodes are read from: a finished program, or one that is being built. Rules that look at several
/// nodes at once read either, so that what they recognise is written once.
package protocol NodeSource {
  func node(_ value: Value) -> Node
}

extension Program: NodeSource {
  package func node(_ value: Value) -> Node { nodes[value.index] }
}

extension ProgramBuilder: NodeSource {}

extension NodeSource {
  package func type(_ value: Value) -> TensorType { node(value).type }

  /// What a value is a reshape of, through as many reshapes as there are.
  package func unshaped(_ value: Value) -> Value {
    var value = value
    while node(value).isA(Reshape.self) { value = node(value).operands[0] }
    return value
  }
}

extension Node {
  /// Whether it is a product of equal factors, or a sum of such.
  var isSquare: Bool {
    guard operands.count == 2, operands[0] == operands[1] else { return false }
    if let dot = primitive as? Dot { return dot.a == dot.b }
    return isA(Multiply.self)
  }
}

extension [Node] {
  /// For each node, whether any of `values` depends on it, or does so otherwise than through the
  /// nodes that are `cut`.
  package func needed(
    by values: some Sequence<Value>, cut: (Node) -> Bool = { _ in false }
  ) -> [Bool] {
    var needed = [Bool](repeating: false, count: count)
    for value in values { needed[value.index] = true }
    for index in indices.reversed() where needed[index] && !cut(self[index]) {
      for operand in self[index].operands { needed[operand.index] = true }
    }
    return needed
  }
}
