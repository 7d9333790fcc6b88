import Graph
import Operations
import Tensors

/// ONNX `Attention`: queries pick a weighted mean of values, by the softmax of their products with
/// keys. Several query heads may share one head of keys and values.
struct Attention {
  private let node: NodeCall
  private let p: ProgramBuilder
  /// [batch, heads, time, size], with as many heads for keys and values as they have.
  private let q: Value
  private let k: Value
  private let v: Value
  private let isFlat: Bool
  /// Valid keys that precede the queries, for masks that depend on position: of the past, or for
  /// each sequence of the batch [batch].
  private let offset: Value

  static let operation = ONNXOperator(
    several: "Attention", since: 23,
    operands: [
      "Q": .real, "K": .real, "V": .real, "attn_mask": .optional(.mask),
      "past_key": .optional(.real), "past_value": .optional(.real),
      "nonpad_kv_seqlen": .optional(.whole),
    ],
    attributes: [
      "is_causal": .integer, "kv_num_heads": .integer, "left_window_size": .integer,
      "q_num_heads": .integer, "qk_matmul_output_mode": .integer, "right_window_size": .integer,
      "scale": .real, "softcap": .real, "softmax_precision": .integer,
    ]
  ) { node, p in
    try Attention(node, in: p).results()
  }

  private init(_ node: NodeCall, in p: ProgramBuilder) throws {
    self.node = node
    self.p = p
    try Self.checkSettings(node)
    let query = try node.input(0, "Q")
    isFlat = p.shape(query).rank == 3
    q = try Self.heads(query, node.optionalInteger("q_num_heads"), "Q", in: p)
    let keyHeads = try node.optionalInteger("kv_num_heads")
    let key = try Self.heads(node.input(1, "K"), keyHeads, "K", in: p)
    let value = try Self.heads(node.input(2, "V"), keyHeads, "V", in: p)
    var past = 0
    if let pastKey = node.optionalInput(4) {
      let pastValue = try node.input(5, "past_value")
      past = p.shape(pastKey).rank == 4 ? p.shape(pastKey)[2] : 0
      k = try p.concatenate([pastKey, key], axis: 2)
      v = try p.concatenate([pastValue, value], axis: 2)
    } else {
      (k, v) = (key, value)
    }
    let (qDims, kDims, vDims) = (p.shape(q).dims, p.shape(k).dims, p.shape(v).dims)
    guard qDims[0] == kDims[0], qDims[3] == kDims[3], kDims.prefix(3) == vDims.prefix(3),
      kDims[1] > 0, qDims[1] % kDims[1] == 0
    else {
      throw NetJacError(
        .shape,
        """
        as [batch, heads, time, size], Q is \(qDims), K is \(kDims), V is \(vDims); the batches \
        must be equal, the sizes of Q and K, the times of K and V, and the heads of Q a multiple
        """)
    }
    if let valid = node.optionalInput(6), node.optionalInput(4) == nil {
      offset = try p.subtract(valid, p.scalar(Double(qDims[2]), like: valid))
    } else {
      offset = try p.constant(Tensor(TensorType(.int64, []), fill: Int64(past)))
    }
  }

  /// Refuses settings that mean nothing. The precision of the softmax is that of the network.
  private static func checkSettings(_ node: NodeCall) throws {
    for name in ["left_window_size", "right_window_size"] {
      let size = try node.integer(name, default: -1)
      guard size >= -1 else {
        throw NetJacError(
          .format, "\(name) is \(size); a number of keys is needed, or -1 for all of them")
      }
    }
    guard let code = try node.optionalInteger("softmax_precision") else { return }
    let type = Int32(exactly: code).flatMap(ONNXElementType.init)
    guard type?.holding == .real else {
      throw NetJacError(
        .format, "softmax_precision is \(type?.name ?? "\(code)"); a type of floats is needed")
    }
  }

  /// A flat input [batch, time, heads·size] with its heads apart.
  private static func heads(_ x: Value, _ count: Int?, _ name: String, in p: ProgramBuilder) throws
    -> Value
  {
    let dims = p.shape(x).dims
    if dims.count == 4 { return x }
    guard dims.count == 3, let count, count > 0, dims[2] % count == 0 else {
      throw NetJacError(
        .shape,
        """
        \(name) is \(p.shape(x)) with \(count.map(String.init) ?? "unknown") heads; 4 axes are \
        needed, or 3 of which the last divides into the heads
        """)
    }
    return try p.transpose(
      p.reshape(x, Shape([dims[0], dims[1], count, dims[2] / count])), [0, 2, 1, 3])
  }

  private func results() throws -> [Value?] {
    let qDims = p.shape(q).dims
    let scale = try node.optionalReal("scale") ?? 1 / Double(qDims[3]).squareRoot()
    let scaled = try p.multiply(q, p.scalar(scale, like: q))
    let raw = try p.attentionScores(scaled, k)

    let cap = try node.real("softcap", default: 0)
    let capped =
      try cap > 0
      ? p.multiply(p.tanh(p.divide(raw, p.scalar(cap, like: raw))), p.scalar(cap, like: raw)) : raw
    let biased = try bias(p.shape(raw)).reduce(capped) { try p.add($0, $1) }
    // A query that sees no key takes nothing.
    let weights = try p.maskedSoftmax(biased, over: [p.shape(biased).rank - 1]).weights

    let apart = try p.attentionMeans(weights, v)
    let joined =
      try isFlat
      ? p.reshape(
        p.transpose(apart, [0, 2, 1, 3]),
        Shape([qDims[0], qDims[2], qDims[1] * p.shape(v)[3]])) : apart
    let stages = [raw, capped, biased, weights]
    let stage = try node.integer("qk_matmul_output_mode", default: 0)
    return [joined, k, v, stages.indices.contains(stage) ? stages[stage] : nil]
  }

  // MARK: - Masks

  /// What is added to the scores: zero or the mask's numbers where a query may see a key, minus
  /// infinity where it may not.
  private func bias(_ shape: Shape) throws -> [Value] {
    var biases: [Value] = []
    func allow(_ allowed: Value) throws {
      let full = try p.broadcast(allowed, to: shape)
      let zero = try p.constant(Tensor(TensorType(p.real, shape), fill: 0.0))
      biases.append(try p.select(full, zero, p.lowest(like: zero)))
    }
    if let mask = node.optionalInput(3) {
      let full = try paddedMask(mask, columns: shape[3])
      if p.type(mask).element == .bool {
        try allow(full)
      } else {
        biases.append(try p.broadcast(full, to: shape))
      }
    }
    let right = try node.integer("right_window_size", default: -1)
    let left = try node.integer("left_window_size", default: -1)
    if try node.flag("is_causal", default: false) {
      try allow(try column(shape, .lessOrEqual, rowPlus: 0))
    }
    if right >= 0 { try allow(try column(shape, .lessOrEqual, rowPlus: right)) }
    if left >= 0 { try allow(try column(shape, .greaterOrEqual, rowPlus: -left)) }
    if let valid = node.optionalInput(6) {
      let columns = try indices(shape, axis: 3)
      let counts = try p.add(Broadcast(shape, axes: [0]), [valid])
      try allow(try p.compare(.less, columns, counts))
    }
    return biases
  }

  /// Compares the place of each key with that of each query, counted from the first key.
  private func column(_ shape: Shape, _ comparison: Comparison, rowPlus distance: Int) throws
    -> Value
  {
    let rows = try indices(shape, axis: 2)
    let start = try p.add(
      Broadcast(shape, axes: p.shape(offset).rank == 0 ? [] : [0]), [offset])
    // Windows beyond all keys see all of them, whatever their size.
    let near = min(max(distance, -(1 << 40)), 1 << 40)
    let bound = try p.add(
      p.add(rows, start), p.constant(Tensor(p.type(rows), fill: Int64(near))))
    return try p.compare(comparison, indices(shape, axis: 3), bound)
  }

  private func indices(_ shape: Shape, axis: Int) throws -> Value {
    try p.add(Broadcast(shape, axes: [axis]), [p.integers(Array(0..<shape[axis]))])
  }

  /// Since opset 24 a mask may be shorter than the keys; what it leaves out is not seen.
  private func paddedMask(_ mask: Value, columns: Int) throws -> Value {
    let dims = p.shape(mask).dims
    guard let width = dims.last, width < columns, node.version >= 24 || width != 1 else {
      return mask
    }
    var high = dims.map { _ in 0 }
    high[dims.count - 1] = columns - width
    let hidden = try p.type(mask).element == .bool ? nil : p.scalar(-.infinity)
    return try p.pad(mask, low: dims.map { _ in 0 }, high: high, with: hidden)
  }
}
