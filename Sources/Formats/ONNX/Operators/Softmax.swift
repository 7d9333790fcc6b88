import Graph
import Tensors

/// Softmax and its relatives. Until opset 12 they worked on all axes from `axis` on as one (1 by
/// default); since opset 13 on that axis alone (the last by default).
enum SoftmaxOperators {
  static let all: [ONNXOperator] =
    family("Softmax") { p, x, axes in try p.softmax(x, over: axes) }
    + family("LogSoftmax") { p, x, axes in try p.logSoftmax(x, over: axes) }
    + family("Hardmax") { p, x, axes in try hardmax(x, over: axes, in: p) }

  private static func family(
    _ name: String, _ body: @escaping @Sendable (ProgramBuilder, Value, [Int]) throws -> Value
  ) -> [ONNXOperator] {
    [
      ONNXOperator(name) { node, p in
        let x = try node.input(0, "input")
        let rank = p.shape(x).rank
        let given = try node.integer("axis", default: 1)
        let axis = given == rank ? rank : try node.axis(given, rank: rank)
        return try body(p, x, Array(axis..<rank))
      },
      ONNXOperator(name, since: 13) { node, p in
        let x = try node.input(0, "input")
        let axis = try node.axis(node.integer("axis", default: -1), rank: p.shape(x).rank)
        return try body(p, x, [axis])
      },
    ]
  }

  /// One at the first of the largest elements, zero elsewhere.
  private static func hardmax(_ x: Value, over axes: [Int], in p: ProgramBuilder) throws -> Value {
    let dims = p.shape(x).dims
    let outer = dims.indices.filter { !axes.contains($0) }
    let order = outer + axes
    let count = axes.reduce(1) { $0 * dims[$1] }
    guard p.shape(x).count > 0 else { return x }
    let flat = try p.reshape(
      p.transpose(x, order), Shape(outer.map { dims[$0] } + [count]))
    let place = try p.add(ArgExtreme(.maximum, axis: outer.count), [flat])
    let hot = try p.oneHot(place, length: count)
    let y = try p.reshape(p.convert(hot, to: p.type(x).element), Shape(order.map { dims[$0] }))
    return try p.transpose(y, Transpose(order).inverse)
  }
}

extension ProgramBuilder {
  func softmax(_ x: Value, over axes: [Int]) throws -> Value {
    guard !axes.isEmpty, shape(x).count > 0 else {
      return axes.isEmpty ? try scalar(1, like: x) : x
    }
    if mayBeMasked(x) {
      let (weights, isEmpty) = try maskedSoftmax(x, over: axes)
      let nan = try scalar(.nan, like: weights)
      return try select(spread(isEmpty, over: axes, to: shape(x)), nan, weights)
    }
    let shift = try detach(reduceMaximum(x, over: axes))
    let e = try exponential(subtract(x, spread(shift, over: axes, to: shape(x))))
    return try divide(e, spread(reduceSum(e, over: axes), over: axes, to: shape(x)))
  }

  /// Softmax, and which rows are minus infinity throughout; these become zeros with derivative 0.
  func maskedSoftmax(_ x: Value, over axes: [Int]) throws -> (weights: Value, isEmpty: Value) {
    let shift = try exponentShift(x, over: axes)
    let e = try exponential(subtract(x, spread(shift, over: axes, to: shape(x))))
    let sum = try reduceSum(e, over: axes)
    let isEmpty = try compare(.equal, sum, scalar(0, like: sum))
    let safe = try select(isEmpty, scalar(1, like: sum), sum)
    return (try divide(e, spread(safe, over: axes, to: shape(x))), isEmpty)
  }

  /// Whether a mask's minus infinity stands in what `x` is a sum or choice of. A row of nothing else
  /// is not a number, which would reach the gradients of all others through a product with zero.
  private func mayBeMasked(_ x: Value) -> Bool {
    var pending = [x]
    var seen = Set(pending)
    while let value = pending.popLast() {
      if isKnown(value) {
        let known = constantTensor(of: value)
        if let known, known.type.element.isReal, known.reals.contains(-.infinity) { return true }
        continue
      }
      let node = nodes[value.index]
      guard node.primitive is any Movement || node.primitive is Add || node.primitive is Select
      else { continue }
      pending += node.operands.filter { seen.insert($0).inserted }
    }
    return false
  }

  func logSoftmax(_ x: Value, over axes: [Int]) throws -> Value {
    guard !axes.isEmpty, shape(x).count > 0 else {
      return axes.isEmpty ? try scalar(0, like: x) : x
    }
    let shift = try detach(reduceMaximum(x, over: axes))
    let shifted = try subtract(x, spread(shift, over: axes, to: shape(x)))
    let total = try logarithm(reduceSum(exponential(shifted), over: axes))
    return try subtract(shifted, spread(total, over: axes, to: shape(x)))
  }

  /// Booleans with a new last axis: whether its place is the one that the index names.
  func oneHot(_ index: Value, length: Int) throws -> Value {
    let full = try Shape(checking: shape(index).dims + [length])
    let places = try add(
      Broadcast(full, axes: [full.rank - 1]), [integers(Array(0..<length))])
    let wanted = try add(Broadcast(full, axes: Array(0..<full.rank - 1)), [index])
    return try compare(.equal, places, wanted)
  }
}
