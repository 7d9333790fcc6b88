import Tensors

extension ProgramBuilder {
  /// `log Σ exp(u)`, where `sum` is such a sum and u is not shifted already: with the maximum taken off,
  /// nothing overflows.
  func logarithmOfSum(_ sum: Value) throws -> Value? {
    let node = node(sum)
    if node.isA(Reshape.self) {
      guard self.node(node.operands[0]).isA(ReduceSum.self) else { return nil }
      return try logarithmOfSum(node.operands[0]).map { try reshape($0, node.type.shape) }
    }
    guard let reduction = node.primitive as? ReduceSum,
      self.node(node.operands[0]).isA(Exponential.self), shape(node.operands[0]).count > 0
    else { return nil }
    let u = self.node(node.operands[0]).operands[0]
    let difference = self.node(u)
    guard !(difference.isA(Subtract.self) && self.node(difference.operands[1]).isA(Broadcast.self))
    else { return nil }
    let largest = try detach(reduceMaximum(u, over: reduction.axes))
    // The maximum of infinities is no number to take off.
    let isFinite = try compare(
      .less, absolute(largest), scalar(.infinity, like: largest))
    let shift = try select(isFinite, largest, scalar(0, like: largest))
    let shape = shape(u)
    let spread = try add(
      Broadcast(shape, axes: shape.dims.indices.filter { !reduction.axes.contains($0) }), [shift])
    let shifted = try reduceSum(exponential(subtract(u, spread)), over: reduction.axes)
    return try add(logarithm(shifted), shift)
  }
}
