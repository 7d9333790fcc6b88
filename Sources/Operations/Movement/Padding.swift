import Graph
import Tensors

/// What stands around a tensor that is padded.
package enum PaddingMode {
  /// One number.
  case constant
  /// The elements mirrored at the outermost ones, which are not repeated.
  case reflect
  /// The elements mirrored at the ends, the outermost ones repeated.
  case symmetric
  /// The outermost element.
  case edge
  /// The tensor again.
  case wrap

  /// The position of the element that stands at a position outside.
  fileprivate func source(_ position: Int, _ length: Int) -> Int {
    func remainder(_ period: Int) -> Int { ((position % period) + period) % period }
    switch self {
    case .constant, .edge: return min(max(position, 0), length - 1)
    case .wrap: return remainder(length)
    case .reflect:
      let period = max(2 * (length - 1), 1)
      let place = remainder(period)
      return place < length ? place : period - place
    case .symmetric:
      let place = remainder(2 * length)
      return place < length ? place : 2 * length - 1 - place
    }
  }
}

extension ProgramBuilder {
  /// Adds elements around a tensor, or cuts some off where the amount is negative.
  package func pad(
    _ x: Value, low: [Int], high: [Int], _ mode: PaddingMode, with value: Value? = nil
  ) throws -> Value {
    if mode == .constant { return try pad(x, low: low, high: high, with: value) }
    var y = x
    for axis in low.indices where low[axis] != 0 || high[axis] != 0 {
      let length = shape(y)[axis]
      let size = length + low[axis] + high[axis]
      guard size >= 0, length > 0 || size == 0 else {
        throw NetJacError(
          .shape, "axis \(axis) of length \(length) cannot be padded by \(low[axis]), \(high[axis])"
        )
      }
      try requireNumbers(size, of: "a padded axis")
      let places = (0..<size).map { mode.source($0 - low[axis], length) }
      y = try gather(y, axis: axis, places: places)
    }
    return y
  }

  /// Padding with a value other than zero.
  package func pad(_ x: Value, low: [Int], high: [Int], with value: Value?) throws -> Value {
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
  package func gather(_ x: Value, axis: Int, places: [Int]) throws -> Value {
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
