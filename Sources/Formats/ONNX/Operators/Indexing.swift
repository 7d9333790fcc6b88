import Graph
import Operations
import Tensors

/// Operators that pick elements by index. A negative index counts from the end.
enum IndexingOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Gather", operands: ["data": .any, "indices": .whole], attributes: ["axis": .integer],
      limits: ComputedIndices.picking
    ) { node, p in
      let x = try node.input(0, "data")
      let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(x).rank)
      let index = try p.positive(node.input(1, "indices"), length: p.shape(x)[axis])
      return try p.take(x, axis: axis, index)
    },
    ONNXOperator(
      "GatherElements", since: 11, operands: ["data": .any, "indices": .whole],
      attributes: ["axis": .integer], limits: ComputedIndices.picking
    ) { node, p in
      let x = try node.input(0, "data")
      let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(x).rank)
      let index = try p.positive(node.input(1, "indices"), length: p.shape(x)[axis])
      return try gatherElements(x, index, axis: axis, in: p)
    },
    ONNXOperator(
      "GatherND", since: 11, operands: ["data": .any, "indices": .whole],
      attributes: ["batch_dims": .integer], limits: ComputedIndices.picking
    ) { node, p in
      let x = try node.input(0, "data")
      let indices = try node.input(1, "indices")
      let batch = try node.integer("batch_dims", default: 0)
      let width = p.shape(indices).dims.last ?? 0
      guard batch >= 0, batch < p.shape(indices).rank, batch + width <= p.shape(x).rank,
        p.shape(x).dims.prefix(batch) == p.shape(indices).dims.prefix(batch)
      else {
        throw NetJacError(
          .shape,
          "data is \(p.shape(x)), indices are \(p.shape(indices)) with batch_dims \(batch)")
      }
      if batch == 0, let windows = try p.windows(x, indices) { return windows }
      let dims = p.shape(x).dims
      let picked = dims[batch..<batch + width]
      let flat = try p.reshape(
        x,
        Shape(
          Array(dims.prefix(batch)) + [picked.reduce(1, *)] + dims.dropFirst(batch + width)))
      return try p.gather(flat, p.flattened(indices, into: Array(picked)), batch: batch)
    },
    ONNXOperator(
      "OneHot", since: 9, operands: ["indices": .number, "depth": .number, "values": .any],
      attributes: ["axis": .integer],
      limits: "depth must be known while loading; an index outside marks no place", oneHot),
    ONNXOperator(
      "Compress", since: 9, operands: ["input": .any, "condition": .boolean],
      attributes: ["axis": .integer], limits: "the condition must be known while loading"
    ) { node, p in
      let x = try node.input(0, "input")
      let condition = try node.constant(1, "condition")
      let given = try node.optionalInteger("axis")
      let flat = try given == nil ? p.reshape(x, Shape([p.shape(x).count])) : x
      let axis = try node.axis(given ?? 0, rank: p.shape(flat).rank)
      let chosen = condition.integers.enumerated().filter { $0.element != 0 }.map(\.offset)
      guard (chosen.last ?? -1) < p.shape(flat)[axis] else {
        throw NetJacError(
          .shape,
          "condition has \(condition.count) elements; axis \(axis) has \(p.shape(flat)[axis])")
      }
      return try p.gather(flat, axis: axis, places: chosen)
    },
    ONNXOperator(
      "NonZero", since: 9, operands: ["X": .any], derivative: .none,
      limits: "the operand must be known while loading, since the shape depends on it"
    ) { node, p in
      let x = try node.constant(0, "X")
      let places =
        x.type.element.isReal
        ? x.reals.enumerated().filter { $0.element != 0 }.map(\.offset)
        : x.integers.enumerated().filter { $0.element != 0 }.map(\.offset)
      let rows = zip(x.shape.strides, x.shape.dims).flatMap { stride, length in
        places.map { Int64($0 / stride % length) }
      }
      return try p.constant(
        Tensor(TensorType(.int64, [x.shape.rank, places.count]), integers: rows))
    },
  ]

  /// `y[i, j, k] = x[index[i, j, k], j, k]`, for axis 0.
  private static func gatherElements(
    _ x: Value, _ index: Value, axis: Int, in p: ProgramBuilder
  ) throws -> Value {
    let (dims, picked) = (p.shape(x).dims, p.shape(index).dims)
    guard dims.count == picked.count,
      dims.indices.allSatisfy({ $0 == axis || picked[$0] <= dims[$0] })
    else {
      throw NetJacError(
        .shape,
        "indices are \(p.shape(index)), data is \(p.shape(x)); off axis \(axis) they must not be longer"
      )
    }
    var sizes = picked
    sizes[axis] = dims[axis]
    let last = dims.count - 1
    let part = try p.slice(x, starts: dims.map { _ in 0 }, sizes: sizes)
    let y = try p.gather(
      p.moveAxis(part, from: axis, to: last), p.moveAxis(index, from: axis, to: last), batch: last)
    return try p.moveAxis(y, from: last, to: axis)
  }

  private static let oneHot: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let given = try node.input(0, "indices")
    let depth = try node.constant(1, "depth")
    let values = try node.input(2, "values")
    guard depth.count == 1, let length = Int(exactly: depth.reals[0]), length >= 0,
      p.shape(values).dims == [2]
    else {
      throw NetJacError(
        .shape, "depth must be one whole number and values two, which are \(p.shape(values))")
    }
    let rank = p.shape(given).rank
    let axis = try node.axis(node.integer("axis", default: -1), rank: rank + 1)
    // An index that lies outside marks no place, so it is no error here.
    let whole = try p.convert(given, to: .int64)
    let isNegative = try p.compare(.less, whole, p.scalar(0, like: whole))
    let fromEnd = try p.add(whole, p.scalar(Double(length), like: whole))
    let index = try p.select(isNegative, fromEnd, whole)
    let hot = try p.moveAxis(p.oneHot(index, length: length), from: rank, to: axis)
    func choice(_ place: Int) throws -> Value {
      try p.broadcast(
        p.reshape(p.slice(values, axis: 0, start: place, size: 1), []), to: p.shape(hot))
    }
    return try p.select(hot, choice(1), choice(0))
  }
}
