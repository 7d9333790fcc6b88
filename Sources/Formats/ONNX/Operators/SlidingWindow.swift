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
    let (strides, dilations) = (try sizes("strides", rank), try sizes("dilations", rank))
    let roundsUp = try flag("ceil_mode", default: false)
    func window(_ padding: WindowPadding) throws -> SlidingWindow {
      try SlidingWindow(
        spatial: spatial, kernel: kernel, strides: strides, dilations: dilations,
        padding: padding, roundsUp: roundsUp)
    }
    let result = try window(padding(rank))
    try requirePadsOnce {
      let (low, high) = try pads(rank)
      return try window(.explicit(low: low, high: high)).axes == result.axes
    }
    return result
  }

  /// Refuses numbers in `pads` beside an `auto_pad` that means others.
  func requirePadsOnce(unless areSame: () throws -> Bool) throws {
    let mode = try choice("auto_pad", default: AutoPad.none)
    guard mode != .none, let pads = try integers("pads"), pads.contains(where: { $0 != 0 }),
      try !areSame()
    else { return }
    throw NetJacError(
      .format,
      """
      pads is \(pads) and auto_pad is \(mode.rawValue.quoted), which means other pads; one of both is \
      needed
      """)
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
