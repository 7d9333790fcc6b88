import Graph
import Operations
import Tensors

/// Operators that write elements into a tensor by index, or sum up those of one group.
enum TFScatteringOperators {
  static let all: [TFOperator] = [
    TFOperator("ScatterNd") { node, p in
      let updates = try node.input(1, "updates")
      let shape = try node.shape(2, "shape")
      let zeros = try p.constant(Tensor(p.type(updates).with(shape), fill: Int64(0)))
      return try scattered(zeros, node.input(0, "indices"), updates, .add, in: p)
    },
    written("TensorScatterUpdate", .replace), written("TensorScatterAdd", .add),
    written("TensorScatterMax", .maximum), written("TensorScatterMin", .minimum),
    TFOperator("TensorScatterSub") { node, p in
      try scattered(
        node.input(0, "tensor"), node.input(1, "indices"),
        p.negate(node.input(2, "updates")), .add, in: p)
    },
    TFOperator("SegmentSum") { node, p in
      let ids = try node.constantIntegers(1, "segment_ids")
      return try segments(node, ids, count: (ids.max() ?? -1).addingSaturated(1), in: p)
    },
    TFOperator("SegmentMean") { node, p in
      let ids = try node.constantIntegers(1, "segment_ids")
      let count = (ids.max() ?? -1).addingSaturated(1)
      let sum = try segments(node, ids, count: count, in: p)
      var sizes = [Double](repeating: 0, count: count)
      for id in ids where id >= 0 { sizes[id] += 1 }
      let divisor = try p.constant(
        Tensor(TensorType(p.type(sum).element, [count]), reals: sizes.map { max($0, 1) }))
      return try p.divide(sum, p.add(Broadcast(p.shape(sum), axes: [0]), [divisor]))
    },
    TFOperator("UnsortedSegmentSum") { node, p in
      try segments(
        node, node.constantIntegers(1, "segment_ids"),
        count: node.constantInteger(2, "num_segments"), in: p)
    },
  ]

  private static func written(_ name: String, _ reduction: ScatterReduction) -> TFOperator {
    TFOperator(name) { node, p in
      try scattered(
        node.input(0, "tensor"), node.input(1, "indices"), node.input(2, "updates"), reduction,
        in: p)
    }
  }

  private static func scattered(
    _ x: Value, _ indices: Value, _ updates: Value, _ reduction: ScatterReduction,
    in p: ProgramBuilder
  ) throws -> Value {
    let dims = p.shape(x).dims
    guard let width = p.shape(indices).dims.last, width <= dims.count,
      p.shape(updates).dims == p.shape(indices).dims.dropLast() + dims.dropFirst(width)
    else {
      throw NetJacError(
        .shape,
        """
        the tensor is \(p.shape(x)), indices are \(p.shape(indices)), updates are \
        \(p.shape(updates)); updates need one part of the tensor for each row of indices
        """)
    }
    if reduction == .add, p.fill(of: x) == 0, let y = try p.fold(updates, indices, onto: dims) {
      return y
    }
    return try p.scatterParts(x, indices, updates, reduction, fromEnd: false)
  }

  /// Sums of the parts of the first axes that have one number; negative numbers are left out.
  private static func segments(
    _ node: TFCall, _ ids: [Int], count: Int, in p: ProgramBuilder
  ) throws -> Value {
    let x = try node.input(0, "data")
    let groups = p.shape(try node.input(1, "segment_ids"))
    let dims = p.shape(x).dims
    guard dims.starts(with: groups.dims), count >= 0, count <= p.memoryLimit / 8,
      ids.allSatisfy({ $0 < count })
    else {
      throw NetJacError(
        .shape, "data is \(p.shape(x)), segment_ids are \(groups) with \(count) segments")
    }
    let rest = Array(dims.dropFirst(groups.rank))
    var rows = try p.reshape(x, Shape([ids.count] + rest))
    let kept = ids.indices.filter { ids[$0] >= 0 }
    rows = try p.gather(rows, axis: 0, places: kept)
    return try p.add(ScatterAdd(length: count), [rows, p.integers(kept.map { ids[$0] })])
  }
}
