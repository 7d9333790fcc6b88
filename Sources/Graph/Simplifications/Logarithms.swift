import Glibc
import Tensors

extension ProgramBuilder {
  /// `log Σ exp(u)`, where `sum` is such a sum and u is not shifted already: with the maximum taken off,
  /// nothing overflows.
  /// Through so many reshapes and factors at most, for chains of them may be of any length.
  func logarithmOfSum(_ sum: Value, depth: Int = 8) throws -> Value? {
    guard depth > 0 else { return nil }
    let node = node(sum)
    if node.isA(Reshape.self) {
      return try logarithmOfSum(node.operands[0], depth: depth - 1).map {
        try reshape($0, node.type.shape)
      }
    }
    // A mean of exponentials, or a sum in other units.
    for (factor, scaled) in knownFactors(of: node) where factor > 0 && factor.isFinite {
      guard let logarithm = try logarithmOfSum(scaled, depth: depth - 1) else { continue }
      let shift = node.isA(Multiply.self) ? log(factor) : -log(factor)
      return try add(logarithm, scalar(shift, like: logarithm))
    }
    if let terms = exponents(of: sum, room: 16), terms.count > 1 {
      let stacked = try concatenate(
        terms.map { try reshape($0, self.shape($0).prepending(1)) }, axis: 0)
      return try logarithmOfSum(reduceSum(exponential(stacked), over: [0]))
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

  /// The exponents of a sum of exponentials of the same shape that is written out, at most so many; nil for other sums.
  private func exponents(of sum: Value, room: Int) -> [Value]? {
    guard room > 0 else { return nil }
    let node = node(sum)
    if node.isA(Exponential.self) { return node.operands }
    guard node.isA(Add.self), let first = exponents(of: node.operands[0], room: room - 1),
      let second = exponents(of: node.operands[1], room: room - first.count)
    else { return nil }
    return first + second
  }

  /// `log(exp(u)/b)`, such as that of a softmax: `u - log b`, which is a number where the quotient is 0.
  func logarithmOfQuotient(_ quotient: Value) throws -> Value? {
    let node = node(quotient)
    guard node.isA(Divide.self), self.node(node.operands[0]).isA(Exponential.self) else {
      return nil
    }
    let u = self.node(node.operands[0]).operands[0]
    return try subtract(u, logarithmBelowMovements(node.operands[1]))
  }

  /// The logarithm of a value, taken before its elements are repeated. Movements that make no larger value are one.
  private func logarithmBelowMovements(_ x: Value) throws -> Value {
    let node = node(x)
    guard node.isA(Reshape.self) || node.isA(Broadcast.self) else { return try logarithm(x) }
    return try add(node.primitive, [logarithmBelowMovements(node.operands[0])])
  }

  /// `log cosh u`, which is a line where cosh overflows.
  func logarithmOfHyperbolicCosine(_ cosine: Value) throws -> Value? {
    let node = node(cosine)
    guard node.isA(HyperbolicCosine.self), !self.node(node.operands[0]).isA(Select.self) else {
      return nil
    }
    let u = node.operands[0]
    let zero = try scalar(0, like: u)
    // From here on exp(-2|u|) is below all rounding.
    let isLine = try compare(.greater, absolute(detach(u)), scalar(20, like: u))
    let magnitude = try select(compare(.greater, detach(u), zero), u, negate(u))
    let line = try subtract(magnitude, scalar(0.693147180559945309417232121458176568, like: u))
    let safe = try select(isLine, zero, u)
    return try select(isLine, line, logarithm(hyperbolicCosine(safe)))
  }
}
