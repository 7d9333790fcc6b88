import Graph
import Operations
import Tensors

/// How TensorFlow says where windows lie: numbers for all axes of an image, batch and channels
/// included, in the order of its axes.
extension TFCall {
  func layout() throws -> ImageLayout {
    try choice(
      "data_format",
      [
        "NHWC": ImageLayout.channelsLast, "NCHW": .channelsFirst, "NDHWC": .channelsLast,
        "NCDHW": .channelsFirst, "NWC": .channelsLast,
      ], default: "NHWC")
  }

  /// The numbers of the spatial axes. Windows do not slide over batch or channels.
  func spatialNumbers(_ name: String, _ given: [Int]?, _ layout: ImageLayout, rank: Int) throws
    -> [Int]
  {
    guard let numbers = given else { return [Int](repeating: 1, count: rank - 2) }
    guard numbers.count == rank, numbers[0] == 1, numbers[layout.channelAxis(rank: rank)] == 1
    else {
      throw NetJacError(
        .unsupported,
        "\(name) is \(numbers); \(rank) numbers are needed, 1 for batch and channels")
    }
    return layout.spatialAxes(rank: rank).map { numbers[$0] }
  }

  func padding(_ layout: ImageLayout, rank: Int) throws -> WindowPadding? {
    switch try text("padding") {
    case "VALID": return nil
    case "SAME": return .same(largerInFront: false)
    case "EXPLICIT":
      let pairs = try integers("explicit_paddings") ?? []
      guard pairs.count == 2 * rank else {
        throw NetJacError(.format, "explicit_paddings is \(pairs); \(2 * rank) numbers are needed")
      }
      let axes = layout.spatialAxes(rank: rank)
      return .explicit(low: axes.map { pairs[2 * $0] }, high: axes.map { pairs[2 * $0 + 1] })
    case let other:
      throw NetJacError(
        .unsupported,
        "padding is \(other.quoted); supported are 'VALID', 'SAME' and 'EXPLICIT'")
    }
  }

  /// An image with axes for batch, channels and at least one more.
  func image(_ index: Int, _ name: String, rank: Int) throws -> Value {
    let x = try input(index, name)
    guard p.shape(x).rank == rank else {
      throw NetJacError(
        .shape, "\(name) is \(p.shape(x)); \(rank) axes are needed")
    }
    return x
  }
}

/// Convolutions, in whatever order of axes the file has them.
enum TFConvolutionOperators {
  private static let attributes: Set = [
    "strides", "dilations", "padding", "explicit_paddings", "data_format",
  ]

  static let all: [TFOperator] = [
    TFOperator("Conv2D", attributes: attributes) { node, p in
      try convolution(node, rank: 4, in: p)
    },
    TFOperator("Conv3D", attributes: attributes) { node, p in
      try convolution(node, rank: 5, in: p)
    },
    TFOperator("DepthwiseConv2dNative", attributes: attributes) { node, p in
      let x = try node.image(0, "input", rank: 4)
      let w = try node.image(1, "filter", rank: 4)
      // Output channel m of input channel c is number c·multiplier + m.
      let dims = p.shape(w).dims
      let kernels = try p.reshape(w, Shape([dims[0], dims[1], 1, dims[2] * dims[3]]))
      return try convolution(node, x, kernels, groups: dims[2], in: p)
    },
    TFOperator("Conv2DBackpropInput", attributes: attributes) { node, p in
      try transposed(node, rank: 4, in: p)
    },
    TFOperator("Conv3DBackpropInputV2", attributes: attributes) { node, p in
      try transposed(node, rank: 5, in: p)
    },
  ]

  private static func convolution(_ node: TFCall, rank: Int, in p: ProgramBuilder) throws -> Value {
    let x = try node.image(0, "input", rank: rank)
    let w = try node.image(1, "filter", rank: rank)
    let channels = p.shape(x)[try node.layout().channelAxis(rank: rank)]
    // Kernels see the channels of one group.
    let inputs = p.shape(w)[rank - 2]
    let groups = inputs > 0 && channels % inputs == 0 ? max(channels / inputs, 1) : 1
    return try convolution(node, x, w, groups: groups, in: p)
  }

  private static func convolution(
    _ node: TFCall, _ x: Value, _ w: Value, groups: Int, in p: ProgramBuilder
  ) throws -> Value {
    let layout = try node.layout()
    let rank = p.shape(x).rank
    let convolution = Convolution(images: layout, kernels: .channelsLast, groups: groups, in: p)
    let (spatial, kernel) = try convolution.spatial(x, w)
    let window = try SlidingWindow(
      spatial: spatial, kernel: kernel,
      strides: node.spatialNumbers("strides", node.integers("strides"), layout, rank: rank),
      dilations: node.spatialNumbers("dilations", node.integers("dilations"), layout, rank: rank),
      padding: node.padding(layout, rank: rank))
    return try convolution(x, w, window)
  }

  /// The transpose of a convolution whose input had the size that the first operand says.
  private static func transposed(_ node: TFCall, rank: Int, in p: ProgramBuilder) throws -> Value {
    let layout = try node.layout()
    let w = try node.image(1, "filter", rank: rank)
    let x = try node.image(2, "out_backprop", rank: rank)
    let axes = layout.spatialAxes(rank: rank)
    let sizes = try node.constantIntegers(0, "input_sizes")
    // Two numbers fewer leave batch and channels out.
    guard sizes.count == rank || sizes.count == rank - 2 else {
      throw NetJacError(.shape, "input_sizes is \(sizes); \(rank) numbers are needed")
    }
    let target = sizes.count == rank ? axes.map { sizes[$0] } : sizes
    let convolution = Convolution(images: layout, kernels: .channelsLast, in: p)
    let (spatial, kernel) = try convolution.spatial(x, w)
    if case .explicit = try node.padding(layout, rank: rank) {
      throw NetJacError(.unsupported, "padding 'EXPLICIT' is not supported here")
    }
    let window = try TransposedWindow(
      spatial: spatial, kernel: kernel,
      strides: node.spatialNumbers("strides", node.integers("strides"), layout, rank: rank),
      dilations: node.spatialNumbers("dilations", node.integers("dilations"), layout, rank: rank),
      extra: spatial.map { _ in 0 }, .exactly(target, moreInFront: false))
    return try convolution.transposed(x, w, window.axes, output: window.output)
  }
}

/// Operators that summarise windows of an image.
enum TFPoolingOperators {
  private static let attributes: Set = [
    "ksize", "strides", "padding", "explicit_paddings", "data_format",
  ]

  static let all: [TFOperator] = [
    maximum("MaxPool", rank: 4), maximum("MaxPool3D", rank: 5),
    average("AvgPool", rank: 4), average("AvgPool3D", rank: 5),
    TFOperator("MaxPoolV2", attributes: attributes) { node, p in
      try pooled(
        node, rank: 4, kernel: node.constantIntegers(1, "ksize"),
        strides: node.constantIntegers(2, "strides"), in: p
      ) { try $0.maximum($1).y }
    },
  ]

  private static func maximum(_ name: String, rank: Int) -> TFOperator {
    TFOperator(name, attributes: attributes) { node, p in
      try pooled(
        node, rank: rank, kernel: node.integers("ksize"), strides: node.integers("strides"), in: p
      ) { try $0.maximum($1).y }
    }
  }

  private static func average(_ name: String, rank: Int) -> TFOperator {
    TFOperator(name, attributes: attributes) { node, p in
      try pooled(
        node, rank: rank, kernel: node.integers("ksize"), strides: node.integers("strides"), in: p
      ) { try $0.average($1, includingPadding: false) }
    }
  }

  private static func pooled(
    _ node: TFCall, rank: Int, kernel: [Int]?, strides: [Int]?, in p: ProgramBuilder,
    _ body: (Pooling, Value) throws -> Value
  ) throws -> Value {
    let x = try node.image(0, "input", rank: rank)
    let layout = try node.layout()
    let window = try SlidingWindow(
      spatial: layout.spatialAxes(rank: rank).map { p.shape(x)[$0] },
      kernel: node.spatialNumbers("ksize", kernel, layout, rank: rank),
      strides: node.spatialNumbers("strides", strides, layout, rank: rank),
      padding: node.padding(layout, rank: rank))
    return try body(Pooling(window, layout, in: p), x)
  }
}
