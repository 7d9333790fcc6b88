import Tensors

/// A primitive that only moves elements of one operand (or puts zeros): linear, without arithmetic.
///
/// States where each result element comes from; evaluation, linearisation and pattern follow.
package protocol Movement: Linear {
  /// For each result element the operand's element it is, or -1 for zero.
  func sources(_ x: TensorType, _ y: TensorType) -> [Int]
}

extension Movement {
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    x[0].picking(sources(x[0].type, type), shape: type.shape)
  }

  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { x[0].picking(sources(types[0], type)) }

  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].orZero }

  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }
}

/// The flat positions that an odometer over `dims` visits, last axis fastest.
func positions(dims: [Int], strides: [Int], start: Int = 0) -> [Int] {
  let count = dims.reduce(1, *)
  guard count > 0 else { return [] }
  var result: [Int] = []
  result.reserveCapacity(count)
  var index = [Int](repeating: 0, count: dims.count)
  var position = start
  for _ in 0..<count {
    result.append(position)
    var axis = dims.count - 1
    while axis >= 0 {
      index[axis] += 1
      position += strides[axis]
      if index[axis] < dims[axis] { break }
      position -= strides[axis] * dims[axis]
      index[axis] = 0
      axis -= 1
    }
  }
  return result
}

/// The same elements, in the same row-major order, under another shape.
package struct Reshape: Movement {
  package static let name = "reshape"
  package var notation: Notation? { .operand }
  package let shape: Shape
  package init(_ shape: Shape) { self.shape = shape }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }

  package var attributes: String { shape.description }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard x[0].count == shape.count else {
      throw NetJacError(
        .shape,
        "reshape: \(x[0].shape) has \(x[0].count) elements, \(shape) has \(shape.count); the counts "
          + "must be equal")
    }
    return x[0].with(shape)
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor { x[0].reshaped(shape) }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] { Array(0..<y.count) }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.reshape(yBar, p.shape(x[0]))] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.reshape(x[0], shape.prepending(size)) }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if p.shape(x[0]) == shape { return x[0] }
    let operand = p.node(x[0])
    return operand.isA(Reshape.self) ? try p.reshape(operand.operands[0], shape) : nil
  }
  package static let samples = [
    Sample(Self([3, 2]), .init([2, 3])), Sample(Self([1, 0]), .init([0, 4])),
  ]
}

/// Result axis k is operand axis `axes[k]`.
package struct Transpose: Movement {
  package static let name = "transpose"
  package let axes: [Int]
  package init(_ axes: [Int]) { self.axes = axes }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }

  package var attributes: String { "\(axes)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard axes.sorted() == Array(0..<x[0].rank) else {
      throw NetJacError(
        .shape, "transpose: \(axes) is not an order of the \(x[0].rank) axes of \(x[0].shape)")
    }
    return x[0].with(Shape(axes.map { x[0].dims[$0] }))
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    let strides = x.shape.strides
    return positions(dims: y.dims, strides: axes.map { strides[$0] })
  }
  package var inverse: [Int] {
    var inverse = axes
    for (place, axis) in axes.enumerated() { inverse[axis] = place }
    return inverse
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.transpose(yBar, inverse)] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.transpose(x[0], [0] + axes.map { $0 + 1 }) }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if axes == Array(axes.indices) { return x[0] }
    let operand = p.node(x[0])
    if let inner = operand.primitive as? Transpose {
      return try p.transpose(operand.operands[0], axes.map { inner.axes[$0] })
    }
    // Moving axes of length one changes no element's place.
    let long = axes.filter { p.shape(x[0])[$0] != 1 }
    if long == long.sorted() {
      return try p.reshape(x[0], Shape(axes.map { p.shape(x[0])[$0] }))
    }
    return nil
  }
  package static let samples = [
    Sample(Self([1, 0]), .init([2, 3])), Sample(Self([2, 0, 1]), .init([2, 3, 4])),
  ]
}

/// Repeats elements: operand axis k becomes result axis `axes[k]`, the other result axes are new.
package struct Broadcast: Movement {
  package static let name = "broadcast"
  package var notation: Notation? { .operand }
  package let shape: Shape
  package let axes: [Int]
  package init(_ shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }

  package var attributes: String { "\(shape) axes \(axes)" }
  // A repetition is smaller unevaluated.
  package var foldsEagerly: Bool { false }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard axes.count == x[0].rank, zip(axes, axes.dropFirst()).allSatisfy(<),
      axes.allSatisfy(shape.dims.indices.contains), axes.map({ shape[$0] }) == x[0].dims
    else {
      throw NetJacError(
        .shape, "broadcast: \(x[0].shape) does not fit axes \(axes) of \(shape)")
    }
    return x[0].with(shape)
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if x[0].count > 0, let filled = x[0].refilled(shape) { return filled }
    return x[0].picking(sources(x[0].type, type), shape: shape)
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.rank)
    for (axis, step) in zip(axes, x.shape.strides) { strides[axis] = step }
    return positions(dims: shape.dims, strides: strides)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    [try p.reduceSum(yBar, over: shape.dims.indices.filter { !axes.contains($0) })]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    try p.add(Broadcast(shape.prepending(size), axes: [0] + axes.map { $0 + 1 }), x)
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if p.shape(x[0]) == shape { return x[0] }
    if let tensor = p.node(x[0]).constant {
      // A fill stays a fill; whole numbers are shape arithmetic and wanted as numbers.
      let isFill = tensor.count > 0 && tensor.fill != nil
      if isFill || !tensor.type.element.isReal && shape.count <= 1 << 20 {
        return try p.constant(evaluate([tensor], tensor.type.with(shape)))
      }
    }
    let operand = p.node(x[0])
    if let inner = operand.primitive as? Broadcast {
      return try p.add(Broadcast(shape, axes: inner.axes.map { axes[$0] }), operand.operands)
    }
    // New axes of length one are a reshape.
    if shape.count == p.shape(x[0]).count { return try p.reshape(x[0], shape) }
    return nil
  }
  package static let samples = [
    Sample(Self([4, 2, 3], axes: [1, 2]), .init([2, 3])),
    Sample(Self([2, 5, 3], axes: [0, 2]), .init([2, 3])),
    Sample(Self([3, 2], axes: []), .init([])),
  ]
}
