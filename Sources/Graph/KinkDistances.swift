import Tensors

/// Distances that several primitives' kinks have in common.
extension ProgramBuilder {
  /// From the nearest whole number.
  func distanceToWhole(_ x: Value) throws -> Value {
    try absolute(subtract(x, add(Round(), [x])))
  }

  /// From the nearest place where truncation jumps: the whole numbers without zero.
  func distanceToTruncation(_ x: Value) throws -> Value {
    try maximum(distanceToWhole(x), subtract(scalar(1, like: x), absolute(x)))
  }

  /// Between the extreme along some axes and the element next to it; nil if there is one only. Equal
  /// elements that a relu or a bound both hold are no tie: neither moves.
  func gap(_ x: Value, _ kind: Extreme.Kind, over axes: [Int]) throws -> Value? {
    let dims = shape(x).dims
    let kept = dims.indices.filter { !axes.contains($0) }
    let count = axes.reduce(1) { $0 * dims[$1] }
    guard count > 1, shape(x).count > 0 else { return nil }
    let lines = try reshape(
      transpose(x, kept + axes), Shape(kept.map { dims[$0] } + [count]))
    let full = shape(lines)
    let place = try add(ArgExtreme(kind, axis: full.rank - 1), [lines])
    let outer = Array(0..<full.rank - 1)
    let places = try add(
      Broadcast(full, axes: [full.rank - 1]), [integers(Array(0..<count))])
    let isBest = try compare(.equal, places, add(Broadcast(full, axes: outer), [place]))
    let best = try gather(lines, reshape(place, Shape(outer.map { full[$0] })), batch: outer.count)
    let distances = try absolute(subtract(lines, add(Broadcast(full, axes: outer), [best])))
    let infinity = try scalar(.infinity, like: distances)
    var others = try select(isBest, infinity, distances)
    if let movement = try movement(of: lines) {
      let bestMovement = try gather(
        movement, reshape(place, Shape(outer.map { full[$0] })), batch: outer.count)
      let either = try add(movement, add(Broadcast(full, axes: outer), [bestMovement]))
      let none = try scalar(0, like: either)
      // Unless they move, elements count only where they differ.
      let isHeld = try compare(.equal, add(either, distances), none)
      others = try select(isHeld, infinity, others)
    }
    return try reduceMinimum(others, over: [full.rank - 1])
  }

  /// 1 where an element of x can move with what it is made of, 0 where a relu, a bound or a constant
  /// holds it; nil if nothing near is known to hold any.
  private func movement(of x: Value, depth: Int = 16) throws -> Value? {
    let node = self.node(x)
    guard depth > 0, node.type.element.isReal else { return nil }
    func operand(_ place: Int) throws -> Value? {
      try movement(of: node.operands[place], depth: depth - 1)
    }
    func free(_ place: Int) throws -> Value {
      try operand(place) ?? scalar(isKnown(node.operands[place]) ? 0 : 1, like: x)
    }
    switch node.primitive {
    case is Relu: return try multiply(step(node.operands[0]), free(0))
    case let moved as any Movement: return try operand(0).map { try add(moved, [$0]) }
    case is Select: return try select(node.operands[0], free(1), free(2))
    case let extreme as Extreme:
      guard let bound = node.operands.firstIndex(where: isKnown) else { return nil }
      let wins: Comparison = extreme.kind == .maximum ? .greater : .less
      let isInside = try compare(wins, node.operands[1 - bound], node.operands[bound])
      return try multiply(convert(isInside, to: node.type.element), free(1 - bound))
    case is any UnaryFunction: return try operand(0)
    case is any BinaryFunction:
      guard let known = node.operands.firstIndex(where: isKnown) else { return nil }
      return try operand(1 - known)
    default: return nil
    }
  }
}
