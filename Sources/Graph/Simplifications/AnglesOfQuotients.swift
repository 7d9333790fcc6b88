import Tensors

extension ProgramBuilder {
  /// `arctan(b/a)`, where the quotient is one of numbers that may both be large or 0. Where |b| > |a| it is a quarter
  /// turn less `arctan(a/b)`, so that it has derivatives at a = 0, too.
  func angleOfQuotient(_ x: Value) throws -> Value? {
    let node = node(x)
    let b: Value
    let a: Value
    if node.isA(Divide.self) {
      (b, a) = (node.operands[0], node.operands[1])
    } else if node.isA(Reciprocal.self) {
      (b, a) = try (scalar(1, like: x), node.operands[0])
    } else {
      return nil
    }
    // A divisor that is known, or chosen already.
    guard !isKnown(a), !self.node(a).isA(Select.self) else { return nil }
    let zero = try scalar(0, like: x)
    let isSteep = try compare(.greater, absolute(detach(b)), absolute(detach(a)))
    let quotient = try divide(
      select(isSteep, negate(a), b), select(isSteep, b, a))
    let quarter = try select(
      compare(.greater, detach(x), zero), scalar(.pi / 2, like: x), scalar(-.pi / 2, like: x))
    return try add(add(ArcTangent(), [quotient]), select(isSteep, quarter, zero))
  }
}
