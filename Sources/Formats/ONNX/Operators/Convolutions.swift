import Graph
import Tensors

/// Convolutions: the product of all windows of an image with a kernel, and its transpose.
enum ConvolutionOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator("Conv", convolution),
    ONNXOperator("ConvTranspose", transposed),
    ONNXOperator("Col2Im", since: 18, columnsToImage),
    DeformableConvolution.operation,
  ]

  private static let convolution: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "X")
    let w = try node.input(1, "W")
    let spatial = try node.spatialDims(x)
    let groups = try node.integer("group", default: 1)
    let (xDims, wDims) = (p.shape(x).dims, p.shape(w).dims)
    guard wDims.count == xDims.count, groups > 0, wDims[0] % groups == 0,
      wDims[1].multipliedReportingOverflow(by: groups) == (xDims[1], false)
    else {
      throw NetJacError(
        .shape,
        """
        X is \(p.shape(x)), W is \(p.shape(w)), group is \(groups); X needs as many channels as W \
        times group
        """)
    }
    let kernel = try kernelDims(node, wDims)
    let window = try SlidingWindow(node, spatial: spatial, kernel: kernel)
    let grouped = try p.reshape(x, Shape([xDims[0], groups, wDims[1]] + spatial))
    let windows = try p.add(Window(window.axes), [grouped])
    let kernels = try p.reshape(w, Shape([groups, wDims[0] / groups, wDims[1]] + kernel))

    // y[n, g, m, o…] = Σ windows[n, g, c, k…, o…]·kernels[g, m, c, k…]
    let (batch, group, feature, channel) = (0, 1, 2, 3)
    let k = kernel.indices.map { 4 + $0 }
    let o = kernel.indices.map { 4 + kernel.count + $0 }
    let y = try p.dot(
      windows, kernels, [batch, group, channel] + k + o, [group, feature, channel] + k,
      [batch, group, feature] + o)
    return try biased(
      p.reshape(y, Shape([xDims[0], wDims[0]] + window.outputDims)), node, in: p)
  }

  /// The transpose of a convolution: each element of x adds a multiple of the kernel to y.
  private static let transposed: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "X")
    let w = try node.input(1, "W")
    let spatial = try node.spatialDims(x)
    let groups = try node.integer("group", default: 1)
    let (xDims, wDims) = (p.shape(x).dims, p.shape(w).dims)
    guard wDims.count == xDims.count, groups > 0, wDims[0] == xDims[1], xDims[1] % groups == 0
    else {
      throw NetJacError(
        .shape,
        """
        X is \(p.shape(x)), W is \(p.shape(w)), group is \(groups); the first axis of W must be \
        the channels of X, a multiple of group
        """)
    }
    let kernel = try kernelDims(node, wDims)
    let (axes, output) = try transposedAxes(node, spatial: spatial, kernel: kernel)
    let channels = xDims[1] / groups
    let grouped = try p.reshape(x, Shape([xDims[0], groups, channels] + spatial))
    let kernels = try p.reshape(w, Shape([groups, channels, wDims[1]] + kernel))

    // windows[n, g, m, k…, o…] = Σ x[n, g, c, o…]·kernels[g, c, m, k…]
    let (batch, group, feature, channel) = (0, 1, 2, 3)
    let k = kernel.indices.map { 4 + $0 }
    let o = kernel.indices.map { 4 + kernel.count + $0 }
    let windows = try p.dot(
      grouped, kernels, [batch, group, channel] + o, [group, channel, feature] + k,
      [batch, group, feature] + k + o)
    let y = try p.add(Fold(axes, spatial: output), [windows])
    return try biased(
      p.reshape(y, Shape(checking: [xDims[0], groups * wDims[1]] + output)), node, in: p)
  }

  /// Adds blocks, whose elements are stacked in the channels, back into an image.
  private static let columnsToImage: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "input")
    let image = try node.constantIntegers(1, "image_shape")
    let block = try node.constantIntegers(2, "block_shape")
    let window = try SlidingWindow(node, spatial: image, kernel: block)
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

  private static func kernelDims(_ node: NodeCall, _ wDims: [Int]) throws -> [Int] {
    let kernel = Array(wDims.dropFirst(2))
    if let declared = try node.integers("kernel_shape"), declared != kernel {
      throw NetJacError(.shape, "kernel_shape is \(declared); W holds kernels of size \(kernel)")
    }
    return kernel
  }

  private static func biased(_ y: Value, _ node: NodeCall, in p: ProgramBuilder) throws -> Value {
    guard let bias = node.optionalInput(2) else { return y }
    return try p.add(y, p.channelwise(bias, like: y, "B"))
  }

  /// The windows through which the output sees the input, and the size of the output.
  private static func transposedAxes(_ node: NodeCall, spatial: [Int], kernel: [Int]) throws
    -> ([WindowAxis], [Int])
  {
    let rank = spatial.count
    let strides = try SlidingWindow.sizes(node, "strides", rank)
    let dilations = try SlidingWindow.sizes(node, "dilations", rank)
    let pads = try SlidingWindow.pads(node, rank)
    let extra = try node.integers("output_padding") ?? [Int](repeating: 0, count: rank)
    let autoPad = try node.choice("auto_pad", default: SlidingWindow.AutoPad.none)
    let declared = try node.integers("output_shape")
    guard extra.count >= rank, extra.allSatisfy({ $0 >= 0 && $0 < 1 << 30 }),
      declared.map({ $0.count >= rank && $0.allSatisfy { $0 > 0 && $0 < 1 << 30 } }) ?? true,
      (spatial + kernel).allSatisfy({ $0 >= 1 && $0 < 1 << 30 })
    else {
      throw NetJacError(
        .shape,
        """
        output_padding \(extra) and output_shape \(declared.map { "\($0)" } ?? "(none)") do not \
        fit an image of size \(spatial) with a kernel of size \(kernel)
        """)
    }
    var axes: [WindowAxis] = []
    var output: [Int] = []
    for axis in 0..<rank {
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      let full = strides[axis] * (spatial[axis] - 1) + extra[axis] + span
      var low = autoPad == .none ? pads[axis] : 0
      var size = full - low - (autoPad == .none ? pads[rank + axis] : 0)
      // Files may give the size with batch and channels in front.
      let wanted = declared.map { $0[$0.count - rank + axis] }
      if wanted != nil || autoPad.isSame {
        size = wanted ?? spatial[axis] * strides[axis]
        let total = max(full - size, 0)
        low = autoPad == .sameUpper ? total / 2 : total - total / 2
      }
      guard size > 0 else {
        throw NetJacError(
          .shape, "the padding \(pads) leaves nothing of spatial axis \(axis), \(full) long")
      }
      axes.append(
        WindowAxis(
          size: kernel[axis], stride: strides[axis], dilation: dilations[axis], low: low,
          count: spatial[axis]))
      output.append(size)
    }
    return (axes, output)
  }
}
