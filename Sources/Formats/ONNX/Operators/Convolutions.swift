import Graph
import Operations
import Tensors

/// Convolutions: the product of all windows of an image with a kernel, and its transpose.
enum ConvolutionOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Conv", operands: ["X": .real, "W": .real, "B": .optional(.real)],
      attributes: [
        "auto_pad": .text, "dilations": .integers, "group": .integer, "kernel_shape": .integers,
        "pads": .integers, "strides": .integers,
      ], convolution),
    ONNXOperator(
      "ConvTranspose", operands: ["X": .real, "W": .real, "B": .optional(.real)],
      attributes: [
        "auto_pad": .text, "dilations": .integers, "group": .integer, "kernel_shape": .integers,
        "output_padding": .integers, "output_shape": .integers, "pads": .integers,
        "strides": .integers,
      ], transposed),
    ONNXOperator(
      "Col2Im", since: 18,
      operands: ["input": .real, "image_shape": .whole, "block_shape": .whole],
      attributes: ["dilations": .integers, "pads": .integers, "strides": .integers],
      limits: "image_shape and block_shape must be known while loading", columnsToImage),
    DeformableConvolution.operation,
  ]

  private static let convolution: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "X")
    let w = try node.input(1, "W")
    let convolution = Convolution(
      images: .channelsFirst, kernels: .channelsFirst,
      groups: try node.integer("group", default: 1), in: p)
    let (spatial, kernel) = try convolution.spatial(x, w)
    try checkKernel(node, kernel)
    let y = try convolution(x, w, node.window(spatial: spatial, kernel: kernel))
    return try biased(y, node, in: p)
  }

  /// The transpose of a convolution: each element of x adds a multiple of the kernel to y.
  private static let transposed: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "X")
    let w = try node.input(1, "W")
    let groups = try node.integer("group", default: 1)
    let convolution = Convolution(
      images: .channelsFirst, kernels: .channelsFirst, groups: groups, in: p)
    let (spatial, kernel) = try convolution.spatial(x, w)
    try checkKernel(node, kernel)
    let channels = p.shape(w)[1].multipliedReportingOverflow(by: groups).partialValue
    let window = try transposedWindow(node, spatial: spatial, kernel: kernel, channels: channels)
    return try biased(
      convolution.transposed(x, w, window.axes, output: window.output), node, in: p)
  }

  /// Adds blocks, whose elements are stacked in the channels, back into an image.
  private static let columnsToImage: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "input")
    let image = try node.constantIntegers(1, "image_shape")
    let block = try node.constantIntegers(2, "block_shape")
    let window = try node.window(spatial: image, kernel: block)
    let dims = p.shape(x).dims
    let size = window.kernelCount
    guard dims.count == 3, dims[1] % size == 0, dims[2] == window.outputDims.reduce(1, *) else {
      throw NetJacError(
        .shape,
        """
        input is \(p.shape(x)); channels in multiples of \(size) and \
        \(window.outputDims.reduce(1, *)) blocks are needed
        """)
    }
    let blocks = try p.reshape(
      x, Shape([dims[0], dims[1] / size] + window.kernelDims + window.outputDims))
    return try p.add(Fold(window.axes, spatial: image), [blocks])
  }

  static func checkKernel(_ node: NodeCall, _ kernel: [Int]) throws {
    if let declared = try node.integers("kernel_shape"), declared != kernel {
      throw NetJacError(.shape, "kernel_shape is \(declared); W holds kernels of size \(kernel)")
    }
  }

  private static func biased(_ y: Value, _ node: NodeCall, in p: ProgramBuilder) throws -> Value {
    guard let bias = node.optionalInput(2) else { return y }
    return try p.add(y, p.channelwise(bias, like: y, "B"))
  }

  private static func transposedWindow(
    _ node: NodeCall, spatial: [Int], kernel: [Int], channels: Int
  ) throws -> TransposedWindow {
    let rank = spatial.count
    let strides = try node.sizes("strides", rank)
    let dilations = try node.sizes("dilations", rank)
    let extra = try outputPadding(node, strides: strides, dilations: dilations)
    let autoPad = try node.choice("auto_pad", default: NodeCall.AutoPad.none)
    let pads = try node.pads(rank)
    try node.requirePadsOnce { false }
    let zeros = [Int](repeating: 0, count: rank)
    let extent: TransposedWindow.Extent
    if let declared = try outputLengths(node, rank: rank, channels: channels) {
      extent = .exactly(declared, moreInFront: autoPad != .sameUpper)
    } else {
      switch autoPad {
      case .none: extent = .cropped(low: pads.low, high: pads.high)
      case .valid: extent = .cropped(low: zeros, high: zeros)
      case .sameUpper, .sameLower:
        let sizes = zip(spatial, strides).map { $0.multipliedReportingOverflow(by: $1) }
        guard !sizes.contains(where: \.overflow) else {
          throw NetJacError(.shape, "strides \(strides) are too large for an image of \(spatial)")
        }
        extent = .exactly(sizes.map(\.partialValue), moreInFront: autoPad == .sameLower)
      }
    }
    return try TransposedWindow(
      spatial: spatial, kernel: kernel, strides: strides, dilations: dilations, extra: extra, extent
    )
  }

  /// The lengths that the result is to have; older files have batch and channels in front.
  private static func outputLengths(_ node: NodeCall, rank: Int, channels: Int) throws -> [Int]? {
    guard let lengths = try node.integers("output_shape") else { return nil }
    guard lengths.count == rank || lengths.count == rank + 2 && lengths[1] == channels else {
      throw NetJacError(
        .shape,
        """
        output_shape is \(lengths); \(rank) numbers are needed, in front of which a number of samples and \
        the \(channels) channels may stand
        """)
    }
    return Array(lengths.suffix(rank))
  }

  /// Elements that the result has more; from a stride or dilation on there would be room for another window.
  private static func outputPadding(_ node: NodeCall, strides: [Int], dilations: [Int]) throws
    -> [Int]
  {
    let bounds = zip(strides, dilations).map(max)
    guard let extra = try node.integers("output_padding"), !extra.isEmpty else {
      return bounds.map { _ in 0 }
    }
    guard extra.count == bounds.count, zip(extra, bounds).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
      throw NetJacError(
        .format,
        """
        output_padding is \(extra); \(bounds.count) numbers are needed, none negative, each below the \
        larger of stride and dilation, \(bounds)
        """)
    }
    return extra
  }
}
