import Containers
import Graph
import Tensors

/// Convolutions along one to three axes.
enum KerasConvolutionLayers {
  static let all: [KerasLayer] =
    (1...3).flatMap { rank in
      [plain("Conv\(rank)D", rank), transposed("Conv\(rank)DTranspose", rank)]
        + (rank < 3
          ? [
            depthwise("DepthwiseConv\(rank)D", rank), separable("SeparableConv\(rank)D", rank),
          ] : [])
    }

  private static let keys: [KerasKey] = [
    "kernel_size", "strides", "padding", "dilation_rate", "data_format", "activation", "use_bias",
  ]

  private static func plain(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      name, keys: ["filters", "groups"] + keys, weights: { [KerasWeight("kernel")] + $0.bias }
    ) { layer, p in
      let x = try layer.input(rank: rank + 2)
      let geometry = try ConvolutionGeometry(layer.config, rank: rank)
      let filters = try layer.config.count("filters")
      let groups = try layer.config.count("groups", default: 1)
      let channels = geometry.channels(x, in: p)
      guard channels % groups == 0, filters % groups == 0 else {
        throw NetJacError(
          .shape,
          "\(channels) channels and \(filters) filters cannot be divided into \(groups) groups")
      }
      let kernel = try layer.weight("kernel", geometry.kernel + [channels / groups, filters])
      let y = try geometry.convolution(x, kernel, groups: groups, in: p)
      return try layer.finished(y, geometry, filters)
    }
  }

  private static func transposed(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      name,
      keys: ["filters", "output_padding", .only("groups", .number(JSONNumber(text: "1")))] + keys,
      weights: { [KerasWeight("kernel")] + $0.bias }
    ) { layer, p in
      let x = try layer.input(rank: rank + 2)
      let geometry = try ConvolutionGeometry(layer.config, rank: rank)
      let filters = try layer.config.count("filters")
      let kernel = try layer.weight(
        "kernel", geometry.kernel + [filters, geometry.channels(x, in: p)])
      var extra = try layer.config.ints("output_padding")
      if extra?.count == 1 { extra = [Int](repeating: extra?[0] ?? 0, count: rank) }
      guard geometry.padding != .causal,
        extra.map({ $0.count == rank && $0.allSatisfy { $0 >= 0 } }) ?? true
      else {
        throw NetJacError(
          .format, "'output_padding' is \(extra ?? []); \(rank) numbers, none negative, are needed")
      }
      let y = try geometry.transposed(x, kernel, outputPadding: extra, in: p)
      return try layer.finished(y, geometry, filters)
    }
  }

  private static func depthwise(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      name, keys: ["depth_multiplier", .ignored("groups"), .ignored("filters")] + keys,
      weights: { [KerasWeight("kernel", or: "depthwise_kernel")] + $0.bias }
    ) { layer, p in
      let x = try layer.input(rank: rank + 2)
      let geometry = try ConvolutionGeometry(layer.config, rank: rank)
      let multiplier = try layer.config.count("depth_multiplier", default: 1)
      let channels = geometry.channels(x, in: p)
      let kernel = try layer.weight("kernel", geometry.kernel + [channels, multiplier])
      let y = try geometry.depthwise(x, kernel, in: p)
      return try layer.finished(y, geometry, channels * multiplier)
    }
  }

  private static func separable(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      name,
      keys: ["filters", "depth_multiplier", .only("groups", .number(JSONNumber(text: "1")))] + keys,
      weights: { [KerasWeight("depthwise_kernel"), KerasWeight("pointwise_kernel")] + $0.bias }
    ) { layer, p in
      let x = try layer.input(rank: rank + 2)
      let geometry = try ConvolutionGeometry(layer.config, rank: rank)
      let filters = try layer.config.count("filters")
      let multiplier = try layer.config.count("depth_multiplier", default: 1)
      let channels = geometry.channels(x, in: p)
      let depthwise = try layer.weight(
        "depthwise_kernel", geometry.kernel + [channels, multiplier])
      let middle = try geometry.depthwise(x, depthwise, in: p)
      let ones = [Int](repeating: 1, count: rank)
      let pointwise = try layer.weight(
        "pointwise_kernel", ones + [channels * multiplier, filters])
      let point = ConvolutionGeometry(
        kernel: ones, strides: ones, dilations: ones, channelsAreLast: geometry.channelsAreLast)
      let y = try point.convolution(middle, pointwise, groups: 1, in: p)
      return try layer.finished(y, geometry, filters)
    }
  }
}

extension ConvolutionGeometry {
  init(_ config: KerasConfiguration, rank: Int) throws {
    let ones = [Int](repeating: 1, count: rank)
    self.init(
      kernel: try config.sizes("kernel_size", rank: rank),
      strides: try config.sizes("strides", rank: rank, default: ones),
      dilations: try config.sizes("dilation_rate", rank: rank, default: ones),
      padding: try config.choice("padding", default: .valid),
      channelsAreLast: config.channelsAreLast)
    guard padding != .causal || rank == 1 && channelsAreLast else {
      throw NetJacError(.unsupported, "'causal' padding is for one axis with its channels last")
    }
  }
}

extension KerasCall {
  /// Bias and activation behind a convolution.
  fileprivate func finished(_ y: Value, _ geometry: ConvolutionGeometry, _ filters: Int) throws
    -> Value
  {
    var y = y
    if config.flag("use_bias", default: true) {
      let axis = geometry.channelsAreLast ? geometry.rank + 1 : 1
      y = try p.add(y, p.add(Broadcast(p.shape(y), axes: [axis]), [weight("bias", [filters])]))
    }
    return try activated(y)
  }
}
