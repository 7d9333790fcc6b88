import Containers
import Graph
import Operations
import Tensors

/// Layers that shift and scale by statistics, kept or of the input itself.
enum KerasNormalisationLayers {
  static let all: [KerasLayer] = [
    KerasLayer(
      several: "BatchNormalization",
      keys: [
        "axis", "epsilon", "center", "scale", .ignored("momentum"), .ignored("synchronized"),
        .ignored("renorm_momentum"), .ignored("renorm_clipping"), .ignored("fused"),
        .ignored("virtual_batch_size"), .ignored("adjustment"),
      ], masking: .passes,
      weights: { config in
        scaleAndShift(config)
          + [
            KerasWeight("moving_mean", isTrainable: false),
            KerasWeight("moving_variance", isTrainable: false),
          ]
      }, call: batch),
    KerasLayer(
      "LayerNormalization", keys: ["axis", "epsilon", "center", "scale", "rms_scaling"],
      masking: .passes,
      weights: { config in
        // Scaling by the root of the variance alone has no shift.
        config.flag("rms_scaling", default: false)
          ? [KerasWeight("gamma")] : scaleAndShift(config)
      }, call: layer),
    KerasLayer(
      "GroupNormalization", keys: ["groups", "axis", "epsilon", "center", "scale"],
      masking: .passes, weights: scaleAndShift, call: group),
    KerasLayer(
      "RMSNormalization", keys: ["axis", "epsilon"], weights: { _ in [KerasWeight("scale")] },
      call: { layer, p in
        let x = try layer.x
        let axes = try layer.axes("axis", default: [-1])
        let square = try p.mean(p.multiply(x, x), over: axes)
        let epsilon = try layer.config.real("epsilon", default: 1e-6)
        let size = try p.squareRoot(p.add(square, p.scalar(epsilon, like: square)))
        let y = try p.divide(x, p.spread(size, over: axes, to: p.shape(x)))
        return try p.multiply(
          y, along(axes, layer.weight("scale", axes.map { p.shape(x)[$0] }), x, p))
      }),
    KerasLayer("UnitNormalization", keys: ["axis"], masking: .passes) { layer, p in
      try unit(
        layer.x, over: layer.axes("axis", default: [-1]), bound: 1e12, version: layer.version, in: p
      )
    },
    KerasLayer(
      several: "SpectralNormalization", keys: [.ignored("layer"), .ignored("power_iterations")],
      weights: { _ in [KerasWeight("vector_u", isTrainable: false, isUnused: true, or: "sn_u")] },
      call: { layer, _ in
        // The kernel is divided by its norm in training, and stored so.
        guard let wrapped = layer.layer.parts.first?.layer else {
          throw NetJacError(.format, "the configuration lacks 'layer'")
        }
        return try layer.inner(wrapped, layer.arguments, named: layer.named)
      }),
    KerasLayer(
      "Normalization",
      keys: [
        "axis", "invert", "mean", "variance", .ignored("input_mean"), .ignored("input_variance"),
      ],
      masking: .passes,
      weights: { config in
        config.value("mean") != nil
          ? []
          : ["mean", "variance", "count"].map { KerasWeight($0, isTrainable: false) }
      }, call: normalisation),
    KerasLayer("Rescaling", keys: ["scale", "offset"], masking: .passes) { layer, p in
      let x = try p.asReal(layer.x)
      func number(_ key: String, _ standard: Double) throws -> Value {
        guard let json = layer.config.value(key) else { return try p.scalar(standard, like: x) }
        return try p.broadcast(KerasOperand.constant(json, real: p.real, in: p), to: p.shape(x))
      }
      return try p.add(p.multiply(x, number("scale", 1)), number("offset", 0))
    },
  ]

  private static let scaleAndShift: @Sendable (KerasConfiguration) -> [KerasWeight] = { config in
    (config.flag("scale", default: true) ? [KerasWeight("gamma")] : [])
      + (config.flag("center", default: true) ? [KerasWeight("beta")] : [])
  }

  /// Numbers of some axes of x, repeated along the others.
  private static func along(_ axes: [Int], _ numbers: Value, _ x: Value, _ p: ProgramBuilder) throws
    -> Value
  {
    try p.add(Broadcast(p.shape(x), axes: axes), [numbers])
  }

  private static let batch: KerasLayer.Call = { layer, p in
    let input = try layer.input()
    let given = try layer.axes("axis", default: [-1])
    guard given.count == 1 else {
      throw NetJacError(.unsupported, "'axis' is \(given); one axis is supported")
    }
    // The channels of an image stand in front, if it is there like that.
    let image = given[0] == p.shape(input.value).rank - 1 ? input.channelsFirst : nil
    let x = image ?? input.value
    let axes = image == nil ? given : [1]
    let dims = [p.shape(x)[axes[0]]]
    let variance = try layer.weight("moving_variance", dims)
    let epsilon = try layer.config.real("epsilon", default: 1e-3)
    let deviation = try p.squareRoot(p.add(variance, p.scalar(epsilon, like: variance)))
    var scale = try p.reciprocal(deviation)
    if layer.config.flag("scale", default: true) {
      scale = try p.multiply(scale, layer.weight("gamma", dims))
    }
    let mean = try along(axes, layer.weight("moving_mean", dims), x, p)
    var y = try p.multiply(p.subtract(x, mean), along(axes, scale, x, p))
    if layer.config.flag("center", default: true) {
      y = try p.add(y, along(axes, layer.weight("beta", dims), x, p))
    }
    return [image == nil ? KerasTensor(y) : try KerasTensor(channelsFirst: y, in: p)]
  }

  private static let layer: @Sendable (KerasCall, ProgramBuilder) throws -> Value = { layer, p in
    let x = try layer.x
    let axes = try layer.axes("axis", default: [-1])
    let dims = axes.map { p.shape(x)[$0] }
    let isRoot = layer.config.flag("rms_scaling", default: false)
    let centred = try p.centred(x, over: axes)
    let variance = try p.mean(p.multiply(centred, centred), over: axes)
    let epsilon = try layer.config.real("epsilon", default: 1e-3)
    let deviation = try p.squareRoot(p.add(variance, p.scalar(epsilon, like: variance)))
    var y = try p.divide(isRoot ? x : centred, p.spread(deviation, over: axes, to: p.shape(x)))
    if isRoot || layer.config.flag("scale", default: true) {
      y = try p.multiply(y, along(axes, layer.weight("gamma", dims), x, p))
    }
    if !isRoot, layer.config.flag("center", default: true) {
      y = try p.add(y, along(axes, layer.weight("beta", dims), x, p))
    }
    return y
  }

  private static let group: @Sendable (KerasCall, ProgramBuilder) throws -> Value = { layer, p in
    let x = try layer.x
    let shape = p.shape(x)
    let axes = try layer.axes("axis", default: [-1])
    let stated = try layer.config.int("groups", default: 32)
    guard axes.count == 1, axes[0] > 0 else {
      throw NetJacError(
        .unsupported, "'axis' is \(axes); one axis other than the batch is supported")
    }
    let channels = shape[axes[0]]
    let groups = stated == -1 ? channels : stated
    guard groups > 0, channels % groups == 0 else {
      throw NetJacError(.shape, "\(channels) channels cannot be divided into \(groups) groups")
    }
    var dims = shape.dims
    dims.replaceSubrange(axes[0]...axes[0], with: [groups, channels / groups])
    let grouped = try p.reshape(x, Shape(dims))
    let inner = dims.indices.filter { $0 != 0 && $0 != axes[0] }
    let centred = try p.centred(grouped, over: inner)
    let variance = try p.mean(p.multiply(centred, centred), over: inner)
    let epsilon = try layer.config.real("epsilon", default: 1e-3)
    let deviation = try p.squareRoot(p.add(variance, p.scalar(epsilon, like: variance)))
    var y = try p.reshape(
      p.divide(centred, p.spread(deviation, over: inner, to: p.shape(grouped))), shape)
    if layer.config.flag("scale", default: true) {
      y = try p.multiply(y, along(axes, layer.weight("gamma", [channels]), x, p))
    }
    if layer.config.flag("center", default: true) {
      y = try p.add(y, along(axes, layer.weight("beta", [channels]), x, p))
    }
    return y
  }

  /// x over its norm: Keras 3 bounds the factor, Keras 2 the sum of squares. Zeros stay zeros.
  static func unit(
    _ x: Value, over axes: [Int], bound: Double = 1e7, version: KerasVersion,
    in p: ProgramBuilder
  ) throws -> Value {
    let square = try p.reduceSum(p.multiply(x, x), over: axes)
    let least = version.major < 3 ? 1e-12 : 1 / (bound * bound)
    let safe = try p.maximum(square, p.scalar(least, like: square))
    return try p.divide(x, p.spread(p.squareRoot(safe), over: axes, to: p.shape(x)))
  }

  private static let normalisation: @Sendable (KerasCall, ProgramBuilder) throws -> Value = {
    layer, p in
    let x = try p.asReal(layer.x)
    let shape = p.shape(x)
    let axes = try layer.config.value("axis") == nil ? [] : layer.axes("axis", default: [-1])
    func statistic(_ name: String) throws -> Value {
      guard let json = layer.config.value(name) else {
        return try along(axes, layer.weight(name, axes.map { shape[$0] }), x, p)
      }
      let given = try KerasOperand.constant(json, real: p.real, in: p)
      let count = p.shape(given).count
      if count == 1 { return try p.broadcast(p.reshape(given, []), to: shape) }
      // Statistics may hold axes of length one for those that are not kept.
      let dims = shape.dims.indices.map { axes.contains($0) ? shape[$0] : 1 }
      guard count == dims.reduce(1, *) else { return try p.broadcast(given, to: shape) }
      return try p.broadcast(p.reshape(given, Shape(dims)), to: shape)
    }
    let mean = try statistic("mean")
    let deviation = try p.squareRoot(statistic("variance"))
    let scale = try p.maximum(deviation, p.scalar(1e-7, like: deviation))
    return try layer.config.flag("invert", default: false)
      ? p.add(mean, p.multiply(x, scale)) : p.divide(p.subtract(x, mean), scale)
  }
}

extension KerasCall {
  /// The axes that a key names, in order, counted from the end where negative.
  func axes(_ key: String, default standard: [Int]) throws -> [Int] {
    let rank = p.shape(try x).rank
    let axes = try (config.ints(key) ?? standard).map { try axis($0, rank: rank) }.sorted()
    guard Set(axes).count == axes.count else {
      throw NetJacError(.shape, "\(key.quoted) names an axis twice")
    }
    return axes
  }
}

extension ProgramBuilder {
  func asReal(_ x: Value) throws -> Value {
    type(x).element.isReal ? x : try convert(x, to: real)
  }
}
