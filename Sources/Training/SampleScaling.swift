import Networks
import Tensors

/// The shift and scale of each input and output by which samples come to a size that trains well.
package struct SampleScaling: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// As they are.
    case none
    /// Mean 0 and standard deviation 1.
    case standard
    /// From -1 to 1.
    case range
  }

  package let inputs: Scaling
  package let outputs: Scaling
  /// Whether targets have a Jacobian after the outputs.
  private let hasJacobian: Bool

  /// The scales of samples; a sample has `targetSize` numbers of target, of which `outputSize` are outputs.
  /// Inputs that are whole numbers stay as they are.
  ///
  /// - Throws: `NetJacError` of kind `argument` for numbers that are not finite, of which there are no scales.
  init(
    _ kind: Kind, samples: Int, x: UnsafePointer<Double>, inputSize: Int,
    target: UnsafePointer<Double>, targetSize: Int, outputSize: Int, scalesOutputs: Bool,
    wholeNumbers: [Range<Int>]
  ) throws {
    inputs = try Self.scales(
      kind, x, "x", samples: samples, count: inputSize, stride: inputSize, except: wholeNumbers)
    outputs = try Self.scales(
      scalesOutputs ? kind : .none, target, "target", samples: samples, count: outputSize,
      stride: targetSize, except: [])
    hasJacobian = targetSize > outputSize
  }

  private static func scales(
    _ kind: Kind, _ numbers: UnsafePointer<Double>, _ name: String, samples: Int, count: Int,
    stride: Int, except kept: [Range<Int>]
  ) throws -> Scaling {
    var offsets = [Double](repeating: 0, count: count)
    var scales = [Double](repeating: 1, count: count)
    guard kind != .none else { return Scaling(offsets: offsets, scales: scales) }
    for k in 0..<count where !kept.contains(where: { $0.contains(k) }) {
      let column = (0..<samples).lazy.map { numbers[$0 * stride + k] }
      let (offset, scale) = kind == .standard ? deviation(column) : extent(column)
      guard offset.isFinite, scale.isFinite else {
        throw NetJacError(
          .argument,
          "'\(name)' holds NaN, infinity or numbers too large to add, in value \(k) of a sample; option "
            + "scaling '\(kind.rawValue)' needs finite ones")
      }
      offsets[k] = offset
      // Rounding leaves numbers that never change a tiny deviation; they keep their scale.
      if scale > 1e-12 * abs(offset) { scales[k] = scale }
    }
    return Scaling(offsets: offsets, scales: scales)
  }

  private static func deviation(_ column: some Collection<Double>) -> (Double, Double) {
    let mean = column.reduce(0, +) / Double(column.count)
    let squares = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(max(column.count - 1, 1))).squareRoot())
  }

  private static func extent(_ column: some Collection<Double>) -> (Double, Double) {
    let (least, most) = column.reduce((Double.infinity, -Double.infinity)) {
      // A comparison with NaN is false, which would pass it over.
      $1.isNaN ? ($1, $1) : (min($0.0, $1), max($0.1, $1))
    }
    return ((most + least) / 2, (most - least) / 2)
  }

  /// Scales one sample in place. A Jacobian's elements scale as those of the scaled network.
  func apply(x: UnsafeMutablePointer<Double>, target: UnsafeMutablePointer<Double>) {
    let (n, m) = (inputs.scales.count, outputs.scales.count)
    for k in 0..<n { x[k] = (x[k] - inputs.offsets[k]) / inputs.scales[k] }
    for i in 0..<m { target[i] = (target[i] - outputs.offsets[i]) / outputs.scales[i] }
    guard hasJacobian else { return }
    for i in 0..<m {
      for k in 0..<n { target[m + i * n + k] *= inputs.scales[k] / outputs.scales[i] }
    }
  }
}
