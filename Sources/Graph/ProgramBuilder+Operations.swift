import Tensors

/// The primitives as functions of values, and small compositions used everywhere.
extension ProgramBuilder {
  // MARK: - Constants

  /// `value` in the shape and type of another value.
  package func scalar(_ value: Double, like x: Value) throws -> Value {
    try constant(Tensor(type(x), fill: value))
  }

  /// A real scalar of the program's precision.
  package func scalar(_ value: Double) throws -> Value {
    try constant(Tensor(TensorType(real, []), fill: value))
  }

  package func integers(_ values: [Int]) throws -> Value {
    try constant(Tensor.integers(values.map(Int64.init)))
  }

  // MARK: - Elementwise, equal shapes

  package func negate(_ x: Value) throws -> Value { try add(Negate(), [x]) }
  package func add(_ a: Value, _ b: Value) throws -> Value { try add(Add(), [a, b]) }
  package func subtract(_ a: Value, _ b: Value) throws -> Value { try add(Subtract(), [a, b]) }
  package func multiply(_ a: Value, _ b: Value) throws -> Value { try add(Multiply(), [a, b]) }
  package func divide(_ a: Value, _ b: Value) throws -> Value { try add(Divide(), [a, b]) }
  package func power(_ a: Value, _ b: Value) throws -> Value { try add(Power(), [a, b]) }
  package func maximum(_ a: Value, _ b: Value) throws -> Value {
    try add(Extreme(.maximum), [a, b])
  }
  package func minimum(_ a: Value, _ b: Value) throws -> Value {
    try add(Extreme(.minimum), [a, b])
  }
  package func exponential(_ x: Value) throws -> Value { try add(Exponential(), [x]) }
  package func logarithm(_ x: Value) throws -> Value { try add(Logarithm(), [x]) }
  package func tanh(_ x: Value) throws -> Value { try add(HyperbolicTangent(), [x]) }
  package func sigmoid(_ x: Value) throws -> Value { try add(Sigmoid(), [x]) }
  package func softplus(_ x: Value) throws -> Value { try add(Softplus(), [x]) }
  package func relu(_ x: Value) throws -> Value { try add(Relu(), [x]) }
  package func step(_ x: Value) throws -> Value { try add(Step(), [x]) }
  package func errorFunction(_ x: Value) throws -> Value { try add(ErrorFunction(), [x]) }
  package func complementaryErrorFunction(_ x: Value) throws -> Value {
    try add(ComplementaryErrorFunction(), [x])
  }
  package func squareRoot(_ x: Value) throws -> Value { try add(SquareRoot(), [x]) }
  package func reciprocal(_ x: Value) throws -> Value { try add(Reciprocal(), [x]) }
  package func absolute(_ x: Value) throws -> Value { try add(Absolute(), [x]) }
  package func sign(_ x: Value) throws -> Value { try add(Sign(), [x]) }
  package func floor(_ x: Value) throws -> Value { try add(Floor(), [x]) }
  package func truncate(_ x: Value) throws -> Value { try add(Truncate(), [x]) }
  package func sine(_ x: Value) throws -> Value { try add(Sine(), [x]) }
  package func cosine(_ x: Value) throws -> Value { try add(Cosine(), [x]) }
  package func hyperbolicSine(_ x: Value) throws -> Value { try add(HyperbolicSine(), [x]) }
  package func hyperbolicCosine(_ x: Value) throws -> Value { try add(HyperbolicCosine(), [x]) }
  package func compare(_ comparison: Comparison, _ a: Value, _ b: Value) throws -> Value {
    try add(Compare(comparison), [a, b])
  }
  package func select(_ condition: Value, _ a: Value, _ b: Value) throws -> Value {
    try add(Select(), [condition, a, b])
  }
  package func convert(_ x: Value, to element: ElementType) throws -> Value {
    try add(Convert(element), [x])
  }
  package func detach(_ x: Value) throws -> Value { try add(Detach(), [x]) }

  /// The sum of two tangents, of which either may be known to be zero.
  package func sum(_ a: Value?, _ b: Value?) throws -> Value? {
    guard let a else { return b }
    guard let b else { return a }
    return try add(a, b)
  }

  // MARK: - Movement

  package func reshape(_ x: Value, _ shape: Shape) throws -> Value { try add(Reshape(shape), [x]) }
  package func transpose(_ x: Value, _ axes: [Int]) throws -> Value {
    try add(Transpose(axes), [x])
  }
  package func slice(_ x: Value, starts: [Int], sizes: [Int], steps: [Int]? = nil) throws -> Value {
    try add(Slice(starts: starts, sizes: sizes, steps: steps), [x])
  }
  package func pad(_ x: Value, low: [Int], high: [Int], interior: [Int]? = nil) throws -> Value {
    try add(Pad(low: low, high: high, interior: interior), [x])
  }
  package func reverse(_ x: Value, _ axes: [Int]) throws -> Value { try add(Reverse(axes), [x]) }
  package func concatenate(_ x: [Value], axis: Int) throws -> Value {
    try add(Concatenate(axis: axis), x)
  }
  /// `x` repeated along a new leading axis.
  package func prependingAxis(_ x: Value, _ size: Int) throws -> Value {
    let shape = try shape(x).prepending(size)
    return try add(Broadcast(shape, axes: Array(1..<shape.rank)), [x])
  }
  /// The same elements with one axis moved to another place.
  package func moveAxis(_ x: Value, from: Int, to: Int) throws -> Value {
    var axes = Array(0..<shape(x).rank)
    axes.insert(axes.remove(at: from), at: to)
    return try transpose(x, axes)
  }
  /// One part of an axis.
  package func slice(_ x: Value, axis: Int, start: Int, size: Int) throws -> Value {
    var starts = shape(x).dims.map { _ in 0 }
    var sizes = shape(x).dims
    starts[axis] = start
    sizes[axis] = size
    return try slice(x, starts: starts, sizes: sizes)
  }

  // MARK: - Broadcasting as NumPy and ONNX have it

  /// The shape that operands broadcast to: right-aligned, axes of length one repeated.
  package func broadcastShape(_ shapes: [Shape]) throws -> Shape {
    let rank = shapes.map(\.rank).max() ?? 0
    var dims = [Int](repeating: 1, count: rank)
    for shape in shapes {
      for (place, dim) in zip((rank - shape.rank)..., shape.dims) where dim != 1 {
        guard dims[place] == 1 || dims[place] == dim else {
          throw NetJacError(
            .shape,
            "shapes \(shapes.map(\.description).joined(separator: " and ")) do not broadcast: "
              + "axis \(place) is \(dims[place]) in one and \(dim) in another")
        }
        dims[place] = dim
      }
    }
    return try Shape(checking: dims)
  }

  /// Repeats `x` to `shape` by the rules of broadcasting.
  package func broadcast(_ x: Value, to shape: Shape) throws -> Value {
    let dims = self.shape(x).dims
    guard dims.count <= shape.rank,
      zip(dims, shape.dims.suffix(dims.count)).allSatisfy({ $0 == $1 || $0 == 1 })
    else {
      throw NetJacError(.shape, "shape \(self.shape(x)) does not broadcast to \(shape)")
    }
    let lead = shape.rank - dims.count
    let kept = dims.indices.filter { dims[$0] != 1 || shape[lead + $0] == 1 }
    let squeezed = try reshape(x, Shape(kept.map { dims[$0] }))
    return try add(Broadcast(shape, axes: kept.map { lead + $0 }), [squeezed])
  }

  /// All operands repeated to their common shape.
  package func broadcast(_ x: [Value]) throws -> [Value] {
    let common = try broadcastShape(x.map(shape))
    return try x.map { try broadcast($0, to: common) }
  }

  // MARK: - Reductions and products

  package func reduceSum(_ x: Value, over axes: [Int]) throws -> Value {
    try axes.isEmpty ? x : add(ReduceSum(axes), [x])
  }
  package func reduceMaximum(_ x: Value, over axes: [Int]) throws -> Value {
    try axes.isEmpty ? x : add(ReduceExtreme(.maximum, axes), [x])
  }
  package func reduceMinimum(_ x: Value, over axes: [Int]) throws -> Value {
    try axes.isEmpty ? x : add(ReduceExtreme(.minimum, axes), [x])
  }
  /// A labelled product, see `Dot`.
  package func dot(_ a: Value, _ b: Value, _ aLabels: [Int], _ bLabels: [Int], _ yLabels: [Int])
    throws -> Value
  {
    try add(Dot(aLabels, bLabels, yLabels), [a, b])
  }
  /// The product of two matrices.
  package func matrixProduct(_ a: Value, _ b: Value) throws -> Value {
    try dot(a, b, [0, 1], [1, 2], [0, 2])
  }
  /// y[b…, i…, q…] = x[b…, index[b…, i…], q…], see `Gather`.
  package func gather(_ x: Value, _ index: Value, batch: Int = 0) throws -> Value {
    try add(Gather(batch: batch), [x, index])
  }
  /// y[b…, index[b…, i…], q…] += x[b…, i…, q…] for an axis of y that is so long, see `ScatterAdd`.
  package func scatterAdd(_ x: Value, _ index: Value, batch: Int = 0, length: Int) throws -> Value {
    try add(ScatterAdd(batch: batch, length: length), [x, index])
  }
}
