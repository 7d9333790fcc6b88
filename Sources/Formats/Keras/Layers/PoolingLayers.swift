import Containers
import Graph
import Operations
import Tensors

/// Layers that summarise windows, or all of an image.
enum KerasPoolingLayers {
  static let all: [KerasLayer] = (1...3).flatMap { rank in
    [
      windowed("MaxPooling\(rank)D", rank) { try $0.maximum($1).y },
      // Means over the elements inside the image.
      windowed("AveragePooling\(rank)D", rank) { try $0.average($1, includingPadding: false) },
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
    _ name: String, _ rank: Int, _ body: @escaping @Sendable (Pooling, Value) throws -> Value
  ) -> KerasLayer {
    KerasLayer(
      several: name, keys: ["pool_size", "strides", "padding", "data_format"], masking: .drops
    ) { layer, p in
      let image = try layer.image(rank: rank, channelsFirst: true)
      let sizes = try layer.config.sizes(
        "pool_size", rank: rank, default: [Int](repeating: 2, count: rank))
      let strides = try layer.config.sizes("strides", rank: rank, default: sizes)
      let padding = try layer.config.choice("padding", default: KerasConvolution.Padding.valid)
      let window = try SlidingWindow(
        spatial: Array(p.shape(image.value).dims.dropFirst(2)), kernel: sizes,
        strides: strides, padding: padding == .same ? .same(largerInFront: false) : nil)
      return [try image.result(body(Pooling(window, in: p), image.value), in: p)]
    }
  }

  // MARK: - Whole images

  private static func global(
    _ name: String, _ rank: Int,
    _ body: @escaping @Sendable (KerasCall, Value, [Int]) throws -> Value
  ) -> KerasLayer {
    KerasLayer(name, keys: ["data_format", "keepdims"]) { layer, p in
      let image = try layer.image(rank: rank)
      let axes = image.layout.spatialAxes(rank: rank + 2)
      let y = try body(layer, image.value, axes)
      guard layer.config.flag("keepdims", default: false) else { return y }
      let kept = Array(layer.spatialAxes(rank: rank))
      return try p.reshape(y, p.shape(layer.x).withOnes(at: kept))
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
        guard length > 0, size <= 1 << 14 else {
          throw NetJacError(.shape, "an axis of length \(length) cannot be pooled to \(size)")
        }
        try p.requireResized(y, axes: [axis], to: [size])
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
