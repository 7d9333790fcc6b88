import Differentiation
import Graph
import Tensors

extension Program {
  /// The derivative of all outputs along `dx` (one direction for each real input), by central
  /// differences over five points. Outputs of whole numbers have none and give zeros.
  func differences(at x: [Tensor], along dx: [Tensor], step h: Double = 2e-4) throws -> [Tensor] {
    let weights: [(Double, Double)] = [
      (-2, 1.0 / 12), (-1, -8.0 / 12), (1, 8.0 / 12), (2, -1.0 / 12),
    ]
    var sums = outputTypes.map { [Double](repeating: 0, count: $0.count) }
    for (steps, weight) in weights {
      let results = try evaluate(moved(x, along: dx, by: steps * h))
      for (k, result) in results.enumerated() where result.type.element.isReal {
        for (place, value) in result.reals.enumerated() { sums[k][place] += weight / h * value }
      }
    }
    return zip(outputTypes, sums).map { type, sum in
      Tensor(type.element.isReal ? type : type.with(.float64), reals: sum)
    }
  }

  private func moved(_ x: [Tensor], along dx: [Tensor], by step: Double) -> [Tensor] {
    var moved = x
    for (k, direction) in zip(realInputs, dx) {
      moved[k] = Tensor(
        x[k].type, reals: zip(x[k].reals, direction.reals).map { $0 + step * $1 })
    }
    return moved
  }

  var realInputTypes: [TensorType] { realInputs.map { inputTypes[$0] } }
  var outputTangentTypes: [TensorType] {
    outputTypes.map { $0.element.isReal ? $0 : $0.with(.float64) }
  }

  /// The tangents of the outputs at x along dx.
  func tangents(at x: [Tensor], along dx: [Tensor]) throws -> [Tensor] {
    let product = try jvp()
    try product.check()
    return Array(try product.evaluate(x + dx).dropFirst(outputs.count))
  }

  /// The cotangents of the real inputs at x for those of the outputs.
  func cotangents(at x: [Tensor], of yBar: [Tensor]) throws -> [Tensor] {
    let product = try vjp()
    try product.check()
    return Array(try product.evaluate(x + yBar).dropFirst(outputs.count))
  }

  /// The Jacobian of a vector function of one vector as rows, column by column with forward mode.
  func columnwiseJacobian(at x: [Tensor]) throws -> [[Double]] {
    let (n, m) = (inputTypes[0].count, outputTypes[0].count)
    let product = try jvp()
    var rows = [[Double]](repeating: [Double](repeating: 0, count: n), count: m)
    for column in 0..<n {
      var unit = realInputTypes.map { [Double](repeating: 0, count: $0.count) }
      unit[0][column] = 1
      let seeds = zip(realInputTypes, unit).map { Tensor($0, reals: $1) }
      let tangent = try product.evaluate(x + seeds)[outputs.count]
      for (row, value) in tangent.reals.enumerated() { rows[row][column] = value }
    }
    return rows
  }
}

extension Tensor {
  /// A matrix [m, n] as its rows.
  var rows: [[Double]] {
    let n = shape[1]
    let elements = reals
    return (0..<shape[0]).map { Array(elements[$0 * n..<($0 + 1) * n]) }
  }

  func slice(sample: Int, of count: Int) -> Tensor {
    let size = self.count / max(count, 1)
    let type = TensorType(type.element, Shape(Array(shape.dims.dropFirst())))
    return type.element.isReal
      ? Tensor(type, reals: Array(reals[sample * size..<(sample + 1) * size]))
      : Tensor(type, integers: Array(integers[sample * size..<(sample + 1) * size]))
  }

  static func stacked(_ samples: [Tensor]) -> Tensor {
    let type = TensorType(
      samples[0].type.element, Shape([samples.count] + samples[0].shape.dims))
    return type.element.isReal
      ? Tensor(type, reals: samples.flatMap(\.reals))
      : Tensor(type, integers: samples.flatMap(\.integers))
  }
}
