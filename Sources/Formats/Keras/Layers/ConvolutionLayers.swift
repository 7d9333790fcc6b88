import Containers
import Graph
import Operations
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
      several: name, keys: ["filters", "groups"] + keys, masking: .drops,
      weights: { [KerasWeight("kernel")] + $0.bias },
      call: { layer, p in
        let image = try layer.image(rank: rank, channelsFirst: true)
        let x = image.value
        let convolution = try KerasConvolution(layer.config, rank: rank, images: image.layout)
        let filters = try layer.config.count("filters")
        let groups = try layer.config.count("groups", default: 1)
        let channels = convolution.channels(x, in: p)
        guard channels % groups == 0, filters % groups == 0 else {
          throw NetJacError(
            .shape,
            "\(channels) channels and \(filters) filters cannot be divided into \(groups) groups")
        }
        let kernel = try layer.weight("kernel", convolution.kernel + [channels / groups, filters])
        let y = try convolution.applied(to: x, kernel, groups: groups, in: p)
        return [try layer.finished(y, image, filters)]
      })
  }

  private static func transposed(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      name,
      keys: ["filters", "output_padding", .only("groups", .number(JSONNumber(text: "1")))] + keys,
      masking: .drops,
      weights: { [KerasWeight("kernel")] + $0.bias },
      call: { layer, p in
        let image = try layer.image(rank: rank, channelsFirst: true)
        let x = image.value
        let convolution = try KerasConvolution(layer.config, rank: rank, images: image.layout)
        let filters = try layer.config.count("filters")
        let kernel = try layer.weight(
          "kernel", convolution.kernel + [filters, convolution.channels(x, in: p)])
        var extra = try layer.config.ints("output_padding")
        if extra?.count == 1 { extra = [Int](repeating: extra?[0] ?? 0, count: rank) }
        guard convolution.padding != .causal,
          extra.map({ $0.count == rank && $0.allSatisfy { $0 >= 0 } }) ?? true
        else {
          throw NetJacError(
            .format,
            "'output_padding' is \(extra ?? []); \(rank) numbers, none negative, are needed")
        }
        let y = try convolution.transposed(x, kernel, outputPadding: extra, in: p)
        return [try layer.finished(y, image, filters)]
      })
  }

  private static func depthwise(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      several: name, keys: ["depth_multiplier", .ignored("groups"), .ignored("filters")] + keys,
      masking: .drops,
      weights: { [KerasWeight("kernel", or: "depthwise_kernel")] + $0.bias },
      call: { layer, p in
        let image = try layer.image(rank: rank, channelsFirst: true)
        let x = image.value
        let convolution = try KerasConvolution(layer.config, rank: rank, images: image.layout)
        let multiplier = try layer.config.count("depth_multiplier", default: 1)
        let channels = convolution.channels(x, in: p)
        let kernel = try layer.weight("kernel", convolution.kernel + [channels, multiplier])
        let y = try convolution.depthwise(x, kernel, in: p)
        return [try layer.finished(y, image, channels * multiplier)]
      })
  }

  private static func separable(_ name: String, _ rank: Int) -> KerasLayer {
    KerasLayer(
      name,
      keys: ["filters", "depth_multiplier", .only("groups", .number(JSONNumber(text: "1")))] + keys,
      masking: .drops,
      weights: { [KerasWeight("depthwise_kernel"), KerasWeight("pointwise_kernel")] + $0.bias },
      call: { layer, p in
        let image = try layer.image(rank: rank, channelsFirst: true)
        let x = image.value
        let convolution = try KerasConvolution(layer.config, rank: rank, images: image.layout)
        let filters = try layer.config.count("filters")
        let multiplier = try layer.config.count("depth_multiplier", default: 1)
        let channels = convolution.channels(x, in: p)
        let depthwise = try layer.weight(
          "depthwise_kernel", convolution.kernel + [channels, multiplier])
        let middle = try convolution.depthwise(x, depthwise, in: p)
        let ones = [Int](repeating: 1, count: rank)
        let pointwise = try layer.weight(
          "pointwise_kernel", ones + [channels * multiplier, filters])
        let y = try KerasConvolution(kernel: ones, images: convolution.images)
          .applied(to: middle, pointwise, in: p)
        return [try layer.finished(y, image, filters)]
      })
  }
}

extension KerasCall {
  /// Bias and activation behind a convolution.
  fileprivate func finished(_ y: Value, _ image: KerasImage, _ filters: Int) throws -> KerasTensor {
    var y = y
    if config.flag("use_bias", default: true) {
      y = try p.add(
        y, p.channelwise(weight("bias", [filters]), like: y, "bias", image.layout))
    }
    let activation = try KerasActivationStatement(config.object["activation"], version: version)
    if activation.isElementwise {
      return try image.result(activation.applied(to: y, version: version, in: p), in: p)
    }
    return KerasTensor(
      try activation.applied(to: image.result(y, in: p).value, version: version, in: p))
  }
}
