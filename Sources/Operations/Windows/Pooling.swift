import Graph
import Tensors

/// Summaries of windows of an image. The largest element of a window is the first of equal ones,
/// which alone takes the derivative.
package struct Pooling {
  private let p: ProgramBuilder
  private let window: SlidingWindow
  private let layout: ImageLayout

  package init(
    _ window: SlidingWindow, _ layout: ImageLayout = .channelsFirst, in p: ProgramBuilder
  ) {
    self.window = window
    self.layout = layout
    self.p = p
  }

  /// The sum of each window.
  package func sum(_ x: Value) throws -> Value {
    let windows = try p.add(Window(window.axes), [channelsFirst(x)])
    return try restored(p.reduceSum(windows, over: window.axes.indices.map { 2 + $0 }))
  }

  /// The mean of each window, over its elements in the image, or in image and padding.
  package func average(_ x: Value, includingPadding: Bool) throws -> Value {
    let windows = try p.add(Window(window.axes), [channelsFirst(x)])
    let sum = try p.reduceSum(windows, over: window.axes.indices.map { 2 + $0 })
    let counts = try p.constant(
      Tensor(
        TensorType(p.real, Shape(window.outputDims)),
        reals: window.counts(includingPadding: includingPadding)))
    return try restored(p.divide(sum, p.broadcast(counts, to: p.shape(sum))))
  }

  /// The largest element of each window, and the pixel at which it stands as [images, windows],
  /// where an image is one channel of one sample.
  package func maximum(_ x: Value) throws -> (y: Value, pixel: Value) {
    let x = try channelsFirst(x)
    let dims = p.shape(x).dims
    let images = dims[0] * dims[1]
    let pixels = window.spatial.reduce(1, *)
    let outputs = window.outputDims.reduce(1, *)
    let size = try Shape(checking: dims.prefix(2) + window.kernelDims + window.outputDims).count
    guard size <= p.memoryLimit / 8 else {
      throw NetJacError(
        .memory,
        "the windows hold \(size) elements, which is beyond the memory limit of \(p.memoryLimit) "
          + "bytes (option memory_limit)")
    }
    let place = try p.add(WindowExtreme(.maximum, window.axes), [x])
    let pixel = try p.reshape(place, Shape([images, outputs]))
    let y = try p.gather(p.reshape(x, Shape([images, pixels])), pixel, batch: 1)
    return (
      try restored(p.reshape(y, Shape([dims[0], dims[1]] + window.outputDims))), pixel
    )
  }

  private func channelsFirst(_ x: Value) throws -> Value {
    guard layout == .channelsLast else { return x }
    return try p.moveAxis(x, from: p.shape(x).rank - 1, to: 1)
  }

  private func restored(_ y: Value) throws -> Value {
    guard layout == .channelsLast else { return y }
    return try p.moveAxis(y, from: 1, to: p.shape(y).rank - 1)
  }
}

extension ProgramBuilder {
  /// The largest element over the spatial axes of an image, which vanish; the first of equal ones
  /// takes the derivative.
  package func globalMaximum(_ x: Value, _ layout: ImageLayout = .channelsFirst) throws -> Value {
    let axes = layout.spatialAxes(rank: shape(x).rank)
    let channels = layout.channelAxis(rank: shape(x).rank)
    let ordered = try transpose(x, [0, channels] + axes)
    let dims = shape(ordered).dims
    let flat = try reshape(
      ordered, Shape([dims[0] * dims[1], dims.dropFirst(2).reduce(1, *)]))
    let place = try add(ArgExtreme(.maximum, axis: 1), [flat])
    return try reshape(gather(flat, place, batch: 1), Shape([dims[0], dims[1]]))
  }
}
