import Tensors

extension ProgramBuilder {
  /// `a·b` where powers of two among their factors cancel, as in `(x/2)·(y·2)`: without them. No other number
  /// is left out, so nothing is rounded in another way.
  func cancelledFactors(_ a: Value, _ b: Value) throws -> Value? {
    guard type(a).element.isReal, hasPowerOfTwo(a), hasPowerOfTwo(b),
      let first = powerOfTwo(in: a), let second = powerOfTwo(in: b),
      first.factor * second.factor == 1
    else { return nil }
    let rests = try [without(first.path[...], a), without(second.path[...], b)].compactMap(\.self)
    return try rests.count == 2 ? multiply(rests[0], rests[1]) : rests.first
  }

  /// A power of two, not 1, that a product has as a factor, and which operands lead to it.
  private func powerOfTwo(in x: Value) -> (factor: Double, path: [Int])? {
    guard hasPowerOfTwo(x) else { return nil }
    if let fill = fill(of: x) { return (fill, []) }
    // The nearest: others may stand at the end of a chain of any length.
    let operands = node(x).operands
    let place = powersOfTwo.depth(operands[0]) <= powersOfTwo.depth(operands[1]) ? 0 : 1
    return powerOfTwo(in: operands[place]).map { ($0.factor, [place] + $0.path) }
  }

  private func hasPowerOfTwo(_ x: Value) -> Bool { powersOfTwo.isFactor(of: x, among: nodes) }

  /// A product without the factor that a path leads to; nil if nothing is left.
  private func without(_ path: ArraySlice<Int>, _ x: Value) throws -> Value? {
    guard let place = path.first else { return nil }
    let operands = node(x).operands
    let other = operands[1 - place]
    guard let rest = try without(path.dropFirst(), operands[place]) else { return other }
    return try place == 0 ? multiply(rest, other) : multiply(other, rest)
  }
}

/// Which values have a power of two as a factor. Every product of a program is asked, so each node is looked at once.
struct PowersOfTwo {
  /// For each node, how many products deep a power of two stands in it.
  private var depths: [UInt8] = []
  /// `x·(y·(2·f))` has one three products deep; deeper ones are not looked for.
  private static let deepest: UInt8 = 3

  mutating func isFactor(of value: Value, among nodes: [Node]) -> Bool {
    while depths.count <= value.index { depths.append(depth(of: nodes[depths.count])) }
    return depth(value) <= PowersOfTwo.deepest
  }

  /// How many products deep a power of two stands in a value that a value asked for is made of.
  func depth(_ value: Value) -> UInt8 { depths[value.index] }

  private func depth(of node: Node) -> UInt8 {
    if let fill = node.constant?.fill {
      return fill > 0 && fill != 1 && fill.isNormal && fill.significand == 1 ? 0 : .max
    }
    guard node.isA(Multiply.self) else { return .max }
    let nearest = node.operands.reduce(UInt8.max) { min($0, depths[$1.index]) }
    return nearest < PowersOfTwo.deepest ? nearest + 1 : .max
  }
}
