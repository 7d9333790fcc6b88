import Graph
import Operations
import Tensors

/// How images are brought to another size.
enum KerasResampling: String, CaseIterable {
  case nearest, bilinear, bicubic

  /// x with some axes at new lengths, each after the other.
  func resized(_ x: Value, axes: [Int], to lengths: [Int], in p: ProgramBuilder) throws -> Value {
    var y = x
    try p.requireResized(x, axes: axes, to: lengths)
    for (axis, newLength) in zip(axes, lengths) {
      let length = p.shape(y)[axis]
      y = try p.interpolate(y, axis: axis, rows(length, newLength), outside: 0)
    }
    return y
  }

  private func rows(_ length: Int, _ newLength: Int) -> [Interpolation.Row?] {
    if self == .nearest {
      let scale = Double(length) / Double(newLength)
      return (0..<newLength).map { index in
        [(place: min(Int((Double(index) + 0.5) * scale), length - 1), weight: 1)]
      }
    }
    var interpolation = Interpolation()
    interpolation.mode = self == .bilinear ? .linear : .cubic
    interpolation.cubicCoefficient = -0.5
    // Weights beyond the border are left out, and the others divided by their sum.
    interpolation.excludesOutside = true
    return interpolation.rows(
      Interpolation.Axis(
        length: length, newLength: newLength, scale: Double(newLength) / Double(length),
        region: (0, 1)))
  }
}

/// Layers that prepare images.
enum KerasImageLayers {
  static let all: [KerasLayer] = [
    KerasLayer(
      "Resizing",
      keys: [
        "height", "width", "interpolation", "data_format", .only("crop_to_aspect_ratio"),
        .only("pad_to_aspect_ratio"), .only("antialias"), .ignored("fill_mode"),
        .ignored("fill_value"),
      ]
    ) { layer, p in
      let x = try p.asReal(layer.input(rank: 4))
      let mode = try layer.config.choice("interpolation", default: KerasResampling.bilinear)
      let size = try [layer.config.count("height"), layer.config.count("width")]
      return try mode.resized(x, axes: Array(layer.spatialAxes(rank: 2)), to: size, in: p)
    },
    KerasLayer("CenterCrop", keys: ["height", "width", "data_format"]) { layer, p in
      var y = try p.asReal(layer.input(rank: 4))
      let size = try [layer.config.count("height"), layer.config.count("width")]
      for (axis, length) in zip(layer.spatialAxes(rank: 2), size) {
        let room = p.shape(y)[axis] - length
        guard room >= 0 else {
          throw NetJacError(
            .unsupported,
            "the image \(p.shape(y)) is smaller than \(size), and enlarging it is not supported")
        }
        y = try p.slice(y, axis: axis, start: room / 2, size: length)
      }
      return y
    },
  ]
}
