import Graph
import Operations
import Tensors

/// The attributes that convolutions and pools share.
extension NodeCall {
  enum AutoPad: String, CaseIterable {
    case none = "NOTSET"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
    case valid = "VALID"
  }

  func window(spatial: [Int], kernel: [Int]) throws -> SlidingWindow {
    let rank = spatial.count
    return try SlidingWindow(
      spatial: spatial, kernel: kernel, strides: sizes("strides", rank),
      dilations: sizes("dilations", rank), padding: padding(rank),
      roundsUp: flag("ceil_mode", default: false))
  }

  private func padding(_ rank: Int) throws -> WindowPadding {
    let (low, high) = try pads(rank)
    switch try choice("auto_pad", default: AutoPad.none) {
    case .none: return .explicit(low: low, high: high)
    case .sameUpper: return .same(largerInFront: false)
    case .sameLower: return .same(largerInFront: true)
    case .valid:
      let zeros = [Int](repeating: 0, count: rank)
      return .explicit(low: zeros, high: zeros)
    }
  }

  /// An attribute with one positive number for each spatial axis; 1 where it is absent.
  func sizes(_ name: String, _ rank: Int) throws -> [Int] {
    guard let sizes = try integers(name), !sizes.isEmpty else {
      return [Int](repeating: 1, count: rank)
    }
    guard sizes.count == rank, sizes.allSatisfy({ $0 >= 1 && $0 < SlidingWindow.sizeLimit }) else {
      throw NetJacError(
        .format, "\(name) is \(sizes); \(rank) positive numbers are needed")
    }
    return sizes
  }

  /// Padding in front of each spatial axis and behind it.
  func pads(_ rank: Int) throws -> (low: [Int], high: [Int]) {
    guard let pads = try integers("pads"), !pads.isEmpty else {
      return ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    }
    guard pads.count == 2 * rank, pads.allSatisfy({ $0 >= 0 && $0 < SlidingWindow.sizeLimit })
    else {
      throw NetJacError(
        .format, "pads is \(pads); \(2 * rank) numbers, none negative, are needed")
    }
    return (Array(pads.prefix(rank)), Array(pads.suffix(rank)))
  }

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
