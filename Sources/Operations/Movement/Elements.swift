import Graph
import Tensors

extension ProgramBuilder {
  /// Indices as places of an axis: those that are known are checked, and computed ones that lie outside
  /// stay there, where they pick zero and write nowhere. Negative ones count from the end where the
  /// format has it so, else they lie outside, too.
  package func positive(_ index: Value, length: Int, fromEnd: Bool = true) throws -> Value {
    guard !type(index).element.isReal else {
      throw NetJacError(.shape, "the indices are floats; integers are needed")
    }
    let index = try convert(index, to: .int64)
    if let known = try constantTensor(of: index) {
      let places = try known.integers.map { place in
        guard place >= (fromEnd ? -length : 0), place < length else {
          throw NetJacError(
            .shape,
            """
            index \(place) lies outside an axis of length \(length); \(fromEnd ? -length : 0) to \
            \(length - 1) are its elements
            """)
        }
        return place < 0 ? place + Int64(length) : place
      }
      return try constant(Tensor(known.type, integers: places))
    }
    guard fromEnd else { return index }
    let isNegative = try compare(.less, index, scalar(0, like: index))
    return try select(isNegative, add(index, scalar(Double(length), like: index)), index)
  }

  /// Elements along an axis by an index of any shape, which takes the axis's place.
  package func take(_ x: Value, axis: Int, _ index: Value) throws -> Value {
    let indexShape = shape(index)
    let before = Array(shape(x).dims.prefix(axis))
    let after = Array(shape(x).dims.dropFirst(axis + 1))
    let result = try Shape(checking: before + indexShape.dims + after)
    if let known = try constantTensor(of: index) {
      return try reshape(gather(x, axis: axis, places: known.integers.map(Int.init)), result)
    }
    let picked = try gather(moveAxis(x, from: axis, to: 0), index)
    let rank = indexShape.rank
    return try transpose(
      picked,
      before.indices.map { rank + $0 } + Array(0..<rank)
        + after.indices.map { rank + axis + $0 })
  }

  /// The flat place that each row of indices names in a box of the given lengths.
  package func flattened(
    _ indices: Value, into dims: [Int], fromEnd: Bool = true
  ) throws -> Value {
    let shape = shape(indices)
    let outer = Shape(Array(shape.dims.dropLast()))
    var flat = try constant(Tensor(TensorType(.int64, outer), fill: Int64(0)))
    var isOutside: [Value] = []
    for (column, stride) in Shape(dims).strides.enumerated() {
      let part = try reshape(
        slice(indices, axis: shape.rank - 1, start: column, size: 1), outer)
      let index = try positive(part, length: dims[column], fromEnd: fromEnd)
      if !isKnown(index) { isOutside.append(try self.isOutside(index, length: dims[column])) }
      flat = try add(flat, multiply(index, scalar(Double(stride), like: index)))
    }
    return try isOutside.reduce(flat) { try select($1, scalar(-1, like: $0), $0) }
  }

  /// Whether indices lie outside an axis: what they name is no element of any other place.
  package func isOutside(_ index: Value, length: Int) throws -> Value {
    try add(
      BitOperation(.or),
      [
        compare(.less, index, scalar(0, like: index)),
        compare(.greaterOrEqual, index, scalar(Double(length), like: index)),
      ])
  }

  /// One element along an axis, which vanishes.
  package func element(_ index: Int, of x: Value, axis: Int) throws -> Value {
    try reshape(slice(x, axis: axis, start: index, size: 1), shape(x).removing([axis]))
  }

  /// Values of one shape along a new axis; with none, an empty tensor of such elements.
  package func stack(_ values: [Value], axis: Int, like example: Value) throws -> Value {
    var dims = shape(example).dims
    dims.insert(values.isEmpty ? 0 : 1, at: axis)
    let one = try Shape(checking: dims)
    guard !values.isEmpty else {
      return try constant(Tensor(type(example).with(one), fill: 0.0))
    }
    return try concatenate(
      values.map { value in
        guard shape(value) == shape(example) else {
          throw NetJacError(
            .shape,
            "collected values have shapes \(shape(example)) and \(shape(value)); one is needed")
        }
        return try reshape(value, one)
      }, axis: axis)
  }

  /// Picks along the time axis, for each sequence of a batch by its own known order.
  package func reorderSequences(
    _ x: Value, time: Int, batch: Int, _ source: (_ sequence: Int, _ step: Int) -> Int
  ) throws -> Value {
    let shape = shape(x)
    let others = shape.dims.indices.filter { $0 != time && $0 != batch }
    let order = [batch, time] + others
    let places = (0..<shape[batch]).flatMap { sequence in
      (0..<shape[time]).map { Int64(source(sequence, $0)) }
    }
    let index = try constant(
      Tensor(TensorType(.int64, [shape[batch], shape[time]]), integers: places))
    let picked = try gather(transpose(x, order), index, batch: 1)
    return try transpose(picked, Transpose(order).inverse)
  }

  /// Copies of a tensor one behind the other, as many along each axis as `repeats` says.
  package func tile(_ x: Value, _ repeats: [Int]) throws -> Value {
    let dims = shape(x).dims
    guard repeats.count == dims.count else {
      throw NetJacError(
        .shape, "repeats \(repeats) do not fit \(shape(x)), which has \(dims.count) axes")
    }
    // Each axis becomes a pair, of which the first counts the copies.
    let pairs = try Shape(checking: zip(repeats, dims).flatMap { [$0, $1] })
    let copies = try add(Broadcast(pairs, axes: dims.indices.map { 2 * $0 + 1 }), [x])
    return try reshape(
      copies, Shape(checking: dims.indices.map { pairs[2 * $0] * pairs[2 * $0 + 1] }))
  }
}
