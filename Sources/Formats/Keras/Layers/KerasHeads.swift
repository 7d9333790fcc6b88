import Containers
import Graph
import Operations
import Tensors

/// Which of two places may see each other.
enum KerasMasks {
  static func causal(rows: Int, columns: Int, in p: ProgramBuilder) throws -> Value {
    try mask(rows, columns, in: p) { $1 <= $0 }
  }

  static func window(rows: Int, columns: Int, size: Int, in p: ProgramBuilder) throws -> Value {
    try mask(rows, columns, in: p) { abs($0 - $1) < size }
  }

  private static func mask(
    _ rows: Int, _ columns: Int, in p: ProgramBuilder, _ allows: (Int, Int) -> Bool
  ) throws -> Value {
    let type = TensorType(.bool, try Shape(checking: [rows, columns]))
    try p.requireNumbers(type.count, of: "a mask of \(rows) × \(columns)")
    return try p.constant(
      Tensor(
        type,
        integers: (0..<rows).flatMap { row in (0..<columns).map { allows(row, $0) ? 1 : 0 } }))
  }
}

/// Attention of several heads, each with projections of its own (Vaswani et al., 2017), over one or more axes;
/// several query heads may share one head of keys and values (Ainslie et al., 2023).
struct KerasHeads {
  let call: KerasCall
  let queryHeads: Int
  let keyHeads: Int
  let keySize: Int
  let valueSize: Int

  private var p: ProgramBuilder { call.p }

  private func projected(_ x: Value, _ group: String, heads: Int, size: Int) throws -> Value {
    let rank = p.shape(x).rank
    let features = p.shape(x)[rank - 1]
    let kernel = try call.weight("kernel", [features, heads, size], in: group)
    let outer = Array(0..<rank - 1)
    var y = try p.dot(
      x, kernel, outer + [rank - 1], [rank - 1, rank, rank + 1], outer + [rank, rank + 1])
    if call.config.flag("use_bias", default: true) {
      y = try p.add(
        y, p.broadcast(call.weight("bias", [heads, size], in: group), to: p.shape(y)))
    }
    return y
  }

  func results() throws -> [KerasTensor] {
    guard let query = call.tensor("query", 0), let value = call.tensor("value", 1) else {
      throw NetJacError(.format, "the layer is called without 'query' and 'value'")
    }
    let key = call.tensor("key", 2)
    let rank = p.shape(query.value).rank
    guard rank >= 3, p.shape(value.value).rank == rank, queryHeads % keyHeads == 0 else {
      throw NetJacError(
        .shape,
        "the query is \(p.shape(query.value)), the value \(p.shape(value.value)); batch, steps and features "
          + "are needed, and query heads in multiples of the others")
    }
    let axes = try (call.config.ints("attention_axes") ?? Array(1..<rank - 1)).map {
      try call.axis($0, rank: rank)
    }
    guard !axes.isEmpty, Set(axes).count == axes.count,
      axes.allSatisfy({ (1..<rank - 1).contains($0) })
    else {
      throw NetJacError(
        .shape, "'attention_axes' is \(axes); axes between batch and features are needed")
    }
    let q = try projected(query.value, "query_dense", heads: queryHeads, size: keySize)
    let k = try projected((key ?? value).value, "key_dense", heads: keyHeads, size: keySize)
    let v = try projected(value.value, "value_dense", heads: keyHeads, size: valueSize)

    // Axes that no attention runs over are shared, like the batch.
    let shared = (0..<rank - 1).filter { !axes.contains($0) }
    let (head, share, size) = (1000, 1001, 1002)
    let qLabels = (0..<rank - 1).map { axes.contains($0) ? 100 + $0 : $0 }
    let kLabels = (0..<rank - 1).map { axes.contains($0) ? 200 + $0 : $0 }
    let rows = axes.map { 100 + $0 }
    let columns = axes.map { 200 + $0 }
    let scale = 1 / Double(keySize).squareRoot()
    let scaled = try p.multiply(q, p.scalar(scale, like: q))
    let grouped = try p.reshape(
      scaled,
      Shape(p.shape(q).dims.dropLast(2) + [keyHeads, queryHeads / keyHeads, keySize]))
    let products = try p.dot(
      grouped, k, qLabels + [head, share, size], kLabels + [head, size],
      shared + [head, share] + rows + columns)
    let productShape = p.shape(products)
    let lengths = (rows + columns).indices.map { productShape[shared.count + 2 + $0] }
    let scores = try p.reshape(
      products, Shape(shared.map { p.shape(q)[$0] } + [queryHeads] + lengths))

    let mask = try mask(query, value, key, axes: axes, scores: p.shape(scores))
    let softened = Array(shared.count + 1 + axes.count..<p.shape(scores).rank)
    let returnsScores = call.flag("return_attention_scores")
    let weights = try weights(scores, mask, softened, returnsScores: returnsScores, rank: rank)
    let y = try p.dot(
      p.reshape(weights, productShape), v, shared + [head, share] + rows + columns,
      kLabels + [head, size], qLabels + [head, share, size])
    var joined = try p.reshape(
      y, Shape(p.shape(y).dims.dropLast(3) + [queryHeads, valueSize]))
    if call.config.flag("use_gate", default: false) {
      let gate = try projected(query.value, "gate_dense", heads: queryHeads, size: valueSize)
      joined = try p.multiply(joined, p.sigmoid(gate))
    }
    let first = KerasTensor(
      try output(joined, features: p.shape(query.value)[rank - 1]), mask: query.mask)
    return returnsScores ? [first, KerasTensor(weights)] : [first]
  }

  private func output(_ y: Value, features: Int) throws -> Value {
    let rank = p.shape(y).rank - 1
    let target = try call.config.ints("output_shape") ?? [features]
    let kernel = try call.weight("kernel", [queryHeads, valueSize] + target, in: "output_dense")
    let outer = Array(0..<rank - 1)
    let (head, size) = (rank, rank + 1)
    let new = target.indices.map { rank + 2 + $0 }
    var z = try p.dot(y, kernel, outer + [head, size], [head, size] + new, outer + new)
    if call.config.flag("use_bias", default: true) {
      z = try p.add(
        z, p.broadcast(call.weight("bias", target, in: "output_dense"), to: p.shape(z)))
    }
    return z
  }

  /// Versions differ in what a query takes that may see no key: Keras 3 without dropout and scores the mean of all
  /// values, since 3.10 otherwise nothing, and before what it would take without a mask.
  private func weights(
    _ scores: Value, _ mask: Value?, _ axes: [Int], returnsScores: Bool, rank: Int
  ) throws -> Value {
    guard let mask else { return try p.softmax(scores, over: axes) }
    let drops = try call.config.real("dropout", default: 0) > 0
    if call.version >= KerasVersion(3, 7), !drops, !returnsScores, rank == 3 {
      let lowest = try p.scalar(-0.7 * Double(Float.greatestFiniteMagnitude), like: scores)
      return try p.softmax(p.select(mask, scores, lowest), over: axes)
    }
    let lowered = try p.select(mask, scores, p.add(scores, p.scalar(-1e9, like: scores)))
    let weights = try p.softmax(lowered, over: axes)
    guard call.version >= KerasVersion(3, 10) else { return weights }
    return try p.select(mask, weights, p.scalar(0, like: weights))
  }

  /// Whether a query may see a key, by all masks that there are, in the shape of the scores.
  private func mask(
    _ query: KerasTensor, _ value: KerasTensor, _ key: KerasTensor?, axes: [Int], scores: Shape
  ) throws -> Value? {
    var masks: [Value] = []
    let count = axes.count
    let rowAxes = (scores.rank - 2 * count)..<(scores.rank - count)
    let columnAxes = (scores.rank - count)..<scores.rank
    func named(_ name: String, _ tensor: KerasTensor?) -> Value? {
      call.tensor(name)?.value ?? tensor?.mask
    }
    func add(_ mask: Value?, along axis: Int) throws {
      guard let mask else { return }
      guard count == 1, p.shape(mask).rank == 2 else {
        throw NetJacError(
          .unsupported, "masks of sequences are supported for attention along one axis")
      }
      masks.append(try p.add(Broadcast(scores, axes: [0, axis]), [p.asBoolean(mask)]))
    }
    try add(named("query_mask", query), along: rowAxes.lowerBound)
    try add(named("value_mask", value), along: columnAxes.lowerBound)
    if let key { try add(named("key_mask", key), along: columnAxes.lowerBound) }
    if let given = call.tensor("attention_mask") {
      var dims = p.shape(given.value).dims
      guard dims.count <= scores.rank else {
        throw NetJacError(
          .shape, "'attention_mask' is \(p.shape(given.value)), the scores are \(scores)")
      }
      // Axes are missing in front of those of queries and keys.
      let place = max(dims.count - 2 * count, 0)
      dims.insert(contentsOf: [Int](repeating: 1, count: scores.rank - dims.count), at: place)
      masks.append(
        try p.broadcast(p.reshape(p.asBoolean(given.value), Shape(dims)), to: scores))
    }
    let (rows, columns) = (scores[rowAxes.lowerBound], scores[columnAxes.lowerBound])
    func addSquare(_ mask: Value) throws {
      guard count == 1 else {
        throw NetJacError(.unsupported, "this mask is supported for attention along one axis")
      }
      masks.append(try p.broadcast(mask, to: scores))
    }
    if call.flag("use_causal_mask") {
      try addSquare(KerasMasks.causal(rows: rows, columns: columns, in: p))
    }
    if let size = try call.config.optionalInt("sliding_window") {
      try addSquare(KerasMasks.window(rows: rows, columns: columns, size: size, in: p))
    }
    guard let first = masks.first else { return nil }
    return try masks.dropFirst().reduce(first) { try p.both($0, $1) }
  }
}
