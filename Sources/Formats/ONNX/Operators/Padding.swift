import Graph
import Tensors

/// ONNX `Pad`: adds elements around a tensor, or cuts some off where the amount is negative.
enum PaddingOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator("Pad") { node, p in
      guard let pads = try node.integers("pads") else {
        throw NetJacError(.format, "the attribute 'pads' is missing")
      }
      let value = try p.scalar(node.real("value", default: 0))
      return try padded(node, pads, axes: nil, value: value, in: p)
    },
    ONNXOperator("Pad", since: 11) { node, p in
      try padded(
        node, node.constantIntegers(1, "pads"), axes: node.optionalConstantIntegers(3, "axes"),
        value: node.optionalInput(2), in: p)
    },
  ]

  private enum Mode: String, CaseIterable { case constant, reflect, edge, wrap }

  private static func padded(
    _ node: NodeCall, _ pads: [Int], axes given: [Int]?, value: Value?, in p: ProgramBuilder
  ) throws -> Value {
    let x = try node.input(0, "data")
    let dims = p.shape(x).dims
    let axes = try node.axes(given ?? Array(dims.indices), rank: dims.count)
    guard pads.count == 2 * axes.count, pads.allSatisfy({ abs($0.clampedToSafe) < 1 << 40 }) else {
      throw NetJacError(
        .shape, "pads \(pads) do not fit \(axes.count) axes; two for each are needed")
    }
    var low = dims.map { _ in 0 }
    var high = low
    for (place, axis) in axes.enumerated() {
      low[axis] = pads[place]
      high[axis] = pads[axes.count + place]
    }
    switch try node.choice("mode", default: Mode.constant) {
    case .constant: return try p.pad(x, low: low, high: high, with: value)
    case .reflect: return try extended(x, low, high, in: p, reflected)
    case .edge: return try extended(x, low, high, in: p) { min(max($0, 0), $1 - 1) }
    case .wrap: return try extended(x, low, high, in: p) { (($0 % $1) + $1) % $1 }
    }
  }

  /// Repeats elements of x around it; `source` tells which one stands at a position outside.
  private static func extended(
    _ x: Value, _ low: [Int], _ high: [Int], in p: ProgramBuilder,
    _ source: (_ position: Int, _ length: Int) -> Int
  ) throws -> Value {
    var y = x
    for axis in low.indices where low[axis] != 0 || high[axis] != 0 {
      let length = p.shape(y)[axis]
      let size = length + low[axis] + high[axis]
      guard size >= 0, length > 0 || size == 0 else {
        throw NetJacError(
          .shape, "axis \(axis) of length \(length) cannot be padded by \(low[axis]), \(high[axis])"
        )
      }
      guard size <= p.memoryLimit / 8 else {
        throw NetJacError(.memory, "axis \(axis) becomes \(size) long, beyond the memory limit")
      }
      let places = (0..<size).map { source($0 - low[axis], length) }
      y = try p.gather(y, axis: axis, places: places)
    }
    return y
  }

  /// Mirrors a position at both ends, which are not repeated, as often as needed.
  private static func reflected(_ position: Int, _ length: Int) -> Int {
    let period = max(2 * (length - 1), 1)
    let place = ((position % period) + period) % period
    return place < length ? place : period - place
  }
}

extension Int {
  /// `abs(Int.min)` would trap.
  fileprivate var clampedToSafe: Int { Swift.max(self, -Int.max) }
}

extension ProgramBuilder {
  /// Padding with a value other than zero.
  func pad(_ x: Value, low: [Int], high: [Int], with value: Value?) throws -> Value {
    let y = try pad(x, low: low, high: high)
    guard let value, fill(of: value) != 0 else { return y }
    let inside = try constant(Tensor(type(x).with(.bool), fill: Int64(1)))
    guard shape(value).count == 1 else {
      throw NetJacError(.shape, "the padding value has shape \(shape(value)); one number is needed")
    }
    return try select(
      pad(inside, low: low, high: high), y,
      broadcast(reshape(convert(value, to: type(x).element), []), to: shape(y)))
  }

  /// Picks along one axis at known places; runs of places with a constant step are a slice.
  func gather(_ x: Value, axis: Int, places: [Int]) throws -> Value {
    if let first = places.first, let last = places.last {
      let step = places.count > 1 ? places[1] - first : 1
      let isRun = zip(places, places.dropFirst()).allSatisfy { $1 - $0 == step }
      if isRun, step > 0, first >= 0, last < shape(x)[axis] {
        var starts = shape(x).dims.map { _ in 0 }
        var sizes = shape(x).dims
        var steps = starts.map { _ in 1 }
        (starts[axis], sizes[axis], steps[axis]) = (first, places.count, step)
        return try slice(x, starts: starts, sizes: sizes, steps: steps)
      }
    }
    let moved = try moveAxis(x, from: axis, to: 0)
    return try moveAxis(gather(moved, integers(places)), from: 0, to: axis)
  }
}
