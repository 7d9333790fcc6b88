import Glibc
import Graph
import Operations
import Tensors

/// Operators that resample images [batch, rows, columns, channels].
enum TFResizeOperators {
  static let all: [TFOperator] = [
    resize("ResizeBilinear") { axis, rule in
      var interpolation = Interpolation()
      interpolation.mode = .linear
      interpolation.coordinates = rule.coordinates
      return interpolation.rows(axis)
    },
    resize("ResizeNearestNeighbor") { axis, rule in
      var interpolation = Interpolation()
      interpolation.mode = .nearest
      interpolation.coordinates = rule.coordinates
      interpolation.rounding = rule == .corner ? .floor : .preferCeil
      return interpolation.rows(axis)
    },
    resize("ResizeBicubic") { axis, rule in
      (0..<axis.newLength).map { cubicRow(at: rule.position(Double($0), axis), axis, rule) }
    },
    resize("ResizeArea") { axis, rule in
      let scale =
        rule == .ends && axis.newLength > 1
        ? Double(axis.length - 1) / Double(axis.newLength - 1)
        : Double(axis.length) / Double(axis.newLength)
      return (0..<axis.newLength).map { areaRow(from: Double($0) * scale, scale, axis.length) }
    },
    TFOperator(
      "ScaleAndTranslate", outputs: ["resized_images"], attributes: ["kernel_type", "antialias"],
      scaleAndTranslate),
  ]

  /// Which places of the old and the new image lie upon each other.
  private enum Rule {
    /// The middles of pixels in proportion.
    case middles
    /// The outermost pixels.
    case ends
    /// The first pixel.
    case corner

    var coordinates: Interpolation.Coordinates {
      switch self {
      case .middles: .halfPixel
      case .ends: .alignCorners
      case .corner: .asymmetric
      }
    }

    func position(_ x: Double, _ axis: Interpolation.Axis) -> Double {
      let ratio = Double(axis.length) / Double(axis.newLength)
      switch self {
      case .middles: return (x + 0.5) * ratio - 0.5
      case .ends:
        return axis.newLength > 1
          ? x * Double(axis.length - 1) / Double(axis.newLength - 1) : x * ratio
      case .corner: return x * ratio
      }
    }
  }

  private static func resize(
    _ name: String,
    _ rows: @escaping @Sendable (Interpolation.Axis, Rule) -> [Interpolation.Row?]
  ) -> TFOperator {
    TFOperator(
      name, outputs: ["resized_images"], attributes: ["align_corners", "half_pixel_centers"]
    ) { node, p in
      let (x, sizes) = try image(node, in: p)
      let rule: Rule =
        try node.flag("align_corners")
        ? .ends : node.flag("half_pixel_centers") ? .middles : .corner
      var y = x
      for (axis, size) in zip([1, 2], sizes) where size != p.shape(x)[axis] {
        let length = p.shape(y)[axis]
        y = try p.interpolate(
          y, axis: axis,
          rows(
            Interpolation.Axis(
              length: length, newLength: size, scale: Double(size) / Double(length)), rule),
          outside: 0)
      }
      return try p.convert(y, to: p.type(x).element)
    }
  }

  private static func image(_ node: TFCall, in p: ProgramBuilder) throws -> (Value, [Int]) {
    let x = try node.input(0, "images")
    let sizes = try node.constantIntegers(1, "size")
    guard p.shape(x).rank == 4, p.shape(x).count > 0, sizes.count == 2,
      sizes.allSatisfy({ $0 > 0 })
    else {
      throw NetJacError(
        .shape, "images \(p.shape(x)) cannot be resized to \(sizes); two lengths are needed")
    }
    try p.requireResized(x, axes: [1, 2], to: sizes)
    guard p.type(x).element.isReal else {
      throw NetJacError(.unsupported, "images of whole numbers are not resized; convert them first")
    }
    return (x, sizes)
  }

  /// Cubic convolution (Keys, 1981). The position is rounded to 1/1024 of a pixel, as TensorFlow looks
  /// the weights up in a table; with half pixels the weights of pixels outside go to those inside.
  private static func cubicRow(at position: Double, _ axis: Interpolation.Axis, _ rule: Rule)
    -> Interpolation.Row
  {
    let a = rule == .middles ? -0.5 : -0.75
    let floor = position.rounded(.down)
    let ratio = ((position - floor) * 1024).rounded(.toNearestOrEven) / 1024
    func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    let weights = [far(ratio + 1), near(ratio), near(1 - ratio), far(2 - ratio)]
    var row: Interpolation.Row = []
    for (offset, weight) in zip(-1...2, weights) {
      let place = Int(floor) + offset
      let inside = min(max(place, 0), axis.length - 1)
      if rule == .middles, place != inside { continue }
      if let known = row.firstIndex(where: { $0.place == inside }) {
        row[known].weight += weight
      } else {
        row.append((inside, weight))
      }
    }
    guard rule == .middles else { return row }
    let sum = row.reduce(0) { $0 + $1.weight }
    return sum == 0 ? row : row.map { ($0.place, $0.weight / sum) }
  }

  /// The mean of what lies between two places.
  private static func areaRow(from start: Double, _ scale: Double, _ length: Int)
    -> Interpolation.Row
  {
    let end = start + scale
    let (first, last) = (Int(start.rounded(.down)), Int(end.rounded(.up)))
    var row: Interpolation.Row = []
    for place in first..<max(last, first + 1) {
      let overlap = min(Double(place + 1), end) - max(Double(place), start)
      let inside = min(max(place, 0), length - 1)
      if let known = row.firstIndex(where: { $0.place == inside }) {
        row[known].weight += overlap / scale
      } else {
        row.append((inside, overlap / scale))
      }
    }
    return row
  }

  // MARK: - Scale and translate

  private typealias Kernel = (radius: Double, weight: @Sendable (Double) -> Double)

  private static let kernels: KeyValuePairs<String, Kernel> =
    [
      "lanczos1": (1, lanczos(1)), "lanczos3": (3, lanczos(3)), "lanczos5": (5, lanczos(5)),
      "gaussian": (1.5, { abs($0) >= 1.5 ? 0 : exp(-$0 * $0 / (2 * 0.5 * 0.5)) }),
      "box": (1, { abs($0) < 0.5 ? 1 : abs($0) == 0.5 ? 0.5 : 0 }),
      "triangle": (1, { max(1 - abs($0), 0) }),
      "keyscubic": (
        2,
        { x in
          let x = abs(x)
          if x >= 2 { return 0 }
          return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
        }
      ),
      "mitchellcubic": (
        2,
        { x in
          let x = abs(x)
          if x >= 2 { return 0 }
          return x >= 1
            ? ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9
            : (7.0 / 6 * x - 2) * x * x + 8.0 / 9
        }
      ),
    ]

  private static func lanczos(_ radius: Double) -> @Sendable (Double) -> Double {
    { x in
      if abs(x) >= radius { return 0 }
      if abs(x) < 1e-3 { return 1 }
      let angle = Double.pi * x
      return radius * sin(angle) * sin(angle / radius) / (angle * angle)
    }
  }

  private static let scaleAndTranslate: @Sendable (TFCall, ProgramBuilder) throws -> Value = {
    node, p in
    let (x, sizes) = try image(node, in: p)
    let scales = try node.constant(2, "scale").reals
    let shifts = try node.constant(3, "translation").reals
    let (radius, kernel) = try node.choice("kernel_type", kernels, default: "lanczos3")
    let antialiases = try node.flag("antialias", default: true)
    guard scales.count == 2, shifts.count == 2, scales.allSatisfy({ $0 > 1e-6 && $0 < 1e6 }),
      shifts.allSatisfy({ abs($0) < 0x1p30 })
    else {
      throw NetJacError(
        .shape, "scale \(scales) and translation \(shifts) are not usable; two numbers each")
    }
    var y = x
    for (index, axis) in [1, 2].enumerated() {
      let length = p.shape(y)[axis]
      let (inverse, shift) = (1 / scales[index], -shifts[index] / scales[index])
      let width = antialiases ? max(inverse, 1) : 1
      let rows = (0..<sizes[index]).map { place -> Interpolation.Row? in
        let centre = (Double(place) + 0.5) * inverse + shift
        // Places outside the image are zero.
        guard centre >= 0, centre <= Double(length) else { return nil }
        let first = max(Int((centre - radius * width - 0.5).rounded(.up)), 0)
        let last = min(Int((centre + radius * width - 0.5).rounded(.down)), length - 1)
        guard first <= last else { return nil }
        let weights = (first...last).map { kernel((Double($0) + 0.5 - centre) / width) }
        let sum = weights.reduce(0, +)
        guard abs(sum) >= 1000 * Double(Float.leastNormalMagnitude) else { return nil }
        return zip(first..., weights).map { ($0, $1 / sum) }
      }
      y = try p.interpolate(y, axis: axis, rows, outside: 0)
    }
    return y
  }
}
