import Tensors

/// How one axis is resampled: where each new element lies among the old ones, and which of them it
/// is a weighted mean of.
struct Interpolation {
  enum Mode: String, CaseIterable { case nearest, linear, cubic }

  enum Coordinates: String, CaseIterable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case crop = "tf_crop_and_resize"
  }

  enum Rounding: String, CaseIterable {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor, ceil
  }

  var mode = Mode.nearest
  var coordinates = Coordinates.halfPixel
  var rounding = Rounding.preferFloor
  var antialiases = false
  var excludesOutside = false
  var cubicCoefficient = -0.75

  /// One axis to resample. Lengths are at least 1, and `scale` is positive.
  struct Axis {
    let length: Int
    let newLength: Int
    let scale: Double
    /// The part of the axis that is cropped, in fractions of it.
    let region: (start: Double, end: Double)
  }

  /// The elements that make up a new one, or nil where it lies outside a cropped region.
  typealias Row = [(place: Int, weight: Double)]

  func rows(_ axis: Axis) -> [Row?] {
    (0..<axis.newLength).map { row(at: position(Double($0), axis), axis) }
  }

  /// Where a new element lies, in units of old ones.
  private func position(_ x: Double, _ axis: Axis) -> Double {
    let length = Double(axis.length)
    let scaled = axis.scale * length
    switch coordinates {
    case .halfPixel: return (x + 0.5) / axis.scale - 0.5
    case .halfPixelSymmetric:
      let offset = length / 2 * (1 - Double(axis.newLength) / scaled)
      return offset + (x + 0.5) / axis.scale - 0.5
    case .pytorchHalfPixel: return scaled == 1 ? -0.5 : (x + 0.5) / axis.scale - 0.5
    case .alignCorners: return scaled == 1 ? 0 : x * (length - 1) / (scaled - 1)
    case .asymmetric: return x / axis.scale
    case .crop:
      let span = (axis.region.end - axis.region.start) * (length - 1)
      return (scaled == 1 ? span / 2 : x * span / (scaled - 1)) + axis.region.start * (length - 1)
    }
  }

  private func row(at position: Double, _ axis: Axis) -> Row? {
    let last = Double(axis.length - 1)
    if coordinates == .crop, !(position >= 0 && position <= last) { return nil }
    // Far positions see the outermost element only, whatever their distance.
    let x = min(max(position, -last - 8), 2 * last + 8)
    guard x == x else { return nil }
    let floor = x.rounded(.down)
    // An element that is hit exactly counts as the right one of two neighbours.
    let ratio = x == floor ? 1 : x - floor
    let weights = weights(ratio, min(axis.scale, 1))
    let count = weights.count
    var start = Int(floor) - count / 2 + (x == floor ? 0 : 1)
    if count % 2 == 1 { start = Int(floor) - (count - 1) / 2 + (x - floor <= 0.5 ? 0 : 1) }

    var row: Row = []
    for (index, weight) in weights.enumerated() where weight != 0 {
      let place = start + index
      if excludesOutside, place < 0 || place >= axis.length { continue }
      let inside = min(max(place, 0), axis.length - 1)
      if let known = row.firstIndex(where: { $0.place == inside }) {
        row[known].weight += weight
      } else {
        row.append((inside, weight))
      }
    }
    guard excludesOutside else { return row }
    let sum = row.reduce(0) { $0 + $1.weight }
    return row.map { ($0.place, sum == 0 ? 0 : $0.weight / sum) }
  }

  /// Weights of neighbouring elements, for a position `ratio` behind the left one of the middle.
  private func weights(_ ratio: Double, _ scale: Double) -> [Double] {
    switch mode {
    case .nearest:
      let takesRight =
        switch rounding {
        case .preferFloor: ratio > 0.5
        case .preferCeil: ratio >= 0.5
        case .floor: ratio == 1
        case .ceil: true
        }
      return takesRight ? [0, 1] : [1, 0]
    case .linear:
      guard antialiases else { return [1 - ratio, ratio] }
      let start = Int((-1 / scale).rounded(.down)) + 1
      return normalised(
        (start..<(2 - start)).map { min(max(1 - abs((Double($0) - ratio) * scale), 0), 1) })
    case .cubic:
      guard antialiases else { return Self.cubic(ratio, cubicCoefficient) }
      let start = Int((-2 / scale).rounded(.down)) + 1
      return normalised(
        (start..<(2 - start)).map { Self.kernel(scale * (Double($0) - ratio), cubicCoefficient) })
    }
  }

  private func normalised(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private static func cubic(_ ratio: Double, _ a: Double) -> [Double] {
    [kernel(ratio + 1, a), kernel(ratio, a), kernel(1 - ratio, a), kernel(2 - ratio, a)]
  }

  /// The cubic convolution kernel of Keys, 1981.
  private static func kernel(_ x: Double, _ a: Double) -> Double {
    let x = abs(x)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
