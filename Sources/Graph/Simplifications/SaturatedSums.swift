import Tensors

extension ProgramBuilder {
  /// `c ± c·f(u)`, where f comes so near 1 far out that the digits of the sum vanish, as a function that keeps
  /// them: of `1 + erf`, `1 - erf`, `1 + tanh` and `1 - tanh`, with any factor. Gelu is often written so.
  func saturatedSum(_ a: Value, _ b: Value, subtracts: Bool) throws -> Value? {
    guard type(a).element.isReal else { return nil }
    if let c = fill(of: a) { return try complement(c, b, by: subtracts ? -1 : 1) }
    return try fill(of: b).flatMap { try complement(subtracts ? -$0 : $0, a, by: 1) }
  }

  /// `c + sign·term`
  private func complement(_ c: Double, _ term: Value, by sign: Double) throws -> Value? {
    let (inner, factor) = factored(term)
    let node = self.node(inner)
    guard node.isA(ErrorFunction.self) || node.isA(HyperbolicTangent.self), c != 0,
      abs(factor) == abs(c)
    else { return nil }
    let isSum = sign * factor == c
    let u = node.operands[0]
    if node.isA(ErrorFunction.self) {
      let y = try complementaryErrorFunction(multiplied(u, by: isSum ? -1 : 1))
      return try multiply(y, scalar(c, like: y))
    }
    let y = try sigmoid(multiplied(u, by: isSum ? 2 : -2))
    return try multiply(y, scalar(2 * c, like: y))
  }

  /// `erfc(x/√2)` is twice a normal distribution. That takes x itself, whereas a rounded x/√2 has lost what
  /// counts far out.
  func normalTail(_ z: Value) throws -> Value? {
    let (x, factor) = factored(z)
    let unit = type(z).element == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    guard abs(abs(factor) * 2.0.squareRoot() - 1) <= 1.5 * unit else { return nil }
    let distribution = try add(NormalDistribution(), [factor < 0 ? x : negate(x)])
    return try multiply(distribution, scalar(2, like: x))
  }

  /// A value as a number times another one, of at most so many factors: chains of them may be of any length.
  private func factored(_ y: Value, depth: Int = 8) -> (value: Value, factor: Double) {
    let node = self.node(y)
    guard depth > 0, node.type.element.isReal else { return (y, 1) }
    let rest: Value
    let factor: Double
    if node.isA(Negate.self) {
      (rest, factor) = (node.operands[0], -1)
    } else if let known = knownFactors(of: node).first {
      (rest, factor) = (known.scaled, node.isA(Divide.self) ? 1 / known.factor : known.factor)
    } else {
      return (y, 1)
    }
    let inner = factored(rest, depth: depth - 1)
    return (inner.value, factor * inner.factor)
  }

  /// `y·factor`, which goes into a factor or divisor that y has. It is a power of two or its opposite.
  private func multiplied(_ y: Value, by factor: Double) throws -> Value {
    let node = self.node(y)
    guard let known = knownFactors(of: node).first else {
      return try multiply(y, scalar(factor, like: y))
    }
    return node.isA(Divide.self)
      ? try divide(known.scaled, scalar(known.factor / factor, like: y))
      : try multiply(known.scaled, scalar(known.factor * factor, like: y))
  }
}
