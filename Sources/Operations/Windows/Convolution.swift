import Graph
import Tensors

/// The order of the axes of a convolution's kernels.
package enum KernelLayout: Sendable {
  /// [outputs, inputs of a group, k…]; transposed convolutions [inputs, outputs of a group, k…].
  case channelsFirst
  /// [k…, inputs of a group, outputs]; transposed convolutions [k…, outputs of a group, inputs].
  case channelsLast
}

/// Convolutions: the product of all windows of an image with kernels, and its transpose.
///
/// Images and kernels are named by labels, so that no order of axes costs a copy.
package struct Convolution {
  private let p: ProgramBuilder
  private let images: ImageLayout
  private let kernels: KernelLayout
  private let groups: Int

  package init(
    images: ImageLayout, kernels: KernelLayout, groups: Int = 1, in p: ProgramBuilder
  ) {
    self.images = images
    self.kernels = kernels
    self.groups = groups
    self.p = p
  }

  /// The sizes of kernels: outputs (of all groups), inputs (of one group), and the spatial ones.
  private func sizes(_ w: Value) -> (last: Int, first: Int, spatial: [Int]) {
    let dims = p.shape(w).dims
    switch kernels {
    case .channelsFirst: return (dims[0], dims[1], Array(dims.dropFirst(2)))
    case .channelsLast:
      return (dims[dims.count - 1], dims[dims.count - 2], Array(dims.dropLast(2)))
    }
  }

  /// The lengths of an image's spatial axes, and those of its kernels.
  package func spatial(_ x: Value, _ w: Value) throws -> (image: [Int], kernel: [Int]) {
    let (xShape, wShape) = (p.shape(x), p.shape(w))
    guard xShape.rank >= 3, wShape.rank == xShape.rank else {
      throw NetJacError(
        .shape,
        """
        the input is \(xShape), the kernels are \(wShape); both need as many axes, two of them \
        for batch and channels
        """)
    }
    return (images.spatialAxes(rank: xShape.rank).map { xShape[$0] }, sizes(w).spatial)
  }

  /// `y[n, g, m, o…] = Σ windows[n, g, c, k…, o…]·kernels[g, m, c, k…]`
  package func callAsFunction(_ x: Value, _ w: Value, _ window: SlidingWindow) throws -> Value {
    let (outputs, inputs, kernel) = sizes(w)
    let batch = p.shape(x)[0]
    let channels = p.shape(x)[images.channelAxis(rank: p.shape(x).rank)]
    guard groups > 0, outputs % groups == 0,
      inputs.multipliedReportingOverflow(by: groups) == (channels, false)
    else { throw mismatch(x, w) }
    let windows = try p.add(Window(window.axes), [grouped(x, channels: inputs)])
    let (n, g, m, c) = (0, 1, 2, 3)
    let k = kernel.indices.map { 4 + $0 }
    let o = kernel.indices.map { 4 + kernel.count + $0 }
    let (matrix, labels) = try kernelMatrix(
      w, kernel, grouped: outputs / groups, plain: inputs, g, m, c, k)
    let y = try p.dot(
      windows, matrix, [n, g, c] + k + o, labels,
      images == .channelsFirst ? [n, g, m] + o : [n] + o + [g, m])
    return try p.reshape(
      y,
      Shape(
        checking: images.dims(batch: batch, channels: outputs, spatial: window.outputDims)))
  }

  /// The transpose of a convolution: each element of x adds a multiple of a kernel to y, which is
  /// `output` long. `axes` are the windows through which y is seen from x.
  package func transposed(
    _ x: Value, _ w: Value, _ axes: [WindowAxis], output: [Int]
  ) throws -> Value {
    // What a convolution takes in, its transpose gives out.
    let dims = sizes(w)
    let (inputs, outputs, kernel) = (dims.last, dims.first, dims.spatial)
    let batch = p.shape(x)[0]
    let channels = p.shape(x)[images.channelAxis(rank: p.shape(x).rank)]
    guard groups > 0, inputs == channels, inputs % groups == 0 else { throw mismatch(x, w) }
    let (n, g, m, c) = (0, 1, 2, 3)
    let k = kernel.indices.map { 4 + $0 }
    let o = kernel.indices.map { 4 + kernel.count + $0 }
    let (matrix, labels) = try kernelMatrix(
      w, kernel, grouped: inputs / groups, plain: outputs, g, c, m, k)
    // windows[n, g, m, k…, o…] = Σ x[n, g, c, o…]·kernels[g, c, m, k…]
    let windows = try p.dot(
      grouped(x, channels: inputs / groups), matrix, [n, g, c] + o, labels, [n, g, m] + k + o)
    let y = try p.add(Fold(axes, spatial: output), [windows])
    switch images {
    case .channelsFirst:
      return try p.reshape(y, Shape(checking: [batch, groups * outputs] + output))
    case .channelsLast:
      let spatial = output.indices.map { 3 + $0 }
      return try p.reshape(
        p.transpose(y, [0] + spatial + [1, 2]), Shape([batch] + output + [groups * outputs]))
    }
  }

  /// The image as [batch, groups, channels of a group, spatial…].
  private func grouped(_ x: Value, channels: Int) throws -> Value {
    let dims = p.shape(x).dims
    let spatial = images.spatialAxes(rank: dims.count)
    let lengths = spatial.map { dims[$0] }
    switch images {
    case .channelsFirst: return try p.reshape(x, Shape([dims[0], groups, channels] + lengths))
    case .channelsLast:
      let apart = try p.reshape(x, Shape([dims[0]] + lengths + [groups, channels]))
      let last = 1 + lengths.count
      return try p.transpose(apart, [0, last, last + 1] + spatial)
    }
  }

  /// Kernels with their groups apart, and the labels of their axes. The channels that are divided
  /// into groups are those that stand first or last in the file.
  private func kernelMatrix(
    _ w: Value, _ kernel: [Int], grouped: Int, plain: Int, _ g: Int, _ groupedLabel: Int,
    _ plainLabel: Int, _ k: [Int]
  ) throws -> (value: Value, labels: [Int]) {
    switch kernels {
    case .channelsFirst:
      return (
        try p.reshape(w, Shape([groups, grouped, plain] + kernel)),
        [g, groupedLabel, plainLabel] + k
      )
    case .channelsLast:
      return (
        try p.reshape(w, Shape(kernel + [plain, groups, grouped])),
        k + [plainLabel, g, groupedLabel]
      )
    }
  }

  private func mismatch(_ x: Value, _ w: Value) -> NetJacError {
    NetJacError(
      .shape,
      """
      the input is \(p.shape(x)), the kernels are \(p.shape(w)), the groups \(groups); the channels \
      of the input must be those of the kernels times the groups
      """)
  }
}

/// How large the result of a transposed convolution is, and where its windows lie.
package struct TransposedWindow {
  package let axes: [WindowAxis]
  package let output: [Int]

  /// What decides the lengths of the result.
  package enum Extent {
    /// Elements cut off in front and behind the full result, one number for each axis.
    case cropped(low: [Int], high: [Int])
    /// These lengths; where the full result is longer, an odd rest is cut off more in front or behind.
    case exactly([Int], moreInFront: Bool)
  }

  /// `extra`: elements that are added behind the full result.
  package init(
    spatial: [Int], kernel: [Int], strides: [Int], dilations: [Int], extra: [Int], _ extent: Extent
  ) throws {
    let rank = spatial.count
    for (name, sizes, least) in [
      ("the image", spatial, 1), ("the kernel", kernel, 1), ("strides", strides, 1),
      ("dilations", dilations, 1), ("output_padding", extra, 0),
    ] {
      try SlidingWindow.check(sizes, name, rank, least: least)
    }
    switch extent {
    case .cropped(let low, let high):
      try SlidingWindow.check(low, "pads", rank, least: 0)
      try SlidingWindow.check(high, "pads", rank, least: 0)
    case .exactly(let sizes, _): try SlidingWindow.check(sizes, "output_shape", rank, least: 1)
    }
    var axes: [WindowAxis] = []
    var output: [Int] = []
    for axis in 0..<rank {
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      let full = strides[axis] * (spatial[axis] - 1) + extra[axis] + span
      let low: Int
      let size: Int
      switch extent {
      case .cropped(let front, let behind):
        low = front[axis]
        size = full - low - behind[axis]
      case .exactly(let sizes, let moreInFront):
        size = sizes[axis]
        let total = max(full - size, 0)
        low = moreInFront ? total - total / 2 : total / 2
      }
      guard size > 0 else {
        throw NetJacError(
          .shape, "the padding leaves nothing of spatial axis \(axis), \(full) long")
      }
      axes.append(
        WindowAxis(
          size: kernel[axis], stride: strides[axis], dilation: dilations[axis], low: low,
          count: spatial[axis]))
      output.append(size)
    }
    self.axes = axes
    self.output = output
  }
}
