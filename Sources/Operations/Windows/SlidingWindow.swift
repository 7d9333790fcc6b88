import Graph
import Tensors

/// The order of an image's axes.
package enum ImageLayout: Sendable {
  /// [batch, channels, spatial…]
  case channelsFirst
  /// [batch, spatial…, channels]
  case channelsLast

  /// The axis of the channels.
  package func channelAxis(rank: Int) -> Int { self == .channelsFirst ? 1 : rank - 1 }

  package func spatialAxes(rank: Int) -> [Int] {
    self == .channelsFirst ? Array(2..<max(rank, 2)) : Array(1..<max(rank - 1, 1))
  }

  /// The dims of an image.
  package func dims(batch: Int, channels: Int, spatial: [Int]) -> [Int] {
    self == .channelsFirst ? [batch, channels] + spatial : [batch] + spatial + [channels]
  }
}

/// What stands around an image while a window slides over it.
package enum WindowPadding: Sendable, Equatable {
  /// Elements in front and behind, one number for each spatial axis.
  case explicit(low: [Int], high: [Int])
  /// As many that the output is ⌈length/stride⌉ long; of an odd number the larger half stands
  /// behind, or in front.
  case same(largerInFront: Bool)
}

/// How a kernel slides over the spatial axes of an image.
package struct SlidingWindow {
  package let axes: [WindowAxis]
  /// Padding behind the image, which windows that count padded elements take in.
  private let high: [Int]
  package let spatial: [Int]

  /// Lengths from this on would overflow the arithmetic below, and no image has them.
  package static let sizeLimit = 1 << 30

  /// `roundsUp`: a last window that is cut off counts, too, if it begins inside the image.
  package init(
    spatial: [Int], kernel: [Int], strides: [Int]? = nil, dilations: [Int]? = nil,
    padding: WindowPadding? = nil, roundsUp: Bool = false
  ) throws {
    let rank = spatial.count
    let ones = [Int](repeating: 1, count: rank)
    let (strides, dilations) = (strides ?? ones, dilations ?? ones)
    let zeros = [Int](repeating: 0, count: rank)
    let padding = padding ?? .explicit(low: zeros, high: zeros)
    try Self.check(kernel: kernel, spatial: spatial, strides, dilations, padding)
    var axes: [WindowAxis] = []
    var high: [Int] = []
    for axis in 0..<rank {
      let length = spatial[axis]
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      let stride = strides[axis]
      var low: Int
      var after: Int
      var count: Int
      switch padding {
      case .same(let largerInFront):
        count = (length + stride - 1) / stride
        let total = max((count - 1) * stride + span - length, 0)
        low = largerInFront ? total - total / 2 : total / 2
        after = total - low
      case .explicit(let before, let behind):
        (low, after) = (before[axis], behind[axis])
        let room = length + low + after - span
        guard room >= 0 else {
          throw NetJacError(
            .shape,
            """
            the kernel spans \(span) elements along spatial axis \(axis); with its padding the \
            input has \(length + low + after)
            """)
        }
        count = room / stride + 1
        // A window that is cut off at the end must still begin inside the image.
        if roundsUp, room % stride != 0, count * stride < length + low { count += 1 }
      }
      axes.append(
        WindowAxis(
          size: kernel[axis], stride: stride, dilation: dilations[axis], low: low, count: count))
      high.append(after)
    }
    self.axes = axes
    self.high = high
    self.spatial = spatial
  }

  private static func check(
    kernel: [Int], spatial: [Int], _ strides: [Int], _ dilations: [Int], _ padding: WindowPadding
  ) throws {
    guard kernel.count == spatial.count, !spatial.isEmpty else {
      throw NetJacError(
        .shape,
        "the kernel has \(kernel.count) spatial axes, the input has \(spatial.count)")
    }
    guard kernel.allSatisfy({ $0 >= 1 && $0 < sizeLimit }),
      spatial.allSatisfy({ $0 >= 1 && $0 < sizeLimit })
    else {
      throw NetJacError(
        .shape, "a kernel of size \(kernel) cannot slide over an image of size \(spatial)")
    }
    for (name, sizes) in [("strides", strides), ("dilations", dilations)] {
      try check(sizes, name, spatial.count, least: 1)
    }
    if case .explicit(let low, let high) = padding {
      try check(low, "pads", spatial.count, least: 0)
      try check(high, "pads", spatial.count, least: 0)
    }
  }

  /// One number for each spatial axis, in a range that arithmetic can take.
  static func check(_ sizes: [Int], _ name: String, _ rank: Int, least: Int) throws {
    guard sizes.count == rank, sizes.allSatisfy({ $0 >= least && $0 < sizeLimit }) else {
      throw NetJacError(
        .format,
        "\(name) is \(sizes); \(rank) numbers from \(least) on are needed")
    }
  }

  package var outputDims: [Int] { axes.map(\.count) }
  package var kernelDims: [Int] { axes.map(\.size) }
  package var kernelCount: Int { kernelDims.reduce(1, *) }

  /// For each window the number of its elements in the image, or in image and padding.
  package func counts(includingPadding: Bool) -> [Double] {
    var counts = [1.0]
    for (axis, window) in axes.enumerated() {
      let end = spatial[axis] + (includingPadding ? high[axis] : 0)
      let perPosition = (0..<window.count).map { position in
        (0..<window.size).count { place in
          let index = position * window.stride + place * window.dilation - window.low
          return index >= (includingPadding ? -window.low : 0) && index < end
        }
      }
      counts = counts.flatMap { count in perPosition.map { count * Double($0) } }
    }
    return counts
  }
}

extension ProgramBuilder {
  /// One number for each channel of an image, repeated to its shape.
  package func channelwise(
    _ numbers: Value, like x: Value, _ name: String, _ layout: ImageLayout = .channelsFirst
  ) throws -> Value {
    let axis = layout.channelAxis(rank: shape(x).rank)
    guard shape(x).rank >= 2, shape(numbers).dims == [shape(x)[axis]] else {
      throw NetJacError(
        .shape,
        """
        \(name) has shape \(shape(numbers)); one number for each channel of \(shape(x)) is needed
        """)
    }
    return try add(Broadcast(shape(x), axes: [axis]), [numbers])
  }
}
