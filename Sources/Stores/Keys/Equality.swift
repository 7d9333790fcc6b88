import Glibc
import Tensors

/// When two points of a study are the same.
package enum Equality: String, CaseIterable, Sendable {
  /// All bits of the canonical form are equal.
  case exact
  /// Every input differs by at most its tolerance.
  case absolute
  /// The same, tolerances being parts of upper - lower, for logarithmic inputs in log10.
  case relative
}

/// Finds points near a point by cells: boxes much wider than the tolerance, of which a number stands in the store.
///
/// The widths leave a point's tolerance within one cell most of the time, and the offset keeps round numbers away from
/// the walls between cells.
package struct NearPoints: Sendable {
  private struct Axis {
    let tolerance: Double
    let isLogarithmic: Bool
    let width: Double
  }

  private let axes: [Axis]
  private static let offset = 0.381966

  /// - Throws: `NetJacError` of kind `argument` if a relative tolerance lacks bounds.
  package init(_ inputs: [Variable], _ equality: Equality) throws {
    let count = Double(inputs.reduce(0) { $0 + $1.size })
    axes = try inputs.flatMap { variable -> [Axis] in
      var tolerance = variable.tolerance ?? 0
      let isLogarithmic = equality == .relative && variable.scale == .log
      if equality == .relative, tolerance > 0 {
        guard let lower = variable.lower, let upper = variable.upper else {
          throw NetJacError(
            .argument,
            "input '\(variable.name)' has no bounds, and a relative tolerance is a part of the "
              + "distance between them; give lower= and upper=")
        }
        tolerance *= isLogarithmic ? log10(upper) - log10(lower) : upper - lower
      }
      let axis = Axis(
        tolerance: tolerance, isLogarithmic: isLogarithmic, width: 16 * count * tolerance)
      return Array(repeating: axis, count: variable.size)
    }
  }

  /// The number of the cell that a point lies in.
  package func cell(_ point: UnsafePointer<Double>) -> Int64 {
    number(axes.indices.map { coordinate(place(point[$0], $0), $0) })
  }

  /// The cells that the points near `point` can lie in; nil if they are too many to ask for.
  package func cells(near point: UnsafePointer<Double>) -> [Int64]? {
    var corners: [[Double]] = [[]]
    for (index, axis) in axes.enumerated() {
      let place = place(point[index], index)
      // A little more than the tolerance, for the rounding of these sums.
      let reach = axis.tolerance * (1 + 1e-9)
      let first = coordinate(place - reach, index)
      let last = coordinate(place + reach, index)
      if first != last {
        guard corners.count < 1024 else { return nil }
        corners = corners.flatMap { [$0 + [first], $0 + [last]] }
      } else {
        for corner in corners.indices { corners[corner].append(first) }
      }
    }
    return Array(Set(corners.map(number)))
  }

  /// How far two points are apart, as the largest part of a tolerance; nil if they are not the same.
  package func distance(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double? {
    var largest = 0.0
    for (index, axis) in axes.enumerated() where a[index] != b[index] {
      let distance = abs(place(a[index], index) - place(b[index], index))
      guard distance <= axis.tolerance else { return nil }
      largest = max(largest, distance / axis.tolerance)
    }
    return largest
  }

  private func place(_ value: Double, _ index: Int) -> Double {
    axes[index].isLogarithmic && value > 0 ? log10(value) : value
  }

  private func coordinate(_ place: Double, _ index: Int) -> Double {
    let width = axes[index].width
    // Without a tolerance a cell is a single number.
    return width > 0 ? (place / width + Self.offset).rounded(.down) + 0.0 : place
  }

  private func number(_ coordinates: [Double]) -> Int64 {
    SHA256.key(coordinates, coordinates.count).number
  }
}
