import Graph
import Tensors

/// How one axis is resampled: where each new element lies among the old ones, and which of them it
/// is a weighted mean of.
package struct Interpolation {
  package enum Mode: String, CaseIterable { case nearest, linear, cubic }

  /// Where a new element lies among the old ones.
  package enum Coordinates {
    /// The middles of elements stay in proportion.
    case halfPixel
    /// The same, about the middle of the axis where the new length is rounded.
    case halfPixelSymmetric
    /// As `halfPixel`, but a single new element lies at the first old one.
    case halfPixelUnlessSingle
    /// The outermost elements stay where they are.
    case alignCorners
    /// The beginning of the axis stays where it is.
    case asymmetric
    /// A part of the axis is cut out and stretched.
    case crop
  }

  /// Which of two neighbours is the nearest.
  package enum Rounding {
    case preferFloor, preferCeil, floor, ceil
    /// The right one where the axis gets shorter, else the left one.
    case ceilWhereShorter
  }

  package var mode = Mode.nearest
  package var coordinates = Coordinates.halfPixel
  package var rounding = Rounding.preferFloor
  package var antialiases = false
  package var excludesOutside = false
  package var cubicCoefficient = -0.75

  package init() {}

  /// One axis to resample. Lengths are at least 1, and `scale` is positive.
  package struct Axis {
    package let length: Int
    package let newLength: Int
    package let scale: Double
    /// The part of the axis that is cropped, in fractions of it.
    package let region: (start: Double, end: Double)

    package init(
      length: Int, newLength: Int, scale: Double, region: (start: Double, end: Double) = (0, 1)
    ) {
      self.length = length
      self.newLength = newLength
      self.scale = scale
      self.region = region
    }
  }

  /// The elements that make up a new one, or nil where it lies outside a cropped region.
  package typealias Row = [(place: Int, weight: Double)]

  package func rows(_ axis: Axis) -> [Row?] {
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
    case .halfPixelUnlessSingle: return axis.newLength == 1 ? 0 : (x + 0.5) / axis.scale - 0.5
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
      // Those beyond a border follow each other.
      if let last = row.indices.last, row[last].place == inside {
        row[last].weight += weight
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
        case .ceilWhereShorter: scale < 1 || ratio == 1
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

extension ProgramBuilder {
  /// To be asked before the rows of a resampling are made: axis after axis becomes long, so what is too large
  /// would be found after the work of the first.
  package func requireResized(_ x: Value, axes: [Int], to lengths: [Int]) throws {
    var dims = shape(x).dims
    for (axis, length) in zip(axes, lengths) {
      guard dims[axis] > 0 || length == 0 else {
        throw NetJacError(
          .shape,
          "axis \(axis) of \(shape(x)) has no elements and cannot be resized to \(length)")
      }
      dims[axis] = length
    }
    let type = type(x).with(try Shape(checking: dims))
    guard type.byteCount <= memoryLimit else {
      throw NetJacError(
        .memory,
        """
        \(shape(x)) is resized to \(type.shape), which takes \(type.byteCount) bytes; the memory limit is \
        \(memoryLimit) (option memory_limit)
        """)
    }
    // A row is an array of up to four elements and their weights, or in all rows together of four times as many as
    // the axis has.
    let rows = zip(axes, lengths).reduce(0) {
      $0.addingSaturated(shape(x)[$1.0]).addingSaturated($1.1)
    }
    try requireNumbers(rows.multipliedSaturated(by: 8), of: "the rows of a resampling")
  }

  /// Replaces the elements along an axis by weighted means of them; nil rows get a fixed number.
  package func interpolate(_ x: Value, axis: Int, _ rows: [Interpolation.Row?], outside: Double)
    throws
    -> Value
  {
    var y: Value
    let areSingle = rows.allSatisfy { row in
      guard let row else { return true }
      return row.count == 1 && row[0].weight == 1
    }
    if areSingle {
      y = try gather(x, axis: axis, places: rows.map { $0?[0].place ?? 0 })
    } else {
      y = try weightedMeans(x, axis: axis, rows.map { $0 ?? [] })
    }
    guard rows.contains(where: { $0 == nil }) else { return y }
    let isInside = try constant(
      Tensor(
        TensorType(.bool, [rows.count]), integers: rows.map { $0 == nil ? 0 : 1 }))
    return try select(
      add(Broadcast(shape(y), axes: [axis]), [isInside]), y, scalar(outside, like: y))
  }

  /// Each row's elements are picked and weighted: what is not a number stays with those whose rows hold
  /// it, unlike in a product with a matrix.
  private func weightedMeans(_ x: Value, axis: Int, _ rows: [Interpolation.Row]) throws -> Value {
    let width = rows.reduce(1) { max($0, $1.count) }
    // Shorter rows name an element twice, with half its weight, which changes no digit.
    let full = rows.map { row in
      var row = row.isEmpty ? [(place: 0, weight: 0)] : row
      while row.count < width {
        let last = row.removeLast()
        row += [(last.place, last.weight / 2), (last.place, last.weight / 2)]
      }
      return row
    }
    guard width > 4 else {
      return try (0..<width).map { k in
        let weights = try constant(
          Tensor(TensorType(real, [full.count]), reals: full.map { $0[k].weight }))
        let picked = try gather(x, axis: axis, places: full.map { $0[k].place })
        return try multiply(picked, add(Broadcast(shape(picked), axes: [axis]), [weights]))
      }.reduce(Value?.none) { try sum($0, $1) } ?? x
    }
    let picked = try gather(x, axis: axis, places: full.flatMap { $0.map(\.place) })
    let dims = shape(x).dims
    let split = try reshape(
      picked, Shape(checking: dims.prefix(axis) + [full.count, width] + dims.dropFirst(axis + 1)))
    let weights = try constant(
      Tensor(
        TensorType(real, try Shape(checking: [full.count, width])),
        reals: full.flatMap { $0.map(\.weight) }))
    let weighted = try multiply(
      split, add(Broadcast(shape(split), axes: [axis, axis + 1]), [weights]))
    return try reduceSum(weighted, over: [axis + 1])
  }
}
