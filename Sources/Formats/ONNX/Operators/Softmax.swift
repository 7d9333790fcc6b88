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
    let shift = try detach(reduceMaximum(x, over: axes))
    let e = try exponential(subtract(x, spread(shift, over: axes, to: shape(x))))
    return try divide(e, spread(reduceSum(e, over: axes), over: axes, to: shape(x)))
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
