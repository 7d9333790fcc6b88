import Containers
import Graph
import Operations
import Tensors

/// Layers in which queries take weighted means of values.
enum KerasAttentionLayers {
  static let all: [KerasLayer] =
    [
      KerasLayer(
        several: "Attention", keys: ["use_scale", "score_mode", .ignored("dropout")],
        weights: { config in
          (config.flag("use_scale", default: false) ? [KerasWeight("scale")] : [])
            + (config.object["score_mode"]?.string == "concat"
              ? [KerasWeight("concat_score_weight")] : [])
        },
        call: { layer, p in
          let (q, _, k) = try queryValueKey(layer)
          let isConcatenated = try layer.config.string("score_mode", default: "dot") == "concat"
          let scale =
            layer.config.flag("use_scale", default: false) ? try layer.weight("scale", []) : nil
          let scores: Value
          if isConcatenated {
            let both = try sums(q, k, p)
            let inner =
              try scale.map { try p.multiply(both, p.broadcast($0, to: p.shape(both))) } ?? both
            let sum = try p.reduceSum(p.tanh(inner), over: [3])
            let weight = try layer.weight("concat_score_weight", [])
            scores = try p.multiply(sum, p.broadcast(weight, to: p.shape(sum)))
          } else {
            let products = try p.dot(q, k, [0, 1, 3], [0, 2, 3], [0, 1, 2])
            scores =
              try scale.map { try p.multiply(products, p.broadcast($0, to: p.shape(products))) }
              ?? products
          }
          return try results(layer, scores: scores)
        }),
      KerasLayer(
        several: "AdditiveAttention", keys: ["use_scale", .ignored("dropout")],
        weights: { $0.flag("use_scale", default: true) ? [KerasWeight("scale")] : [] },
        call: { layer, p in
          let (q, _, k) = try queryValueKey(layer)
          var both = try p.tanh(sums(q, k, p))
          if layer.config.flag("use_scale", default: true) {
            let scale = try layer.weight("scale", [p.shape(q).dims.last ?? 0])
            both = try p.multiply(both, p.broadcast(scale, to: p.shape(both)))
          }
          return try results(layer, scores: p.reduceSum(both, over: [3]))
        }),
      KerasLayer(
        several: "MultiHeadAttention",
        keys: [
          "num_heads", "key_dim", "value_dim", "use_bias", "output_shape", "attention_axes",
          "use_gate",
          "sliding_window", "dropout", .ignored("flash_attention"), .ignored("query_shape"),
          .ignored("key_shape"), .ignored("value_shape"),
        ], weights: headWeights
      ) { layer, p in
        let heads = try layer.config.count("num_heads")
        let size = try layer.config.count("key_dim")
        return try KerasHeads(
          call: layer, queryHeads: heads, keyHeads: heads, keySize: size,
          valueSize: layer.config.count("value_dim", default: size)
        ).results()
      },
    ] + ["GroupQueryAttention", "GroupedQueryAttention"].map(groupedQuery)

  /// Files have called the class by both of its names.
  private static func groupedQuery(_ name: String) -> KerasLayer {
    KerasLayer(
      several: name,
      keys: [
        "head_dim", "num_query_heads", "num_key_value_heads", "use_bias", "use_gate",
        "sliding_window", "dropout", .ignored("flash_attention"),
      ], weights: headWeights
    ) { layer, p in
      let size = try layer.config.count("head_dim")
      return try KerasHeads(
        call: layer, queryHeads: layer.config.count("num_query_heads"),
        keyHeads: layer.config.count("num_key_value_heads"), keySize: size, valueSize: size
      ).results()
    }
  }

  private static let headWeights: @Sendable (KerasConfiguration) -> [KerasWeight] = { config in
    let gate = config.flag("use_gate", default: false) ? ["gate_dense"] : []
    return (["query_dense", "key_dense"] + gate + ["value_dense", "output_dense"]).flatMap {
      group in
      [KerasWeight("kernel", in: group)]
        + (config.flag("use_bias", default: true) ? [KerasWeight("bias", in: group)] : [])
    }
  }

  // MARK: - One head, without weights of its own

  private static func queryValueKey(_ layer: KerasCall) throws -> (Value, Value, Value) {
    let p = layer.p
    let values = layer.inputs.map(\.value)
    guard values.count == 2 || values.count == 3, values.allSatisfy({ p.shape($0).rank == 3 })
    else {
      throw NetJacError(
        .shape,
        "the inputs are \(values.map { p.shape($0).description }); query, value and perhaps key of batch, "
          + "steps and features are needed")
    }
    let (q, v, k) = (values[0], values[1], values.count > 2 ? values[2] : values[1])
    let (qDims, vDims, kDims) = (p.shape(q).dims, p.shape(v).dims, p.shape(k).dims)
    guard qDims[2] == kDims[2], kDims[1] == vDims[1], qDims[0] == kDims[0], kDims[0] == vDims[0]
    else {
      throw NetJacError(
        .shape, "query \(qDims), value \(vDims) and key \(kDims) do not fit together")
    }
    return (q, v, k)
  }

  /// All sums of a query and a key, [batch, queries, keys, features].
  private static func sums(_ q: Value, _ k: Value, _ p: ProgramBuilder) throws -> Value {
    let (qDims, kDims) = (p.shape(q).dims, p.shape(k).dims)
    let full = try Shape(checking: [qDims[0], qDims[1], kDims[1], qDims[2]])
    return try p.add(
      p.add(Broadcast(full, axes: [0, 1, 3]), [q]), p.add(Broadcast(full, axes: [0, 2, 3]), [k]))
  }

  /// The means by the softmax of the scores. Hidden keys count nothing, hidden queries give zeros.
  private static func results(_ layer: KerasCall, scores: Value) throws -> [KerasTensor] {
    let p = layer.p
    let inputs = layer.inputs
    var masks: [Value?] = inputs.map(\.mask)
    if case .list(let named)? = layer.argument("mask", 1) {
      for (place, mask) in named.enumerated() where place < masks.count {
        if let tensor = mask.tensors.first { masks[place] = tensor.value }
      }
    }
    let shape = p.shape(scores)
    var allowed: Value?
    if let mask = masks[1] {
      allowed = try p.add(Broadcast(shape, axes: [0, 2]), [p.asBoolean(mask)])
    }
    if layer.flag("use_causal_mask") {
      let causal = try p.broadcast(
        KerasMasks.causal(rows: shape[1], columns: shape[2], in: p), to: shape)
      allowed = try allowed.map { try p.both($0, causal) } ?? causal
    }
    let visible =
      try allowed.map {
        try p.select($0, scores, p.add(scores, p.scalar(-1e9, like: scores)))
      } ?? scores
    let weights = try p.softmax(visible, over: [2])
    var y = try p.dot(weights, inputs[1].value, [0, 1, 2], [0, 2, 3], [0, 1, 3])
    if let mask = masks[0] {
      let full = try p.add(Broadcast(p.shape(y), axes: [0, 1]), [p.asBoolean(mask)])
      y = try p.select(full, y, p.scalar(0, like: y))
    }
    let passed = KerasMergingLayers.mergesDropMasks(layer.version) ? nil : masks[0]
    let first = KerasTensor(y, mask: passed)
    return layer.flag("return_attention_scores") ? [first, KerasTensor(weights)] : [first]
  }
}
