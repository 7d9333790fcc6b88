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
    let convolution = Convolution(
      images: .channelsFirst, kernels: .channelsFirst,
      groups: try node.integer("group", default: 1), in: p)
    let (spatial, kernel) = try convolution.spatial(x, w)
    try checkKernel(node, kernel)
    let window = try transposedWindow(node, spatial: spatial, kernel: kernel)
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

  private static func checkKernel(_ node: NodeCall, _ kernel: [Int]) throws {
    if let declared = try node.integers("kernel_shape"), declared != kernel {
      throw NetJacError(.shape, "kernel_shape is \(declared); W holds kernels of size \(kernel)")
    }
  }

  private static func biased(_ y: Value, _ node: NodeCall, in p: ProgramBuilder) throws -> Value {
    guard let bias = node.optionalInput(2) else { return y }
    return try p.add(y, p.channelwise(bias, like: y, "B"))
  }

  private static func transposedWindow(_ node: NodeCall, spatial: [Int], kernel: [Int]) throws
    -> TransposedWindow
  {
    let rank = spatial.count
    let strides = try node.sizes("strides", rank)
    // Files may give sizes with batch and channels in front.
    func lengths(_ name: String) throws -> [Int]? {
      guard let lengths = try node.integers(name) else { return nil }
      guard lengths.count >= rank else {
        throw NetJacError(.shape, "\(name) is \(lengths); \(rank) numbers are needed")
      }
      return name == "output_shape" ? Array(lengths.suffix(rank)) : Array(lengths.prefix(rank))
    }
    let autoPad = try node.choice("auto_pad", default: NodeCall.AutoPad.none)
    let pads = try node.pads(rank)
    let zeros = [Int](repeating: 0, count: rank)
    let extent: TransposedWindow.Extent
    if let declared = try lengths("output_shape") {
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
      spatial: spatial, kernel: kernel, strides: strides,
      dilations: node.sizes("dilations", rank), extra: lengths("output_padding") ?? zeros, extent)
  }
}
