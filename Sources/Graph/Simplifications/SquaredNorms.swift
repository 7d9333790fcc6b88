import Tensors

extension ProgramBuilder {
  /// The square of a norm or of a magnitude, seen through reshapes, repetitions and known factors: the sum of squares
  /// that it is the root of, which has derivatives at 0, too. Nil for what is neither.
  func squaredByRoot(_ x: Value, depth: Int = 8) -> (() throws -> Value)? {
    guard depth > 0 else { return nil }
    let node = node(x)
    switch node.primitive {
    case is Reshape, is Broadcast:
      return squaredByRoot(node.operands[0], depth: depth - 1).map { inner in
        { [self] in try add(node.primitive, [inner()]) }
      }
    case is Absolute: return { [self] in try multiply(node.operands[0], node.operands[0]) }
    case is Negate: return squaredByRoot(node.operands[0], depth: depth - 1)
    case is Multiply, is Divide:
      for (factor, scaled) in knownFactors(of: node) where (1e-15...1e15).contains(abs(factor)) {
        guard let inner = squaredByRoot(scaled, depth: depth - 1) else { continue }
        let square = try? scalar(factor * factor, like: x)
        return square.map { square in
          { [self] in try add(node.primitive, [inner(), square]) }
        }
      }
      return nil
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

  /// A product of a value with itself as a sum of squares: the root of it has an infinite slope at 0, which a sum keeps
  /// from zeros and a product does not. Nil for other values.
  func asSumOfSquares(_ x: Value, depth: Int = 8) throws -> Value? {
    let node = node(x)
    if depth > 0, node.isA(Reshape.self) {
      return try asSumOfSquares(node.operands[0], depth: depth - 1).map {
        try reshape($0, node.type.shape)
      }
    }
    guard let dot = node.primitive as? Dot, node.isSquare else { return nil }
    let factor = node.operands[0]
    let kept = dot.a.filter(dot.y.contains)
    guard kept.count == dot.y.count, Set(dot.a).count == dot.a.count else { return nil }
    let summed = dot.a.indices.filter { !dot.y.contains(dot.a[$0]) }
    let sum = try reduceSum(multiply(factor, factor), over: summed)
    return try transpose(sum, dot.y.compactMap(kept.firstIndex))
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
