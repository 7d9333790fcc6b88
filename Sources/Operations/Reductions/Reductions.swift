import Graph
import Tensors

extension Shape {
  /// The shape after a reduction over `axes` that keeps them with length one.
  package func withOnes(at axes: [Int]) -> Shape {
    Shape(dims.indices.map { axes.contains($0) ? 1 : dims[$0] })
  }
}

extension ProgramBuilder {
  /// Repeats a value that was reduced over `axes` to the shape that it had before.
  package func spread(_ y: Value, over axes: [Int], to shape: Shape) throws -> Value {
    try add(Broadcast(shape, axes: shape.dims.indices.filter { !axes.contains($0) }), [y])
  }

  package func mean(_ x: Value, over axes: [Int]) throws -> Value {
    let sum = try reduceSum(x, over: axes)
    let count = axes.reduce(1) { $0 * shape(x)[$1] }
    return try divide(sum, scalar(Double(count), like: sum))
  }

  /// The largest or smallest of several values of one shape, element by element. Equal ones share the
  /// derivative equally.
  package func extreme(_ kind: Extreme.Kind, of x: [Value]) throws -> Value {
    guard x.count > 2, type(x[0]).element.isReal else {
      return try x.dropFirst().reduce(x[0]) { try add(Extreme(kind), [$0, $1]) }
    }
    let stacked = try concatenate(x.map { try reshape($0, shape($0).prepending(1)) }, axis: 0)
    return try add(ReduceExtreme(kind, [0]), [stacked])
  }

  /// The product along axes, by halves: as many multiplications, but a short chain of them.
  package func reduceProduct(_ x: Value, over axes: [Int]) throws -> Value {
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
  package func cumulativeProduct(_ x: Value, axis: Int, exclusive: Bool, reverse: Bool) throws
    -> Value
  {
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
  package func exponentShift(_ x: Value, over axes: [Int]) throws -> Value {
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
  package func logSumExp(_ x: Value, over axes: [Int]) throws -> Value {
    let shift = try exponentShift(x, over: axes)
    let shifted = try subtract(x, spread(shift, over: axes, to: shape(x)))
    return try add(logarithm(reduceSum(exponential(shifted), over: axes)), shift)
  }

  /// The k largest or smallest elements along an axis, in order, and where they are.
  package func topElements(_ x: Value, _ k: Int, axis: Int, largest: Bool) throws -> (
    values: Value, places: Value
  ) {
    let last = shape(x).rank - 1
    let moved = try moveAxis(x, from: axis, to: last)
    let order = try add(SortOrder(descending: largest), [moved])
    let places = try slice(order, axis: last, start: 0, size: k)
    let values = try gather(moved, places, batch: last)
    return (
      try moveAxis(values, from: last, to: axis), try moveAxis(places, from: last, to: axis)
    )
  }
}
