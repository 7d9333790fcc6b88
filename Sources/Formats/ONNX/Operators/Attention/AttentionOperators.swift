import Graph
import Operations
import Tensors

/// Operators of sequence models that are built on attention.
enum AttentionOperators {
  static let all: [ONNXOperator] = [
    Attention.operation,
    ONNXOperator(
      "RotaryEmbedding", since: 23,
      operands: [
        "X": .real, "cos_cache": .real, "sin_cache": .real, "position_ids": .optional(.whole),
      ],
      attributes: [
        "interleaved": .integer, "num_heads": .integer, "rotary_embedding_dim": .integer,
      ], limits: "a computed position outside the caches picks zeros", rotary),
    ONNXOperator(
      several: "LinearAttention", since: 27,
      operands: [
        "query": .real, "key": .real, "value": .real, "past_state": .optional(.real),
        "decay": .optional(.real), "beta": .optional(.real),
      ],
      attributes: [
        "chunk_size": .integer, "kv_num_heads": .integer, "q_num_heads": .integer, "scale": .real,
        "update_rule": .text,
      ]
    ) { node, p in
      try LinearAttention(node, in: p).results()
    },
    ONNXOperator(
      several: "CausalConvWithState", since: 27,
      operands: [
        "input": .real, "weight": .real, "bias": .optional(.real), "past_state": .optional(.real),
      ], attributes: ["activation": .text], causalConvolution),
    ONNXOperator(
      "TensorScatter", since: 24,
      operands: ["past_cache": .any, "update": .any, "write_indices": .optional(.whole)],
      attributes: ["axis": .integer, "mode": .text],
      limits: "write_indices must be known while loading", tensorScatter),
  ]

  /// Rotates pairs of numbers of each head by angles that depend on the place in the sequence.
  private static let rotary: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "X")
    let dims = p.shape(x).dims
    let isFlat = dims.count == 3
    let heads = try isFlat ? node.integer("num_heads") : dims.count == 4 ? dims[1] : 0
    guard heads > 0, dims.count == 4 || isFlat && dims[2] % heads == 0
    else {
      throw NetJacError(
        .shape, "X is \(p.shape(x)) with \(heads) heads; 3 or 4 axes with heads are needed")
    }
    // [batch, time, heads, size]
    let apart =
      try isFlat
      ? p.reshape(x, Shape([dims[0], dims[1], heads, dims[2] / heads]))
      : p.transpose(x, [0, 2, 1, 3])
    let shape = p.shape(apart)
    let given = try node.integer("rotary_embedding_dim", default: 0)
    let rotated = given == 0 ? shape[3] : given
    guard rotated >= 0, rotated <= shape[3], rotated % 2 == 0 else {
      throw NetJacError(
        .shape, "\(rotated) of \(shape[3]) numbers are rotated; an even part of them is needed")
    }
    let half = rotated / 2
    let pairs = Shape([shape[0], shape[1], shape[2], half])
    func angles(_ index: Int, _ name: String) throws -> Value {
      var cache = try node.input(index, name)
      if let places = node.optionalInput(3) {
        guard p.shape(cache).rank == 2 else {
          throw NetJacError(
            .shape,
            "\(name) is \(p.shape(cache)); with position_ids, a row for each position is needed")
        }
        let row = try p.positive(places, length: p.shape(cache)[0], fromEnd: false)
        cache = try p.take(cache, axis: 0, row)
      }
      guard p.shape(cache).dims == [shape[0], shape[1], half] else {
        throw NetJacError(
          .shape, "\(name) is \(p.shape(cache)); \([shape[0], shape[1], half]) is needed")
      }
      return try p.add(Broadcast(pairs, axes: [0, 1, 3]), [cache])
    }
    let (cosine, sine) = (try angles(1, "cos_cache"), try angles(2, "sin_cache"))
    let isInterleaved = try node.flag("interleaved", default: false)
    func part(_ index: Int) throws -> Value {
      try p.gather(
        apart, axis: 3,
        places: (0..<half).map { isInterleaved ? 2 * $0 + index : index * half + $0 })
    }
    let (a, b) = (try part(0), try part(1))
    let first = try p.subtract(p.multiply(cosine, a), p.multiply(sine, b))
    let second = try p.add(p.multiply(sine, a), p.multiply(cosine, b))
    let turned =
      try isInterleaved
      ? p.reshape(
        p.stack([first, second], axis: 4, like: first), Shape(pairs.dims.dropLast() + [rotated]))
      : p.concatenate([first, second], axis: 3)
    let rest = try p.slice(apart, axis: 3, start: rotated, size: shape[3] - rotated)
    let y = try p.concatenate([turned, rest], axis: 3)
    return try isFlat ? p.reshape(y, p.shape(x)) : p.transpose(y, [0, 2, 1, 3])
  }

  /// A convolution of each channel with its own kernel over the past, which a state prolongs.
  private static let causalConvolution: @Sendable (NodeCall, ProgramBuilder) throws -> [Value?] = {
    node, p in
    let x = try node.input(0, "input")
    let w = try node.input(1, "weight")
    let dims = p.shape(x).dims
    guard dims.count == 3, p.shape(w).rank == 3, p.shape(w)[0] == dims[1], p.shape(w)[1] == 1,
      p.shape(w)[2] > 0
    else {
      throw NetJacError(
        .shape, "input is \(p.shape(x)), weight is \(p.shape(w)); one kernel a channel is needed")
    }
    let size = p.shape(w)[2]
    let past =
      try node.optionalInput(3)
      ?? p.constant(
        Tensor(TensorType(p.real, [dims[0], dims[1], size - 1]), fill: 0.0))
    guard p.shape(past).dims == [dims[0], dims[1], size - 1] else {
      throw NetJacError(
        .shape, "past_state is \(p.shape(past)); \([dims[0], dims[1], size - 1]) is needed")
    }
    let padded = try p.concatenate([past, x], axis: 2)
    let windows = try p.add(
      Window([WindowAxis(size: size, count: dims[2])]), [padded])
    var y = try p.dot(
      windows, p.reshape(w, Shape([dims[1], size])), [0, 1, 2, 3], [1, 2], [0, 1, 3])
    if let bias = node.optionalInput(2) { y = try p.add(y, p.channelwise(bias, like: y, "bias")) }
    switch try node.choice("activation", default: StepActivation.none) {
    case .none: break
    case .silu, .swish: y = try p.multiply(y, p.sigmoid(y))
    }
    return [y, try p.slice(padded, axis: 2, start: dims[2], size: size - 1)]
  }

  private enum StepActivation: String, CaseIterable { case none, silu, swish }

  private enum CacheMode: String, CaseIterable { case linear, circular }

  /// Writes a block into a cache along its time axis, for each sequence at its own place.
  private static let tensorScatter: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let cache = try node.input(0, "past_cache")
    let update = try node.input(1, "update")
    let dims = p.shape(cache).dims
    let axis = try node.axis(node.integer("axis", default: -2), rank: dims.count)
    let length = dims[axis]
    guard axis > 0, p.shape(update).removing([axis]) == p.shape(cache).removing([axis]),
      p.shape(update)[axis] <= length
    else {
      throw NetJacError(
        .shape, "past_cache is \(p.shape(cache)), update is \(p.shape(update)) along axis \(axis)")
    }
    let size = p.shape(update)[axis]
    let starts =
      try node.optionalConstantIntegers(2, "write_indices") ?? dims.prefix(1).map { _ in 0 }
    let isCircular =
      try node.choice("mode", default: CacheMode.linear) == .circular
    guard starts.count == dims[0],
      starts.allSatisfy({ $0 >= 0 && ($0 <= length - size || isCircular && $0 < length) })
    else {
      throw NetJacError(
        .shape, "write_indices \(starts) do not fit \(size) of \(length) places")
    }
    // Time moves next to the batch; update and cache are joined, and each place picks from one.
    let joined = try p.moveAxis(p.concatenate([update, cache], axis: axis), from: axis, to: 1)
    let places = starts.flatMap { start in
      (0..<length).map { place -> Int64 in
        let behind = isCircular ? (place - start + length) % length : place - start
        return Int64(behind >= 0 && behind < size ? behind : size + place)
      }
    }
    let index = try p.constant(
      Tensor(TensorType(.int64, [dims[0], length]), integers: places))
    return try p.moveAxis(p.gather(joined, index, batch: 1), from: 1, to: axis)
  }
}
