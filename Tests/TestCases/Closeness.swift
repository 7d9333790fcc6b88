import Graph
import Tensors

/// Whether two numbers agree to a tolerance, absolute below `scale` and relative above. NaN agrees
/// with NaN, an infinity with itself.
package func isClose(
  _ a: Double, _ b: Double, _ tolerance: Double = 1e-12, scale: Double = 1
) -> Bool {
  a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance * max(scale, abs(a), abs(b))
}

/// The first place where two lists of tensors disagree, in words, or nil.
package func disagreement(
  _ a: [Tensor], _ b: [Tensor], _ tolerance: Double = 1e-12
) -> String? {
  guard a.count == b.count else { return "\(a.count) tensors and \(b.count)" }
  for (place, (a, b)) in zip(a, b).enumerated() {
    guard a.type == b.type else { return "tensor \(place) is \(a.type) and \(b.type)" }
    let scale = max(1, a.reals.lazy.map(abs).filter(\.isFinite).max() ?? 0)
    for (k, (x, y)) in zip(a.reals, b.reals).enumerated()
    where !isClose(x, y, tolerance, scale: scale) {
      return "element \(k) of tensor \(place) (\(a.type)) is \(x) and \(y)"
    }
  }
  return nil
}

/// The sum of products of all elements.
package func innerProduct(_ a: [Tensor], _ b: [Tensor]) -> Double {
  zip(a, b).reduce(0) { sum, pair in
    zip(pair.0.reals, pair.1.reals).reduce(sum) { $0 + $1.0 * $1.1 }
  }
}
