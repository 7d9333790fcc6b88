import Tensors

extension ProgramBuilder {
  /// `(a·b)·c`, b and c being the same for all seeds or samples, is `a·(b·c)`: the second product is
  /// taken once for all.
  func sharedFactors(_ x: [Value]) throws -> Value? {
    guard node(x[0]).isA(Multiply.self) || node(x[1]).isA(Multiply.self),
      type(x[0]).element.isReal
    else { return nil }
    for (product, factor) in [(x[0], x[1]), (x[1], x[0])] {
      guard node(product).isA(Multiply.self), let c = broadcastValue(factor) else { continue }
      let operands = node(product).operands
      for (a, factor) in [(operands[0], operands[1]), (operands[1], operands[0])] {
        guard let b = broadcastValue(factor), b.how == c.how, broadcastValue(a) == nil,
          shape(b.value) == shape(c.value)
        else { continue }
        return try multiply(a, add(b.how, [multiply(b.value, c.value)]))
      }
    }
    return nil
  }

  private func broadcastValue(
    _ x: Value
  ) -> (how: Broadcast, value: Value)? {
    let node = self.node(x)
    guard node.isA(Broadcast.self), let how = node.primitive as? Broadcast,
      type(node.operands[0]).count < node.type.count, fill(of: x) == nil
    else { return nil }
    return (how, node.operands[0])
  }
}
