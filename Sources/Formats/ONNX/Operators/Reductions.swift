import Graph
import Tensors

/// Operators that combine the elements along axes.
enum ReductionOperators {
  static let all: [ONNXOperator] =
    reduction("ReduceSum", axesAsInputSince: 13) { p, x, axes in try p.reduceSum(x, over: axes) }
    + reduction("ReduceMean") { p, x, axes in try p.mean(x, over: axes) }
    + reduction("ReduceMax") { p, x, axes in try p.reduceMaximum(x, over: axes) }
    + reduction("ReduceMin") { p, x, axes in try p.reduceMinimum(x, over: axes) }
    + reduction("ReduceProd") { p, x, axes in try p.reduceProduct(x, over: axes) }
    + reduction("ReduceL1") { p, x, axes in try p.reduceSum(p.absolute(x), over: axes) }
    + reduction("ReduceL2") { p, x, axes in
      try p.root(p.reduceSum(p.multiply(x, x), over: axes), of: 2)
    }
    + reduction("ReduceSumSquare") { p, x, axes in try p.reduceSum(p.multiply(x, x), over: axes) }
    + reduction("ReduceLogSum") { p, x, axes in try p.logarithm(p.reduceSum(x, over: axes)) }
    + reduction("ReduceLogSumExp") { p, x, axes in try p.logSumExp(x, over: axes) }
    + [argument("ArgMax", .maximum), argument("ArgMin", .minimum)]
    + [
      ONNXOperator("CumSum", since: 11) { node, p in
        let x = try node.input(0, "x")
        let axis = try node.axis(node.constantInteger(1, "axis"), rank: p.shape(x).rank)
        return try p.add(
          CumulativeSum(
            axis: axis, exclusive: node.flag("exclusive", default: false),
            reverse: node.flag("reverse", default: false)), [x])
      },
      ONNXOperator("CumProd", since: 26) { node, p in
        let x = try node.input(0, "x")
        let axis = try node.axis(node.constantInteger(1, "axis"), rank: p.shape(x).rank)
        return try p.cumulativeProduct(
          x, axis: axis, exclusive: node.flag("exclusive", default: false),
          reverse: node.flag("reverse", default: false))
      },
      ONNXOperator(several: "TopK") { node, p in
        try topElements(node, node.integer("k"), in: p)
      },
      ONNXOperator(several: "TopK", since: 10) { node, p in
        try topElements(node, node.constantInteger(1, "K"), in: p)
      },
    ]

  private typealias Body = @Sendable (ProgramBuilder, Value, [Int]) throws -> Value

  /// The axes are an attribute at first and an input later; without any, all axes are meant, unless
  /// `noop_with_empty_axes` says none.
  private static func reduction(
    _ name: String, axesAsInputSince since: Int64 = 18, _ body: @escaping Body
  ) -> [ONNXOperator] {
    [
      ONNXOperator(name) { node, p in try reduce(node, node.integers("axes"), body, in: p) },
      ONNXOperator(name, since: since) { node, p in
        try reduce(node, node.optionalConstantIntegers(1, "axes"), body, in: p)
      },
    ]
  }

  private static func reduce(
    _ node: NodeCall, _ given: [Int]?, _ body: Body, in p: ProgramBuilder
  ) throws -> Value {
    let x = try node.input(0, "data")
    let rank = p.shape(x).rank
    var axes = try node.axes(given ?? [], rank: rank)
    if axes.isEmpty, try !node.flag("noop_with_empty_axes", default: false) {
      axes = Array(0..<rank)
    }
    let y = try body(p, x, axes)
    return try node.flag("keepdims", default: true)
      ? p.reshape(y, p.shape(x).withOnes(at: axes)) : y
  }

  private static func argument(_ name: String, _ kind: Extreme.Kind) -> ONNXOperator {
    ONNXOperator(name) { node, p in
      let x = try node.input(0, "data")
      let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(x).rank)
      let last = try node.flag("select_last_index", default: false)
      let y = try p.add(ArgExtreme(kind, axis: axis, last: last), [x])
      return try node.flag("keepdims", default: true)
        ? p.reshape(y, p.shape(x).withOnes(at: [axis])) : y
    }
  }

  /// The k largest or smallest elements along an axis, in order, and where they are.
  private static func topElements(_ node: NodeCall, _ k: Int, in p: ProgramBuilder) throws
    -> [Value?]
  {
    let x = try node.input(0, "X")
    let rank = p.shape(x).rank
    let axis = try node.axis(node.integer("axis", default: -1), rank: rank)
    guard k >= 0, k <= p.shape(x)[axis] else {
      throw NetJacError(.shape, "K is \(k); axis \(axis) of \(p.shape(x)) has \(p.shape(x)[axis])")
    }
    let moved = try p.moveAxis(x, from: axis, to: rank - 1)
    let largest = try node.flag("largest", default: true)
    let order = try p.add(SortOrder(descending: largest), [moved])
    let places = try p.slice(order, axis: rank - 1, start: 0, size: k)
    let values = try p.gather(moved, places, batch: rank - 1)
    return [
      try p.moveAxis(values, from: rank - 1, to: axis),
      try p.moveAxis(places, from: rank - 1, to: axis),
    ]
  }
}

extension Shape {
  /// The shape after a reduction over `axes` that keeps them with length one.
  func withOnes(at axes: [Int]) -> Shape {
    Shape(dims.indices.map { axes.contains($0) ? 1 : dims[$0] })
  }
}

extension ProgramBuilder {
  /// Repeats a value that was reduced over `axes` to the shape that it had before.
  func spread(_ y: Value, over axes: [Int], to shape: Shape) throws -> Value {
    try add(Broadcast(shape, axes: shape.dims.indices.filter { !axes.contains($0) }), [y])
  }

  func mean(_ x: Value, over axes: [Int]) throws -> Value {
    let sum = try reduceSum(x, over: axes)
    let count = axes.reduce(1) { $0 * shape(x)[$1] }
    return try divide(sum, scalar(Double(count), like: sum))
  }

  /// The product along axes, by halves: as many multiplications, but a short chain of them.
  func reduceProduct(_ x: Value, over axes: [Int]) throws -> Value {
    let kept = shape(x).dims.indices.filter { !axes.contains($0) }
    let count = axes.reduce(1) { $0 * shape(x)[$1] }
    let dims = kept.map { shape(x)[$0] }
    let last = kept.count
    var y = try reshape(transpose(x, kept + axes), Shape(dims + [count]))
    guard count > 0 else {
      return try constant(Tensor(type(x).with(Shape(dims)), fill: 1.0))
    }
    var length = count
    while length > 1 {
      let half = length / 2
      let product = try multiply(
        slice(y, axis: last, start: 0, size: half), slice(y, axis: last, start: half, size: half))
      let rest = try slice(y, axis: last, start: 2 * half, size: length - 2 * half)
      y = try concatenate([product, rest], axis: last)
      length -= half
    }
    return try reshape(y, Shape(dims))
  }

  /// Running products, by doubling the reach: log n multiplications of whole axes.
  func cumulativeProduct(_ x: Value, axis: Int, exclusive: Bool, reverse: Bool) throws -> Value {
    let length = shape(x)[axis]
    /// The same elements `distance` places later, behind ones.
    func delayed(_ x: Value, _ distance: Int) throws -> Value {
      let rest = try slice(x, axis: axis, start: 0, size: length - distance)
      var dims = shape(x).dims
      dims[axis] = distance
      let ones = try constant(Tensor(type(x).with(Shape(dims)), fill: Int64(1)))
      return try concatenate([ones, rest], axis: axis)
    }
    guard length > 0 else { return x }
    var y = try reverse ? self.reverse(x, [axis]) : x
    if exclusive { y = try delayed(y, 1) }
    var distance = 1
    while distance < length {
      y = try multiply(y, delayed(y, distance))
      distance *= 2
    }
    return try reverse ? self.reverse(y, [axis]) : y
  }

  /// A shift that keeps exponentials from overflowing: the maximum, or 0 where that is infinite.
  /// It changes nothing mathematically, so it carries no derivative.
  func exponentShift(_ x: Value, over axes: [Int]) throws -> Value {
    let maximum = try detach(reduceMaximum(x, over: axes))
    let isInfinite = try add(
      BitOperation(.or),
      [
        add(Classify(.isPositiveInfinity), [maximum]),
        add(Classify(.isNegativeInfinity), [maximum]),
      ])
    return try select(isInfinite, scalar(0, like: maximum), maximum)
  }

  /// `log Σ exp(x)`
  func logSumExp(_ x: Value, over axes: [Int]) throws -> Value {
    let shift = try exponentShift(x, over: axes)
    let shifted = try subtract(x, spread(shift, over: axes, to: shape(x)))
    return try add(logarithm(reduceSum(exponential(shifted), over: axes)), shift)
  }
}
