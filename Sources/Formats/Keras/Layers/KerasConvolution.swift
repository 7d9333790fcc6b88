import Graph
import Operations
import Tensors

/// A convolution as a configuration states it.
struct KerasConvolution {
  enum Padding: String, CaseIterable { case valid, same, causal }

  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let padding: Padding
  let images: ImageLayout

  var rank: Int { kernel.count }

  /// `images`: the layout of the images, if it is not that of the configuration.
  init(_ config: KerasConfiguration, rank: Int, images: ImageLayout? = nil) throws {
    let ones = [Int](repeating: 1, count: rank)
    kernel = try config.sizes("kernel_size", rank: rank)
    strides = try config.sizes("strides", rank: rank, default: ones)
    dilations = try config.sizes("dilation_rate", rank: rank, default: ones)
    padding = try config.choice("padding", default: .valid)
    self.images = images ?? config.imageLayout
    guard padding != .causal || rank == 1 && config.channelsAreLast else {
      throw NetJacError(.unsupported, "'causal' padding is for one axis with its channels last")
    }
  }

  /// One that keeps the lengths of its image.
  init(kernel: [Int], images: ImageLayout) {
    self.kernel = kernel
    strides = [Int](repeating: 1, count: kernel.count)
    dilations = strides
    padding = .same
    self.images = images
  }

  func channels(_ x: Value, in p: ProgramBuilder) -> Int {
    p.shape(x)[images.channelAxis(rank: rank + 2)]
  }

  private func spatial(_ x: Value, in p: ProgramBuilder) -> [Int] {
    images.spatialAxes(rank: rank + 2).map { p.shape(x)[$0] }
  }

  /// The reach of the kernel, dilated.
  private var spans: [Int] {
    zip(kernel, dilations).map { ($0 - 1).multipliedSaturated(by: $1).addingSaturated(1) }
  }

  func window(over spatial: [Int]) throws -> SlidingWindow {
    let placed: WindowPadding? =
      switch padding {
      case .valid: nil
      case .same: .same(largerInFront: false)
      case .causal: .explicit(low: spans.map { $0 - 1 }, high: spans.map { _ in 0 })
      }
    return try SlidingWindow(
      spatial: spatial, kernel: kernel, strides: strides, dilations: dilations, padding: placed)
  }

  /// The convolution with kernels [k…, channels/groups, features].
  func applied(to x: Value, _ kernels: Value, groups: Int = 1, in p: ProgramBuilder) throws -> Value
  {
    let convolution = Convolution(images: images, kernels: .channelsLast, groups: groups, in: p)
    return try convolution(x, kernels, window(over: spatial(x, in: p)))
  }

  /// Each channel with kernels of its own, [k…, channels, multiplier].
  func depthwise(_ x: Value, _ kernels: Value, in p: ProgramBuilder) throws -> Value {
    let dims = p.shape(kernels).dims
    let (channels, multiplier) = (dims[rank], dims[rank + 1])
    let grouped = try p.reshape(kernels, Shape(kernel + [1, channels * multiplier]))
    return try applied(to: x, grouped, groups: channels, in: p)
  }

  /// The transpose, with kernels [k…, features, channels].
  ///
  /// Without output padding, the result is stride times as long ("same"), or at least as long as the kernel's reach
  /// ("valid"). Source: Keras, backend/common/backend_utils.py.
  func transposed(_ x: Value, _ kernels: Value, outputPadding: [Int]?, in p: ProgramBuilder) throws
    -> Value
  {
    let lengths = spatial(x, in: p)
    let sizes = lengths.indices.map { axis in
      let (stride, span) = (strides[axis], spans[axis])
      guard let extra = outputPadding?[axis] else {
        let scaled = lengths[axis].multipliedSaturated(by: stride)
        return padding == .same ? scaled : scaled.addingSaturated(max(span - stride, 0))
      }
      let full = (lengths[axis] - 1).multipliedSaturated(by: stride).addingSaturated(span)
      return full.addingSaturated(extra - (padding == .same ? span / 2 * 2 : 0))
    }
    let window = try TransposedWindow(
      spatial: lengths, kernel: kernel, strides: strides, dilations: dilations,
      extra: lengths.map { _ in 0 }, .exactly(sizes, moreInFront: false))
    return try Convolution(images: images, kernels: .channelsLast, in: p)
      .transposed(x, kernels, window.axes, output: window.output)
  }
}

extension KerasConfiguration {
  var imageLayout: ImageLayout { channelsAreLast ? .channelsLast : .channelsFirst }
}
