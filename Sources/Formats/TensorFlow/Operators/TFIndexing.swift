import Graph
import Operations
import Tensors

/// Operators that pick elements by index. A negative one lies outside.
enum TFIndexingOperators {
  static let all: [TFOperator] = [
    TFOperator("Gather") { node, p in
      try gathered(node, node.input(0, "params"), axis: 0, batch: 0, in: p)
    },
    TFOperator("GatherV2", attributes: ["batch_dims"]) { node, p in
      let x = try node.input(0, "params")
      let axis = try node.axis(node.constantInteger(2, "axis"), rank: p.shape(x).rank)
      return try gathered(
        node, x, axis: axis, batch: node.integer("batch_dims", default: 0), in: p)
    },
    TFOperator("ResourceGather", attributes: ["batch_dims"]) { node, p in
      let batch = try node.integer("batch_dims", default: 0)
      return try gathered(node, node.variable(0), axis: batch, batch: batch, in: p)
    },
    TFOperator("GatherNd") { node, p in try gatheredRows(node, node.input(0, "params"), in: p) },
    TFOperator("ResourceGatherNd") { node, p in try gatheredRows(node, node.variable(0), in: p) },
    TFOperator("OneHot", attributes: ["axis"], oneHot),
    TFOperator("Where", outputs: ["index"]) { node, p in
      let x = try node.constant(0, "input")
      let places =
        x.type.element.isReal
        ? x.reals.indices.filter { x.reals[$0] != 0 }
        : x.integers.indices.filter { x.integers[$0] != 0 }
      let axes = Array(zip(x.shape.strides, x.shape.dims))
      let rows = places.flatMap { place in axes.map { Int64(place / $0 % $1) } }
      return try p.constant(
        Tensor(TensorType(.int64, [places.count, axes.count]), integers: rows))
    },
    TFOperator(several: "Unique", outputs: ["y", "idx"]) { node, p in
      let x = try node.constant(0, "x")
      guard x.shape.rank == 1 else {
        throw NetJacError(.shape, "the operand is \(x.shape); a vector is needed")
      }
      var known: [Double: Int] = [:]
      var kept: [Int] = []
      let places = x.reals.enumerated().map { place, number -> Int64 in
        if let first = known[number] { return Int64(first) }
        known[number] = kept.count
        kept.append(place)
        return Int64(kept.count - 1)
      }
      return [
        .tensor(try p.constant(x.picking(kept, shape: [kept.count]))),
        .tensor(try p.constant(Tensor.integers(places))),
      ]
    },
    TFOperator("InvertPermutation", outputs: ["y"]) { node, p in
      let order = try node.constantIntegers(0, "x")
      var inverse = [Int](repeating: -1, count: order.count)
      for (place, index) in order.enumerated() where order.indices.contains(index) {
        inverse[index] = place
      }
      guard !inverse.contains(-1) else {
        throw NetJacError(.shape, "\(order.prefix(12)) is no order of \(order.count) elements")
      }
      return try p.integers(inverse)
    },
    TFOperator("Bucketize", attributes: ["boundaries"]) { node, p in
      let x = try node.input(0, "input")
      let boundaries = try node.reals("boundaries") ?? []
      let real = try p.convert(x, to: p.real)
      var count = try p.constant(Tensor(p.type(x).with(.int64), fill: Int64(0)))
      for boundary in boundaries {
        let isAbove = try p.compare(.greaterOrEqual, real, p.scalar(boundary, like: real))
        count = try p.add(count, p.convert(isAbove, to: .int64))
      }
      return count
    },
    TFOperator("DenseBincount", attributes: ["binary_output"]) { node, p in
      let x = try node.input(0, "input")
      let size = try node.constantInteger(1, "size")
      let weights = try node.input(2, "weights")
      guard p.shape(weights).count == 0, p.shape(x).rank >= 1, size >= 0 else {
        throw NetJacError(.unsupported, "counts with weights are not supported")
      }
      let axis = p.shape(x).rank - 1
      let hits = try p.convert(p.oneHot(p.convert(x, to: .int64), length: size), to: .int64)
      let isBinary = try node.flag("binary_output")
      let count =
        try isBinary ? p.reduceMaximum(hits, over: [axis]) : p.reduceSum(hits, over: [axis])
      return try p.convert(count, to: p.type(weights).element)
    },
  ]

  /// `y[b…, o…, i…, q…] = x[b…, o…, index[b…, i…], q…]`
  private static func gathered(
    _ node: TFCall, _ x: Value, axis: Int, batch given: Int, in p: ProgramBuilder
  ) throws -> Value {
    let rank = p.shape(try node.input(1, "indices")).rank
    let given = try given == 0 ? 0 : node.axis(given, rank: rank + 1)
    let dims = p.shape(x).dims
    guard axis < dims.count else {
      throw NetJacError(.shape, "the value is \(p.shape(x)); axis \(axis) does not exist")
    }
    let index = try p.positive(node.input(1, "indices"), length: dims[axis], fromEnd: false)
    guard given > 0 else { return try p.take(x, axis: axis, index) }
    guard given <= axis, p.shape(index).dims.prefix(given) == dims.prefix(given) else {
      throw NetJacError(
        .shape,
        "params are \(p.shape(x)), indices are \(p.shape(index)) with batch_dims \(given)")
    }
    // The axis stands behind the batch for the pick, and what was between goes back after it.
    let moved = try p.moveAxis(x, from: axis, to: given)
    let picked = try p.gather(moved, index, batch: given)
    let between = axis - given
    guard between > 0 else { return picked }
    let width = p.shape(index).rank - given
    let rest = p.shape(picked).rank - given - width - between
    return try p.transpose(
      picked,
      Array(0..<given) + (0..<between).map { given + width + $0 }
        + (0..<width).map { given + $0 } + (0..<rest).map { given + width + between + $0 })
  }

  /// Parts of x that rows of indices name.
  private static func gatheredRows(_ node: TFCall, _ x: Value, in p: ProgramBuilder) throws -> Value
  {
    let indices = try node.input(1, "indices")
    let dims = p.shape(x).dims
    guard let width = p.shape(indices).dims.last, width <= dims.count else {
      throw NetJacError(
        .shape, "params are \(p.shape(x)), indices are \(p.shape(indices))")
    }
    if let windows = try p.windows(x, indices) { return windows }
    let picked = Array(dims.prefix(width))
    let flat = try p.reshape(
      x, Shape([picked.reduce(1, *)] + dims.dropFirst(width)))
    return try p.gather(flat, p.flattened(indices, into: picked, fromEnd: false))
  }

  private static let oneHot: @Sendable (TFCall, ProgramBuilder) throws -> Value = { node, p in
    let index = try p.convert(node.input(0, "indices"), to: .int64)
    let length = try node.constantInteger(1, "depth")
    guard length >= 0, length < 1 << 40 else {
      throw NetJacError(.shape, "depth is \(length); a length is needed")
    }
    let rank = p.shape(index).rank
    let axis = try node.axis(node.integer("axis", default: -1), rank: rank + 1)
    let hot = try p.moveAxis(p.oneHot(index, length: length), from: rank, to: axis)
    func number(_ index: Int, _ name: String) throws -> Value {
      try p.broadcast(p.reshape(node.input(index, name), []), to: p.shape(hot))
    }
    return try p.select(hot, number(2, "on_value"), number(3, "off_value"))
  }
}
