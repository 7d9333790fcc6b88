import Tensors

extension ProgramBuilder {
  /// What every seed picks in the same way, as a gather that is done once and repeated.
  func sharedGather(_ x: Value, _ index: Value, batch: Int) throws -> Value? {
    guard batch > 0, let shared = try repeatedAlongFirstAxis(x),
      let places = try repeatedAlongFirstAxis(index)
    else { return nil }
    return try prependingAxis(add(Gather(batch: batch - 1), [shared, places]), shape(x)[0])
  }

  /// The value that `x` repeats along its first axis, if it does.
  private func repeatedAlongFirstAxis(_ x: Value) throws -> Value? {
    let node = node(x)
    guard let size = node.type.dims.first, size > 1 else { return nil }
    let rest = Shape(Array(node.type.dims.dropFirst()))
    switch node.primitive {
    case let broadcast as Broadcast where !broadcast.axes.contains(0):
      return try add(Broadcast(rest, axes: broadcast.axes.map { $0 - 1 }), node.operands)
    case is Reshape where shape(node.operands[0]).dims.first == size:
      return try repeatedAlongFirstAxis(node.operands[0]).map { try reshape($0, rest) }
    default: return nil
    }
  }
}
