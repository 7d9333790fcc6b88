import Tensors

extension ProgramBuilder {
  /// The square of a norm, seen through reshapes and repetitions: the sum of squares that it is the root
  /// of, which has derivatives at 0, too. Nil for what is no norm.
  func squaredByRoot(_ x: Value) -> (() throws -> Value)? {
    let node = node(x)
    switch node.primitive {
    case is Reshape, is Broadcast:
      return squaredByRoot(node.operands[0]).map { inner in
        { [self] in try add(node.primitive, [inner()]) }
      }
    case is SquareRoot: return isSumOfSquares(node.operands[0]) ? { node.operands[0] } : nil
    case is Select:
      // A norm that is 0 with derivative 0 where the sum is 0: see `root`.
      let root = self.node(node.operands[2])
      guard fill(of: node.operands[1]) == 0, root.isA(SquareRoot.self) else { return nil }
      let safe = self.node(root.operands[0])
      guard safe.isA(Select.self), safe.operands[0] == node.operands[0],
        isSumOfSquares(safe.operands[2])
      else { return nil }
      return { safe.operands[2] }
    default: return nil
    }
  }

  private func isSumOfSquares(_ x: Value, depth: Int = 8) -> Bool {
    let node = node(x)
    guard depth > 0, !node.operands.isEmpty else { return fill(of: x).map { $0 >= 0 } ?? false }
    if node.isSquare { return true }
    guard node.isA(Add.self) || node.isA(ReduceSum.self) || node.primitive is any Movement else {
      return false
    }
    return node.operands.allSatisfy { isSumOfSquares($0, depth: depth - 1) }
  }
}
