import Graph
import Tensors

/// How a kernel slides over images, whose channels stand behind the spatial axes or in front of them.
struct ConvolutionGeometry {
  enum Padding: String, CaseIterable { case valid, same, causal }

  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var padding = Padding.valid
  var channelsAreLast = true

  var rank: Int { kernel.count }

  /// The windows over axes of the given lengths, as TensorFlow places them.
  func windows(over spatial: [Int]) throws -> [WindowAxis] {
    try spatial.indices.map { axis in
      let (length, stride) = (spatial[axis], strides[axis])
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      let low: Int
      let count: Int
      switch padding {
      case .valid:
        (low, count) = (0, length >= span ? (length - span) / stride + 1 : 0)
      case .causal:
        (low, count) = (span - 1, (length - 1) / stride + 1)
      case .same:
        count = (length + stride - 1) / stride
        low = max((count - 1) * stride + span - length, 0) / 2
      }
      guard length > 0, count > 0 else {
        throw NetJacError(
          .shape,
          "the kernel spans \(span) elements along spatial axis \(axis); the input has \(length)")
      }
      return WindowAxis(
        size: kernel[axis], stride: stride, dilation: dilations[axis], low: low, count: count)
    }
  }

  /// x with its channels in front of the spatial axes, as windows need it. Where they are behind, this is a view,
  /// not a copy.
  func channelsFirst(_ x: Value, in p: ProgramBuilder) throws -> Value {
    channelsAreLast ? try p.moveAxis(x, from: rank + 1, to: 1) : x
  }

  /// The labels of a result, its axes being batch, channels and positions.
  func labels(batch: Int, channels: [Int], positions: [Int]) -> [Int] {
    channelsAreLast ? [batch] + positions + channels : [batch] + channels + positions
  }

  func spatial(_ x: Value, in p: ProgramBuilder) -> [Int] {
    Array(p.shape(x).dims.dropFirst(channelsAreLast ? 1 : 2).prefix(rank))
  }

  func channels(_ x: Value, in p: ProgramBuilder) -> Int {
    p.shape(x)[channelsAreLast ? rank + 1 : 1]
  }

  /// The convolution of x with kernels [k…, channels/groups, features].
  func convolution(_ x: Value, _ kernels: Value, groups: Int, in p: ProgramBuilder) throws -> Value
  {
    let axes = try windows(over: spatial(x, in: p))
    let first = try channelsFirst(x, in: p)
    let (batch, group, channel, feature) = (0, 1, 2, 3)
    let k = kernel.indices.map { 4 + $0 }
    let o = kernel.indices.map { 4 + rank + $0 }
    if groups == 1 {
      let windows = try p.add(Window(axes), [first])
      return try p.dot(
        windows, kernels, [batch, channel] + k + o, k + [channel, feature],
        labels(batch: batch, channels: [feature], positions: o))
    }
    let dims = p.shape(first).dims
    let features = p.shape(kernels)[rank + 1]
    let grouped = try p.reshape(
      first, Shape([dims[0], groups, dims[1] / groups] + dims.dropFirst(2)))
    let windows = try p.add(Window(axes), [grouped])
    let apart = try p.reshape(
      kernels, Shape(kernel + [dims[1] / groups, groups, features / groups]))
    let y = try p.dot(
      windows, apart, [batch, group, channel] + k + o, k + [channel, group, feature],
      labels(batch: batch, channels: [group, feature], positions: o))
    return try joined(y, channels: features, in: p)
  }

  /// Each channel with kernels of its own, [k…, channels, multiplier].
  func depthwise(_ x: Value, _ kernels: Value, in p: ProgramBuilder) throws -> Value {
    let axes = try windows(over: spatial(x, in: p))
    let windows = try p.add(Window(axes), [channelsFirst(x, in: p)])
    let (batch, channel, multiple) = (0, 1, 2)
    let k = kernel.indices.map { 3 + $0 }
    let o = kernel.indices.map { 3 + rank + $0 }
    let y = try p.dot(
      windows, kernels, [batch, channel] + k + o, k + [channel, multiple],
      labels(batch: batch, channels: [channel, multiple], positions: o))
    return try joined(y, channels: p.shape(kernels)[rank] * p.shape(kernels)[rank + 1], in: p)
  }

  /// Two axes of channels as one.
  private func joined(_ y: Value, channels: Int, in p: ProgramBuilder) throws -> Value {
    var dims = p.shape(y).dims
    let place = channelsAreLast ? rank + 1 : 1
    dims.replaceSubrange(place...place + 1, with: [channels])
    return try p.reshape(y, Shape(dims))
  }

  /// The transpose of a convolution, with kernels [k…, features, channels].
  ///
  /// Without output padding, the result is stride times as long ("same"), or at least as long as the kernel's reach
  /// ("valid"); Keras, backend/common/backend_utils.py.
  func transposed(_ x: Value, _ kernels: Value, outputPadding: [Int]?, in p: ProgramBuilder) throws
    -> Value
  {
    let lengths = spatial(x, in: p)
    var axes: [WindowAxis] = []
    var output: [Int] = []
    for axis in 0..<rank {
      let stride = strides[axis]
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      let left: Int
      let total: Int
      switch (padding, outputPadding?[axis]) {
      case (.same, nil):
        total = stride + span - 2
        left = stride > span - 1 ? span - 1 : (total + 1) / 2
      case (.same, let extra?):
        left = span - 1 - span / 2
        total = 2 * (span - 1) - 2 * (span / 2) + extra
      case (_, let extra):
        left = span - 1
        total = 2 * (span - 1) + (extra ?? max(stride - span, 0))
      }
      let size = (lengths[axis] - 1) * stride + 1 + total - (span - 1)
      guard size > 0, size < 1 << 40 else {
        throw NetJacError(.shape, "the padding leaves nothing of spatial axis \(axis)")
      }
      axes.append(
        WindowAxis(
          size: kernel[axis], stride: stride, dilation: dilations[axis], low: span - 1 - left,
          count: lengths[axis]))
      output.append(size)
    }
    let (batch, channel, feature) = (0, 1, 2)
    let k = kernel.indices.map { 3 + $0 }
    let o = kernel.indices.map { 3 + rank + $0 }
    let windows = try p.dot(
      x, kernels, labels(batch: batch, channels: [channel], positions: o), k + [feature, channel],
      [batch, feature] + k + o)
    let y = try p.add(Fold(axes, spatial: output), [windows])
    return channelsAreLast ? try p.moveAxis(y, from: 1, to: rank + 1) : y
  }
}
