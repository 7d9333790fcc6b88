import Containers
import Graph
import Tensors

/// Layers that summarise windows, or all of an image.
enum KerasPoolingLayers {
  static let all: [KerasLayer] = (1...3).flatMap { rank in
    [
      windowed("MaxPooling\(rank)D", rank, maximum),
      windowed("AveragePooling\(rank)D", rank, average),
      global("GlobalMaxPooling\(rank)D", rank) { layer, x, axes in
        try layer.p.reduceMaximum(x, over: axes)
      },
      global("GlobalAveragePooling\(rank)D", rank, globalAverage),
      adaptive("AdaptiveAveragePooling\(rank)D", rank, adaptiveAverage),
      adaptive("AdaptiveMaxPooling\(rank)D", rank, adaptiveMaximum),
    ]
  }

  // MARK: - Windows

  private static func windowed(
    _ name: String, _ rank: Int,
    _ body: @escaping @Sendable (Value, ConvolutionGeometry, ProgramBuilder) throws -> Value
  ) -> KerasLayer {
    KerasLayer(name, keys: ["pool_size", "strides", "padding", "data_format"]) { layer, p in
      let x = try layer.input(rank: rank + 2)
      let sizes = try layer.config.sizes(
        "pool_size", rank: rank, default: [Int](repeating: 2, count: rank))
      let geometry = ConvolutionGeometry(
        kernel: sizes, strides: try layer.config.sizes("strides", rank: rank, default: sizes),
        dilations: [Int](repeating: 1, count: rank),
        padding: try layer.config.choice("padding", default: .valid),
        channelsAreLast: layer.config.channelsAreLast)
      let y = try body(geometry.channelsFirst(x, in: p), geometry, p)
      return try geometry.channelsAreLast ? p.moveAxis(y, from: 1, to: rank + 1) : y
    }
  }

  /// The largest element of each window is the first of equal ones, which alone takes the derivative.
  private static let maximum:
    @Sendable (Value, ConvolutionGeometry, ProgramBuilder) throws -> Value =
      { x, geometry, p in
        let dims = p.shape(x).dims
        let axes = try geometry.windows(over: Array(dims.dropFirst(2)))
        let size = try Shape(
          checking: dims.prefix(2) + axes.map(\.size) + axes.map(\.count)
        ).count
        guard size <= p.memoryLimit / 8 else {
          throw NetJacError(
            .memory,
            "the windows hold \(size) elements, which is beyond the memory limit of \(p.memoryLimit) "
              + "bytes (option memory_limit)")
        }
        let images = dims[0] * dims[1]
        let place = try p.add(WindowExtreme(.maximum, axes), [x])
        let pixels = try p.reshape(x, Shape([images, dims.dropFirst(2).reduce(1, *)]))
        let index = try p.reshape(place, Shape([images, axes.reduce(1) { $0 * $1.count }]))
        return try p.reshape(
          p.gather(pixels, index, batch: 1), Shape(dims.prefix(2) + axes.map(\.count)))
      }

  /// Means over the elements inside the image.
  private static let average:
    @Sendable (Value, ConvolutionGeometry, ProgramBuilder) throws -> Value =
      { x, geometry, p in
        let spatial = Array(p.shape(x).dims.dropFirst(2))
        let axes = try geometry.windows(over: spatial)
        let windows = try p.add(Window(axes), [x])
        let sum = try p.reduceSum(windows, over: axes.indices.map { 2 + $0 })
        var counts = [1.0]
        for (axis, length) in zip(axes, spatial) {
          let inside = (0..<axis.count).map { position in
            let start = position * axis.stride - axis.low
            return Double(min(start + axis.size, length) - max(start, 0))
          }
          counts = counts.flatMap { count in inside.map { count * $0 } }
        }
        let divisor = try p.constant(
          Tensor(TensorType(p.real, Shape(axes.map(\.count))), reals: counts))
        return try p.divide(sum, p.broadcast(divisor, to: p.shape(sum)))
      }

  // MARK: - Whole images

  private static func global(
    _ name: String, _ rank: Int,
    _ body: @escaping @Sendable (KerasCall, Value, [Int]) throws -> Value
  ) -> KerasLayer {
    KerasLayer(name, keys: ["data_format", "keepdims"]) { layer, p in
      let x = try layer.input(rank: rank + 2)
      let axes = Array(layer.spatialAxes(rank: rank))
      let y = try body(layer, x, axes)
      return layer.config.flag("keepdims", default: false)
        ? try p.reshape(y, p.shape(x).withOnes(at: axes)) : y
    }
  }

  /// With a mask, the mean over the steps that it leaves.
  private static let globalAverage: @Sendable (KerasCall, Value, [Int]) throws -> Value = {
    layer, x, axes in
    let p = layer.p
    guard axes.count == 1, let mask = try layer.mask else { return try p.mean(x, over: axes) }
    let weights = try p.convert(p.asBoolean(mask), to: p.real)
    let time = axes[0]
    let full = try p.add(Broadcast(p.shape(x), axes: [0, time]), [weights])
    let sum = try p.reduceSum(p.multiply(x, full), over: [time])
    let count = try p.reduceSum(weights, over: [1])
    return try p.divide(sum, p.add(Broadcast(p.shape(sum), axes: [0]), [count]))
  }

  // MARK: - Windows that cover an image in a given number

  private static func adaptive(
    _ name: String, _ rank: Int,
    _ body: @escaping @Sendable (ProgramBuilder, Value, Int, [Range<Int>]) throws -> Value
  ) -> KerasLayer {
    KerasLayer(name, keys: ["output_size", "data_format"]) { layer, p in
      var y = try layer.input(rank: rank + 2)
      let sizes = try layer.config.sizes("output_size", rank: rank)
      for (axis, size) in zip(layer.spatialAxes(rank: rank), sizes) {
        let length = p.shape(y)[axis]
        guard length > 0, size <= 1 << 20 else {
          throw NetJacError(.shape, "an axis of length \(length) cannot be pooled to \(size)")
        }
        let parts = (0..<size).map { $0 * length / size..<(($0 + 1) * length + size - 1) / size }
        y = try body(p, y, axis, parts)
      }
      return y
    }
  }

  private static let adaptiveAverage:
    @Sendable (ProgramBuilder, Value, Int, [Range<Int>]) throws -> Value = { p, x, axis, parts in
      let rows = parts.map { part in
        part.map { (place: $0, weight: 1 / Double(part.count)) }
      }
      return try p.interpolate(x, axis: axis, rows, outside: 0)
    }

  private static let adaptiveMaximum:
    @Sendable (ProgramBuilder, Value, Int, [Range<Int>]) throws -> Value = { p, x, axis, parts in
      let maxima = try parts.map { part in
        try p.reduceMaximum(
          p.slice(x, axis: axis, start: part.lowerBound, size: part.count), over: [axis])
      }
      return try p.stack(maxima, axis: axis, like: maxima[0])
    }
}
