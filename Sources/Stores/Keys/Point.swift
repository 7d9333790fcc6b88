import Glibc
import Tensors

/// The canonical form of points, and the keys that stand for them.
///
/// Part of the file format: every program that writes keys must come to the same ones.
package struct PointKeys: Sendable {
  /// How one scalar of a point is rounded and checked.
  struct Scalar: Sendable {
    let name: String
    let lower: Double?
    let upper: Double?
    let step: Double?
    let isLogarithmic: Bool
  }

  let scalars: [Scalar]

  package init(_ inputs: [Variable]) {
    scalars = inputs.flatMap { variable in
      variable.scalarNames.map {
        Scalar(
          name: $0, lower: variable.lower, upper: variable.upper, step: variable.step,
          isLogarithmic: variable.scale == .log)
      }
    }
  }

  package var count: Int { scalars.count }

  /// Writes the canonical form of `point`: +0 for -0, and `lower + k step` where an input has a step.
  ///
  /// - Throws: `NetJacError` of kind `argument` for NaN and infinity, and where `inBounds` for what is outside.
  package func canonical(
    _ point: UnsafePointer<Double>, into place: UnsafeMutablePointer<Double>, sample: Int,
    inBounds: Bool
  ) throws {
    for (index, scalar) in scalars.enumerated() {
      let value = point[index]
      guard value.isFinite else { throw Self.notFinite(value, scalar.name, sample) }
      if inBounds {
        guard value >= scalar.lower ?? -.infinity, value <= scalar.upper ?? .infinity,
          !scalar.isLogarithmic || value > 0
        else { throw outOfBounds(value, scalar, sample) }
      }
      place[index] = rounded(value, scalar)
    }
  }

  private func rounded(_ value: Double, _ scalar: Scalar) -> Double {
    guard let step = scalar.step else { return value + 0.0 }
    let lower = scalar.lower ?? 0
    let rounded = lower + ((value - lower) / step).rounded() * step
    // A step of 1e-300 has no multiple near 1.
    return (rounded.isFinite ? rounded : value) + 0.0
  }

  /// The first 16 bytes of SHA-256 over the float64 little-endian bytes of a canonical point.
  package func key(_ canonical: UnsafePointer<Double>) -> PointKey {
    // All machines that the library runs on are little-endian.
    SHA256.key(canonical, count)
  }

  private static func notFinite(_ value: Double, _ name: String, _ sample: Int) -> NetJacError {
    NetJacError(
      .argument,
      "input '\(name)' of point \(sample) is not finite: \(value); a point that can be found again "
        + "consists of numbers", .notFinite)
  }

  private func outOfBounds(_ value: Double, _ scalar: Scalar, _ sample: Int) -> NetJacError {
    let lower = scalar.lower.map { "\($0)" } ?? (scalar.isLogarithmic ? "above 0" : "-inf")
    return NetJacError(
      .argument,
      "input '\(scalar.name)' of point \(sample) is out of bounds: \(value); its bounds are "
        + "\(lower) to \(scalar.upper.map { "\($0)" } ?? "inf")", .outOfBounds)
  }
}
