import Graph
import Tensors

extension ProgramBuilder {
  package func softmax(_ x: Value, over axes: [Int]) throws -> Value {
    guard !axes.isEmpty, shape(x).count > 0 else {
      return axes.isEmpty ? try scalar(1, like: x) : x
    }
    if try mayBeMasked(x) {
      let (weights, isEmpty) = try maskedSoftmax(x, over: axes)
      let nan = try scalar(.nan, like: weights)
      return try select(spread(isEmpty, over: axes, to: shape(x)), nan, weights)
    }
    let shift = try detach(reduceMaximum(x, over: axes))
    let e = try exponential(subtract(x, spread(shift, over: axes, to: shape(x))))
    return try divide(e, spread(reduceSum(e, over: axes), over: axes, to: shape(x)))
  }

  /// Softmax, and which rows are minus infinity throughout; these become zeros with derivative 0.
  package func maskedSoftmax(_ x: Value, over axes: [Int]) throws -> (
    weights: Value, isEmpty: Value
  ) {
    let shift = try exponentShift(x, over: axes)
    let e = try exponential(subtract(x, spread(shift, over: axes, to: shape(x))))
    let sum = try reduceSum(e, over: axes)
    let isEmpty = try compare(.equal, sum, scalar(0, like: sum))
    let safe = try select(isEmpty, scalar(1, like: sum), sum)
    return (try divide(e, spread(safe, over: axes, to: shape(x))), isEmpty)
  }

  /// Whether a mask's minus infinity stands in what `x` is a sum or choice of. A row of nothing else
  /// is not a number, which would reach the gradients of all others through a product with zero.
  private func mayBeMasked(_ x: Value) throws -> Bool {
    var pending = [x]
    var seen = Set(pending)
    while let value = pending.popLast() {
      if isKnown(value) {
        let known = try constantTensor(of: value)
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

  package func logSoftmax(_ x: Value, over axes: [Int]) throws -> Value {
    guard !axes.isEmpty, shape(x).count > 0 else {
      return axes.isEmpty ? try scalar(0, like: x) : x
    }
    let shift = try detach(reduceMaximum(x, over: axes))
    let shifted = try subtract(x, spread(shift, over: axes, to: shape(x)))
    let total = try logarithm(reduceSum(exponential(shifted), over: axes))
    return try subtract(shifted, spread(total, over: axes, to: shape(x)))
  }

  /// Booleans with a new last axis: whether its place is the one that the index names.
  package func oneHot(_ index: Value, length: Int) throws -> Value {
    let full = try Shape(checking: shape(index).dims + [length])
    try requireNumbers(length, of: "a numbering")
    let places = try add(
      Broadcast(full, axes: [full.rank - 1]), [integers(Array(0..<length))])
    let wanted = try add(Broadcast(full, axes: Array(0..<full.rank - 1)), [index])
    return try compare(.equal, places, wanted)
  }

  /// One at the first of the largest elements, zero elsewhere.
  package func hardmax(_ x: Value, over axes: [Int]) throws -> Value {
    let dims = shape(x).dims
    let outer = dims.indices.filter { !axes.contains($0) }
    let order = outer + axes
    let count = axes.reduce(1) { $0 * dims[$1] }
    guard shape(x).count > 0 else { return x }
    let flat = try reshape(
      transpose(x, order), Shape(outer.map { dims[$0] } + [count]))
    let place = try add(ArgExtreme(.maximum, axis: outer.count), [flat])
    let hot = try oneHot(place, length: count)
    let y = try reshape(convert(hot, to: type(x).element), Shape(order.map { dims[$0] }))
    return try transpose(y, Transpose(order).inverse)
  }
}
