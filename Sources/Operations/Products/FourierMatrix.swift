import Glibc
import Graph
import Tensors

/// The matrix of a discrete Fourier transform: [in, parts of it, out, parts of it].
package struct FourierMatrix {
  package enum Kind {
    case forward, oneSided, inverse
    /// From half a spectrum to a real signal.
    case realInverse
  }

  private let length: Int
  private let kind: Kind
  private let hasImaginary: Bool

  package init(length: Int, kind: Kind, hasImaginary: Bool) {
    self.length = length
    self.kind = kind
    self.hasImaginary = hasImaginary
  }

  package func value(in p: ProgramBuilder) throws -> Value {
    let inputs = kind == .realInverse ? length / 2 + 1 : length
    let outputs = kind == .oneSided ? length / 2 + 1 : length
    let parts = (hasImaginary ? 2 : 1, kind == .realInverse ? 1 : 2)
    let shape = try Shape(checking: [inputs, parts.0, outputs, parts.1])
    try p.requireNumbers(shape.count, of: "a transform of length \(length)")
    var numbers: [Double] = []
    numbers.reserveCapacity(shape.count)
    for k in 0..<inputs {
      for part in 0..<parts.0 {
        for n in 0..<outputs {
          let (real, imaginary) = entry(k, n, isImaginary: part == 1)
          numbers.append(real)
          if parts.1 == 2 { numbers.append(imaginary) }
        }
      }
    }
    return try p.constant(Tensor(TensorType(p.real, shape), reals: numbers))
  }

  /// What an input element, times 1 or i, adds to an output element.
  private func entry(_ k: Int, _ n: Int, isImaginary: Bool) -> (Double, Double) {
    // The angle is reduced in whole numbers, which keeps its digits for long signals.
    let angle = 2 * Double.pi * Double(k * n % length) / Double(length)
    let direction: Double = kind == .forward || kind == .oneSided ? -1 : 1
    var factor = direction < 0 ? 1 : 1 / Double(length)
    // All but the outermost frequencies of half a spectrum stand for two.
    if kind == .realInverse, k > 0, 2 * k != length { factor *= 2 }
    let (c, s) = (factor * cos(angle), factor * direction * sin(angle))
    return isImaginary ? (-s, c) : (c, s)
  }
}
