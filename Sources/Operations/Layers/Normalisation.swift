import Graph
import Tensors

/// Shifting and scaling by statistics. Variances are means of squared deviations, which keeps the
/// digits that a difference of squares would lose.
extension ProgramBuilder {
  package func centred(_ x: Value, over axes: [Int]) throws -> Value {
    try subtract(x, spread(mean(x, over: axes), over: axes, to: shape(x)))
  }

  /// `y = (x - mean)/√(variance + epsilon)`, with mean and deviation of the reduced shape.
  package func normalised(_ x: Value, over axes: [Int], epsilon: Double) throws -> (
    y: Value, mean: Value, deviation: Value
  ) {
    let mean = try mean(x, over: axes)
    let centred = try subtract(x, spread(mean, over: axes, to: shape(x)))
    let variance = try self.mean(multiply(centred, centred), over: axes)
    let deviation = try squareRoot(add(variance, scalar(epsilon, like: variance)))
    return (try divide(centred, spread(deviation, over: axes, to: shape(x))), mean, deviation)
  }

  /// `y = (x - mean)/√(variance + epsilon)·scale + offset`, with given statistics that are broadcast
  /// to x.
  package func batchNormalised(
    _ x: Value, mean: Value, variance: Value, epsilon: Double, scale: Value?, offset: Value?
  ) throws -> Value {
    let deviation = try squareRoot(add(variance, scalar(epsilon, like: variance)))
    var y = try divide(subtract(x, mean), deviation)
    if let scale { y = try multiply(y, scale) }
    if let offset { y = try add(y, offset) }
    return y
  }

  /// `y = (x - mean)/√(variance + epsilon)` within groups of neighbouring channels, which stand at
  /// axis 1.
  package func groupNormalised(_ x: Value, groups: Int, epsilon: Double) throws -> Value {
    let dims = shape(x).dims
    guard dims.count >= 2, groups > 0, dims[1] % groups == 0 else {
      throw NetJacError(
        .shape, "the channels of \(shape(x)) cannot be divided into \(groups) groups")
    }
    let grouped = try reshape(
      x, Shape([dims[0], groups, dims[1] / groups] + dims.dropFirst(2)))
    let normal = try normalised(grouped, over: Array(2...dims.count), epsilon: epsilon).y
    return try reshape(normal, shape(x))
  }

  /// `y = x/√(mean of x² + epsilon)`
  package func rootMeanSquareNormalised(_ x: Value, over axes: [Int], epsilon: Double) throws
    -> Value
  {
    let square = try mean(multiply(x, x), over: axes)
    let size = try squareRoot(add(square, scalar(epsilon, like: square)))
    return try divide(x, spread(size, over: axes, to: shape(x)))
  }

  /// `y = x/‖x‖ₚ`, and x where that is 0. The infinite exponent is the largest magnitude.
  package func normNormalised(_ x: Value, over axes: [Int], exponent: Double) throws -> Value {
    let magnitude = try reduceMaximum(absolute(x), over: axes)
    func spreadUnlessZero(_ size: Value) throws -> Value {
      let isZero = try add(
        Compare(.lessOrEqual, convention: "a line of zeros stays one, with derivative 1"),
        [size, scalar(0, like: size)])
      return try spread(select(isZero, scalar(1, like: size), size), over: axes, to: shape(x))
    }
    guard exponent.isFinite else { return try divide(x, spreadUnlessZero(magnitude)) }
    // Scaling changes nothing, so that it carries no derivative; powers stay within range.
    let scaled = try divide(x, detach(spreadUnlessZero(magnitude)))
    let norm = try root(
      reduceSum(raisedMagnitude(scaled, to: exponent), over: axes), of: exponent)
    return try divide(scaled, spreadUnlessZero(norm))
  }
}
