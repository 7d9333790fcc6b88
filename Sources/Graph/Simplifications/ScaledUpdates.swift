import Tensors

extension ProgramBuilder {
  /// The product of `x` and `m`, where x holds a few updates scattered into zeros: the updates are
  /// multiplied instead, each by what m holds at its target.
  func scaledUpdates(_ x: Value, _ m: Value) throws -> Value? {
    let node = node(unshaped(x))
    guard node.isA(ScatterAdd.self), let scatter = node.primitive as? ScatterAdd,
      node.type.element.isReal
    else { return nil }
    let (updates, index) = (node.operands[0], node.operands[1])
    guard type(updates).count < node.type.count else { return nil }
    let factors: Value
    if let fill = fill(of: m) {
      factors = try scalar(fill, like: updates)
    } else {
      factors = try add(
        Gather(batch: scatter.batch), [reshape(m, node.type.shape), index])
    }
    return try reshape(add(scatter, [multiply(updates, factors), index]), shape(x))
  }
}
