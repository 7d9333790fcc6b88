import Graph
import Tensors

/// How a kernel slides over the spatial axes of an image, from the attributes that convolutions and
/// pools share.
struct SlidingWindow {
  enum AutoPad: String, CaseIterable {
    case none = "NOTSET"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
    case valid = "VALID"

    var isSame: Bool { self == .sameUpper || self == .sameLower }
  }

  let axes: [WindowAxis]
  /// Padding behind the image, which windows that count padded elements take in.
  let high: [Int]
  let spatial: [Int]

  /// Lengths above this would overflow the arithmetic below, and no image has them.
  private static let sizeLimit = 1 << 30

  init(_ node: NodeCall, spatial: [Int], kernel: [Int]) throws {
    let rank = spatial.count
    let strides = try Self.sizes(node, "strides", rank)
    let dilations = try Self.sizes(node, "dilations", rank)
    let pads = try Self.pads(node, rank)
    let autoPad = try node.choice("auto_pad", default: AutoPad.none)
    let roundsUp = try node.flag("ceil_mode", default: false)
    try Self.check(kernel: kernel, spatial: spatial)
    var axes: [WindowAxis] = []
    var high: [Int] = []
    for axis in 0..<rank {
      let length = spatial[axis]
      let span = (kernel[axis] - 1) * dilations[axis] + 1
      let stride = strides[axis]
      var (low, after) = autoPad == .none ? (pads[axis], pads[rank + axis]) : (0, 0)
      var count: Int
      if autoPad.isSame {
        count = (length + stride - 1) / stride
        let total = max((count - 1) * stride + span - length, 0)
        low = autoPad == .sameUpper ? total / 2 : total - total / 2
        after = total - low
      } else {
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

  private static func check(kernel: [Int], spatial: [Int]) throws {
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
  }

  /// An attribute with one positive number for each spatial axis; 1 where it is absent.
  static func sizes(_ node: NodeCall, _ name: String, _ rank: Int) throws -> [Int] {
    guard let sizes = try node.integers(name), !sizes.isEmpty else {
      return [Int](repeating: 1, count: rank)
    }
    guard sizes.count == rank, sizes.allSatisfy({ $0 >= 1 && $0 < sizeLimit }) else {
      throw NetJacError(
        .format, "\(name) is \(sizes); \(rank) positive numbers are needed")
    }
    return sizes
  }

  static func pads(_ node: NodeCall, _ rank: Int) throws -> [Int] {
    guard let pads = try node.integers("pads"), !pads.isEmpty else {
      return [Int](repeating: 0, count: 2 * rank)
    }
    guard pads.count == 2 * rank, pads.allSatisfy({ $0 >= 0 && $0 < sizeLimit }) else {
      throw NetJacError(
        .format, "pads is \(pads); \(2 * rank) numbers, none negative, are needed")
    }
    return pads
  }

  var outputDims: [Int] { axes.map(\.count) }
  var kernelDims: [Int] { axes.map(\.size) }
  var kernelCount: Int { kernelDims.reduce(1, *) }

  /// For each window the number of its elements in the image, or in image and padding.
  func counts(includingPadding: Bool) -> [Double] {
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

extension NodeCall {
  /// The lengths of the axes behind batch and channels.
  func spatialDims(_ x: Value) throws -> [Int] {
    let shape = p.shape(x)
    guard shape.rank >= 3 else {
      throw NetJacError(
        .shape,
        "the input is \(shape); batch, channels and at least one spatial axis are needed")
    }
    return Array(shape.dims.dropFirst(2))
  }
}

extension ProgramBuilder {
  /// Adds or multiplies by one number a channel, axis 1 of x.
  func channelwise(_ numbers: Value, like x: Value, _ name: String) throws -> Value {
    guard shape(x).rank >= 2, shape(numbers).dims == [shape(x)[1]] else {
      throw NetJacError(
        .shape,
        """
        \(name) has shape \(shape(numbers)); one number for each channel of \(shape(x)) is needed
        """)
    }
    return try add(Broadcast(shape(x), axes: [1]), [numbers])
  }
}
