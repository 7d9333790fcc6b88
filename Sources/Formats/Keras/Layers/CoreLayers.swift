import Containers
import Graph
import Operations
import Tensors

/// Layers of weights and shapes that most models begin with.
enum KerasCoreLayers {
  static let all: [KerasLayer] = [
    KerasLayer(
      "InputLayer",
      keys: [
        .ignored("batch_shape"), .ignored("batch_input_shape"), .ignored("shape"),
        .ignored("input_shape"),
      ], masking: .passes
    ) { layer, _ in try layer.x },
    KerasLayer(
      "Dense", keys: ["units", "activation", "use_bias", .ignored("input_dim")], masking: .passes,
      weights: { [KerasWeight("kernel")] + $0.bias },
      call: { layer, p in
        let x = try layer.x
        let units = try layer.config.count("units")
        guard let size = p.shape(x).dims.last, p.shape(x).rank > 1 else {
          throw NetJacError(.shape, "the input is \(p.shape(x)); a batch and features are needed")
        }
        let kernel = try layer.weight("kernel", [size, units])
        return try layer.activated(layer.biased(p.product(x, kernel), [units]))
      }),
    KerasLayer(
      "EinsumDense", keys: ["equation", "output_shape", "activation", "bias_axes"],
      weights: { config in
        [KerasWeight("kernel")] + (config.value("bias_axes") == nil ? [] : [KerasWeight("bias")])
      },
      call: { layer, p in
        let x = try layer.x
        let equation = try layer.config.string("equation", default: "")
        let kernel = try layer.anyWeight("kernel")
        var y = try Einsum(equation, operands: [x, kernel], in: p).result(in: p)
        if layer.config.value("bias_axes") != nil {
          y = try p.add(y, p.broadcast(layer.anyWeight("bias"), to: p.shape(y)))
        }
        let declared = layer.config.value("output_shape").flatMap { $0.array ?? [$0] } ?? []
        let found = p.shape(y).dims.suffix(declared.count)
        guard zip(declared, found).allSatisfy({ $0.int == nil || $0.int == $1 }) else {
          throw NetJacError(
            .shape,
            "the result is \(p.shape(y)); 'output_shape' is \(JSON.array(declared).described)"
          )
        }
        return try layer.activated(y)
      }),
    KerasLayer(
      several: "Embedding",
      keys: ["input_dim", "output_dim", "mask_zero", .ignored("input_length")],
      weights: { _ in [KerasWeight("embeddings")] },
      call: { layer, p in
        let x = try layer.x
        let table = try layer.weight(
          "embeddings", [layer.config.count("input_dim"), layer.config.count("output_dim")])
        let index = try p.convert(x, to: .int64)
        let mask =
          layer.config.flag("mask_zero", default: false)
          ? try p.differ(index, p.scalar(0, like: index)) : nil
        let place = try p.positive(
          index, length: p.shape(table)[0], fromEnd: layer.countsFromEnd)
        return [KerasTensor(try p.take(table, axis: 0, place), mask: mask)]
      }),
    KerasLayer("Identity", masking: .passes) { layer, _ in try layer.x }.elementwise(),
    KerasLayer(several: "Masking", keys: ["mask_value"]) { layer, p in
      let x = try layer.x
      let value = try p.scalar(layer.config.real("mask_value", default: 0), like: x)
      let last = p.shape(x).rank - 1
      let mask = try p.any(p.differ(x, value), over: [last])
      let full = try p.spread(mask, over: [last], to: p.shape(x))
      return [KerasTensor(try p.select(full, x, p.scalar(0, like: x)), mask: mask)]
    },
  ]
}

extension KerasConfiguration {
  /// The bias, which most layers of weights have unless told otherwise.
  var bias: [KerasWeight] { flag("use_bias", default: true) ? [KerasWeight("bias")] : [] }
}

extension KerasCall {
  /// A weight whose shape follows from no setting; what it is used for decides whether it fits.
  func anyWeight(_ name: String, in group: String = "") throws -> Value {
    try importer.weight(name, nil, in: group, of: layer)
  }

  /// The sum with a bias along the channels, which are the last axis.
  func biased(_ y: Value, _ dims: [Int]) throws -> Value {
    guard config.flag("use_bias", default: true) else { return y }
    return try p.add(y, p.broadcast(weight("bias", dims), to: p.shape(y)))
  }
}

extension ProgramBuilder {
  /// The product of the last axis of x with the first one of a matrix.
  func product(_ x: Value, _ matrix: Value) throws -> Value {
    let rank = shape(x).rank
    let outer = Array(0..<rank - 1)
    return try dot(x, matrix, outer + [rank - 1], [rank - 1, rank], outer + [rank])
  }
}
