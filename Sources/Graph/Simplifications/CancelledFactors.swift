import Tensors

extension ProgramBuilder {
  /// `a·b` where powers of two among their factors cancel, as in `(x/2)·(y·2)`: without them. No other number
  /// is left out, so nothing is rounded in another way.
  func cancelledFactors(_ a: Value, _ b: Value) throws -> Value? {
    guard type(a).element.isReal, let first = powerOfTwo(in: a), let second = powerOfTwo(in: b),
      first.factor * second.factor == 1
    else { return nil }
    let rests = try [without(first.path[...], a), without(second.path[...], b)].compactMap(\.self)
    return try rests.count == 2 ? multiply(rests[0], rests[1]) : rests.first
  }

  /// A power of two, not 1, that a product has as a factor, and which operands lead to it. Three products deep it
  /// is in `x·(y·(2·f))`.
  private func powerOfTwo(in x: Value, depth: Int = 3) -> (factor: Double, path: [Int])? {
    if let fill = fill(of: x) {
      return fill > 0 && fill != 1 && fill.isNormal && fill.significand == 1 ? (fill, []) : nil
    }
    let node = self.node(x)
    guard depth > 0, node.isA(Multiply.self) else { return nil }
    for (place, operand) in node.operands.enumerated() {
      if let found = powerOfTwo(in: operand, depth: depth - 1) {
        return (found.factor, [place] + found.path)
      }
    }
    return nil
  }

  /// A product without the factor that a path leads to; nil if nothing is left.
  private func without(_ path: ArraySlice<Int>, _ x: Value) throws -> Value? {
    guard let place = path.first else { return nil }
    let operands = node(x).operands
    let other = operands[1 - place]
    guard let rest = try without(path.dropFirst(), operands[place]) else { return other }
    return try place == 0 ? multiply(rest, other) : multiply(other, rest)
  }
}
