import Graph
import Operations
import Tensors

/// `Resize` and its forerunner `Upsample`: interpolation along one axis after the other. The result
/// is linear in the input, and which weights it takes is known once the sizes are.
enum ResizeOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Upsample", since: 7, operands: ["X": .real], attributes: ["mode": .text, "scales": .reals],
      limits: "scales must be known while loading"
    ) { node, p in
      let scales = try node.reals("scales") ?? []
      return try resize(node, upsampling(node), scales: scales, in: p)
    },
    ONNXOperator(
      "Upsample", since: 9, operands: ["X": .real, "scales": .real], attributes: ["mode": .text]
    ) { node, p in
      try resize(node, upsampling(node), scales: node.constant(1, "scales").reals, in: p)
    },
    // The first version sampled like `Upsample`, but for the rounding of nearest elements.
    ONNXOperator(
      "Resize", since: 10, operands: ["X": .real, "scales": .real], attributes: ["mode": .text],
      limits: "sizes and scales must be known while loading"
    ) { node, p in
      var interpolation = try upsampling(node)
      interpolation.rounding = .ceilWhereShorter
      return try resize(node, interpolation, scales: node.constant(1, "scales").reals, in: p)
    },
    ONNXOperator(
      "Resize", since: 11,
      operands: [
        "X": .real, "roi": .optional(.real), "scales": .optional(.real), "sizes": .optional(.whole),
      ],
      attributes: [
        "antialias": .integer, "axes": .integers, "coordinate_transformation_mode": .text,
        "cubic_coeff_a": .real, "exclude_outside": .integer, "extrapolation_value": .real,
        "keep_aspect_ratio_policy": .text, "mode": .text, "nearest_mode": .text,
      ]
    ) { node, p in
      var interpolation = Interpolation()
      interpolation.mode = try node.choice("mode", default: .nearest)
      interpolation.coordinates = try node.choice(
        "coordinate_transformation_mode", coordinates, default: .halfPixel)
      interpolation.rounding = try node.choice(
        "nearest_mode", roundings, default: .preferFloor)
      interpolation.antialiases = try node.flag("antialias", default: false)
      interpolation.excludesOutside = try node.flag("exclude_outside", default: false)
      interpolation.cubicCoefficient = try node.real("cubic_coeff_a", default: -0.75)
      // An empty tensor counts as absent, since older versions could not leave inputs out.
      func numbers(_ index: Int, _ name: String) throws -> [Double]? {
        guard let value = node.optionalInput(index), p.shape(value).count > 0 else { return nil }
        return try node.constant(index, name).reals
      }
      let region =
        try interpolation.coordinates == .crop ? numbers(1, "roi") : nil
      let (scales, sizes) = (try numbers(2, "scales"), try numbers(3, "sizes"))
      guard scales == nil || sizes == nil else {
        throw NetJacError(
          .format,
          "scales \(scales ?? []) and sizes \(sizes ?? []) are given; one of both is needed")
      }
      return try resize(
        node, interpolation, scales: scales, sizes: sizes,
        region: region, in: p)
    },
  ]

  private static let coordinates: KeyValuePairs<String, Interpolation.Coordinates> = [
    "half_pixel": .halfPixel, "half_pixel_symmetric": .halfPixelSymmetric,
    "pytorch_half_pixel": .halfPixelUnlessSingle, "align_corners": .alignCorners,
    "asymmetric": .asymmetric, "tf_crop_and_resize": .crop,
  ]

  private static let roundings: KeyValuePairs<String, Interpolation.Rounding> = [
    "round_prefer_floor": .preferFloor, "round_prefer_ceil": .preferCeil, "floor": .floor,
    "ceil": .ceil,
  ]

  private static func upsampling(_ node: NodeCall) throws -> Interpolation {
    var interpolation = Interpolation()
    interpolation.coordinates = .asymmetric
    interpolation.rounding = .floor
    // The first versions spelt the mode for images.
    let mode = try node.string("mode", default: "nearest")
    interpolation.mode =
      try mode == "bilinear" ? .linear : node.choice("mode", default: .nearest)
    return interpolation
  }

  private enum AspectRatio: String, CaseIterable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  private static func resize(
    _ node: NodeCall, _ interpolation: Interpolation, scales: [Double]?, sizes: [Double]? = nil,
    region: [Double]? = nil, in p: ProgramBuilder
  ) throws -> Value {
    var y = try node.input(0, "X")
    let dims = p.shape(y).dims
    let axes = try node.axes(node.integers("axes") ?? Array(dims.indices), rank: dims.count)
    let (targets, factors) = try targets(
      dims, axes, scales: scales, sizes: sizes,
      node.choice("keep_aspect_ratio_policy", default: .stretch))
    guard region.map({ $0.count == 2 * axes.count }) ?? true else {
      throw NetJacError(
        .shape, "roi has \(region?.count ?? 0) numbers; two for each axis are needed")
    }
    try p.requireResized(y, axes: axes, to: targets)
    for (place, axis) in axes.enumerated() {
      let target = targets[place]
      let part = region.map { (start: $0[place], end: $0[axes.count + place]) } ?? (0, 1)
      if target == dims[axis], abs(factors[place] - 1) <= 1e-9, part == (0, 1) { continue }
      let rows = interpolation.rows(
        Interpolation.Axis(
          length: dims[axis], newLength: target, scale: factors[place], region: part))
      let outside = try node.real("extrapolation_value", default: 0)
      y = try p.interpolate(y, axis: axis, rows, outside: outside)
    }
    return y
  }

  /// The new lengths and by how much they scale the axes.
  private static func targets(
    _ dims: [Int], _ axes: [Int], scales: [Double]?, sizes: [Double]?, _ ratio: AspectRatio
  ) throws -> (lengths: [Int], scales: [Double]) {
    guard let given = sizes ?? scales, given.count == axes.count,
      given.allSatisfy({ $0 > 0 && $0 < 0x1p30 || $0 == 0 && sizes != nil })
    else {
      throw NetJacError(
        .shape,
        """
        scales are \(scales.map { "\($0)" } ?? "absent"), sizes are \
        \(sizes.map { "\($0)" } ?? "absent"); one positive number for each of \(axes.count) axes is \
        needed
        """)
    }
    if sizes == nil {
      let lengths = try zip(given, axes).map { scale, axis in
        try newLength((scale * Double(dims[axis])).rounded(.down))
      }
      return (lengths, given)
    }
    var factors = zip(given, axes).map { $0 / Double(max(dims[$1], 1)) }
    guard ratio != .stretch, let least = factors.min(), let most = factors.max() else {
      return (try given.map(newLength), factors)
    }
    let factor = ratio == .notLarger ? least : most
    factors = axes.map { _ in factor }
    return (
      try axes.map { try newLength((factor * Double(dims[$0]) + 0.5).rounded(.down)) }, factors
    )
  }

  private static func newLength(_ number: Double) throws -> Int {
    guard let length = Int(exactly: number), length >= 0, length < 1 << 40 else {
      throw NetJacError(.shape, "the new length \(number) is not a usable length")
    }
    return length
  }
}
