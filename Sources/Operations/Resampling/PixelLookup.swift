import Graph
import Tensors

/// Interpolates images between their pixels, at places that a program computes.
package struct PixelLookup {
  package enum Padding: String, CaseIterable { case zeros, border, reflection }

  private let p: ProgramBuilder
  private let spatial: [Int]
  private let mode: Interpolation.Mode
  private let padding: Padding
  private let alignsCorners: Bool

  package init(
    spatial: [Int], mode: Interpolation.Mode, padding: Padding, alignsCorners: Bool,
    in p: ProgramBuilder
  ) throws {
    // The number of neighbours grows with a power of the axes.
    guard spatial.count <= 4, spatial.allSatisfy({ $0 > 0 }) else {
      throw NetJacError(
        .unsupported,
        "images of size \(spatial) cannot be looked up; 1 to 4 axes with pixels are supported")
    }
    self.p = p
    self.spatial = spatial
    self.mode = mode
    self.padding = padding
    self.alignsCorners = alignsCorners
  }

  /// Interpolated values [N, P, C] of images [N, pixels, C] at P places, of which each axis has its
  /// coordinates [N, P] in units of pixels.
  package func values(of pixels: Value, at coordinates: [Value]) throws -> Value {
    let axes = try zip(coordinates, spatial.indices).map { coordinate, axis in
      try neighbours(padded(coordinate, axis), axis)
    }
    var sum: Value?
    var corner = spatial.map { _ in 0 }
    repeat {
      let chosen = zip(axes, corner).map { $0[$1] }
      sum = try p.sum(sum, term(chosen, pixels))
    } while advance(&corner, axes.map(\.count))
    return try sum ?? p.scalar(0)
  }

  /// A pixel index along one axis, whether it lies inside, and its weight.
  private struct Neighbour {
    let place: Value
    let isInside: Value?
    let weight: Value?
  }

  private func advance(_ corner: inout [Int], _ counts: [Int]) -> Bool {
    for axis in corner.indices.reversed() {
      corner[axis] += 1
      if corner[axis] < counts[axis] { return true }
      corner[axis] = 0
    }
    return false
  }

  /// The weighted pixels at one corner of the cells that the places lie in.
  private func term(_ corner: [Neighbour], _ pixels: Value) throws -> Value {
    var flat = try p.scalar(0, like: corner[0].place)
    for (neighbour, stride) in zip(corner, Shape(spatial).strides) {
      flat = try p.add(
        flat, p.multiply(neighbour.place, p.scalar(Double(stride), like: flat)))
    }
    for case let isInside? in corner.map(\.isInside) {
      // An index of -1 picks zero.
      flat = try p.select(isInside, flat, p.scalar(-1, like: flat))
    }
    let picked = try p.gather(pixels, flat, batch: 1)
    let weights = corner.compactMap(\.weight)
    guard let first = weights.first else { return picked }
    let weight = try weights.dropFirst().reduce(first) { try p.multiply($0, $1) }
    return try p.multiply(picked, p.add(Broadcast(p.shape(picked), axes: [0, 1]), [weight]))
  }

  // MARK: - One axis

  /// The range of coordinates that the image spans.
  private func bounds(_ axis: Int) -> (low: Double, high: Double) {
    let last = Double(spatial[axis] - 1)
    return alignsCorners ? (0, last) : (-0.5, last + 0.5)
  }

  /// A coordinate in -1 … 1 in units of pixels.
  package func pixelCoordinate(_ given: Value, axis: Int) throws -> Value {
    let (low, high) = bounds(axis)
    let fraction = try p.add(given, p.scalar(1, like: given))
    return try p.add(
      p.multiply(fraction, p.scalar((high - low) / 2, like: given)), p.scalar(low, like: given))
  }

  /// The coordinate, moved inside the image as the padding says.
  private func padded(_ given: Value, _ axis: Int) throws -> Value {
    func number(_ value: Double) throws -> Value { try p.scalar(value, like: given) }
    let (low, high) = bounds(axis)
    let x = try mode == .nearest ? p.add(Round(), [given]) : given
    switch padding {
    case .zeros: return x
    case .border:
      let isOutside = try p.add(
        BitOperation(.or),
        [p.compare(.less, x, number(low)), p.compare(.greater, x, number(high))])
      let clamped = try p.minimum(
        p.maximum(x, number(0)), number(Double(spatial[axis] - 1)))
      return try p.select(isOutside, clamped, x)
    case .reflection:
      guard high > low else { return try number(0) }
      let distance = try p.absolute(p.subtract(x, number(low)))
      let folded = try p.add(Modulo(), [distance, number(2 * (high - low))])
      let isBack = try p.compare(.greater, folded, number(high - low))
      let mirrored = try p.select(
        isBack, p.subtract(number(2 * (high - low)), folded), folded)
      return try p.add(mirrored, number(low))
    }
  }

  private func neighbours(_ x: Value, _ axis: Int) throws -> [Neighbour] {
    func number(_ value: Double) throws -> Value { try p.scalar(value, like: x) }
    if mode == .nearest {
      return [try neighbour(p.convert(x, to: .int64), axis, weight: nil)]
    }
    let floor = try p.floor(x)
    let base = try p.convert(floor, to: .int64)
    let t = try p.subtract(x, floor)
    func at(_ offset: Int, _ weight: Value) throws -> Neighbour {
      try neighbour(p.add(base, p.scalar(Double(offset), like: base)), axis, weight: weight)
    }
    let rest = try p.subtract(number(1), t)
    if mode == .linear { return [try at(0, rest), try at(1, t)] }
    return [
      try at(-1, far(p.add(t, number(1)))), try at(0, near(t)), try at(1, near(rest)),
      try at(2, far(p.add(rest, number(1)))),
    ]
  }

  /// The cubic kernel `((a + 2)·x - (a + 3))·x² + 1` for x up to 1, with a = -3/4.
  private func near(_ x: Value) throws -> Value {
    let inner = try p.subtract(
      p.multiply(x, p.scalar(1.25, like: x)), p.scalar(2.25, like: x))
    return try p.add(p.multiply(inner, p.multiply(x, x)), p.scalar(1, like: x))
  }

  /// The cubic kernel `((a·x - 5·a)·x + 8·a)·x - 4·a` for x from 1 to 2, with a = -3/4.
  private func far(_ x: Value) throws -> Value {
    let a = try p.scalar(-0.75, like: x)
    let square = try p.multiply(p.subtract(x, p.scalar(5, like: x)), x)
    let cubic = try p.multiply(p.add(square, p.scalar(8, like: x)), x)
    return try p.multiply(a, p.subtract(cubic, p.scalar(4, like: x)))
  }

  private func neighbour(_ place: Value, _ axis: Int, weight: Value?) throws -> Neighbour {
    func number(_ value: Int) throws -> Value { try p.scalar(Double(value), like: place) }
    let length = spatial[axis]
    switch padding {
    case .zeros:
      let isInside = try p.add(
        BitOperation(.and),
        [
          p.compare(.greaterOrEqual, place, number(0)), p.compare(.less, place, number(length)),
        ])
      return Neighbour(place: place, isInside: isInside, weight: weight)
    case .border:
      let clamped = try p.minimum(p.maximum(place, number(0)), number(length - 1))
      return Neighbour(place: clamped, isInside: nil, weight: weight)
    case .reflection:
      // Mirrored at the outermost pixels, or between them and their own images.
      let period = max(alignsCorners ? 2 * (length - 1) : 2 * length, 1)
      let folded = try p.add(Modulo(), [place, number(period)])
      let last = alignsCorners ? period : period - 1
      let mirrored = try p.select(
        p.compare(.less, folded, number(length)), folded, p.subtract(number(last), folded))
      return Neighbour(place: mirrored, isInside: nil, weight: weight)
    }
  }
}
