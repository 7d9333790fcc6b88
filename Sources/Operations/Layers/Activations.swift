import Graph
import Tensors

/// Activation functions of neural networks. Where a function has two branches, the one that is not
/// taken is kept from overflowing, since its derivative would turn zero times infinity into NaN.
extension ProgramBuilder {
  package func isPositive(_ x: Value) throws -> Value {
    try compare(.greater, x, scalar(0, like: x))
  }

  /// `y = x·Φ(x)`, Φ being the normal distribution.
  package func gelu(_ x: Value) throws -> Value {
    try multiply(x, add(NormalDistribution(), [x]))
  }

  /// `y = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`
  package func geluByTanh(_ x: Value) throws -> Value {
    try multiply(x, add(NormalDistributionByTanh(), [x]))
  }

  /// `y = x·σ(alpha·x)`
  package func swish(_ x: Value, alpha: Double = 1) throws -> Value {
    try multiply(x, sigmoid(multiply(x, scalar(alpha, like: x))))
  }

  /// `y = x·tanh(softplus(x))`
  package func mish(_ x: Value) throws -> Value { try multiply(x, tanh(softplus(x))) }

  /// `y = x` for positive x, else `slope·x`; the slope is broadcast to x.
  package func leakyRelu(_ x: Value, slope: Value) throws -> Value {
    try select(isPositive(x), x, multiply(broadcast(slope, to: shape(x)), x))
  }

  package func leakyRelu(_ x: Value, slope: Double) throws -> Value {
    try leakyRelu(x, slope: scalar(slope, like: x))
  }

  /// `y = x` for positive x, else `scale·(exp(x/width) - 1)`
  package func exponentialUnit(_ x: Value, scale: Double = 1, width: Double = 1) throws -> Value {
    let isPositive = try isPositive(x)
    let safe = try select(isPositive, scalar(0, like: x), x)
    let scaled = width == 1 ? safe : try divide(safe, scalar(width, like: x))
    let low = try multiply(add(ExponentialMinusOne(), [scaled]), scalar(scale, like: x))
    return try select(isPositive, x, low)
  }

  /// `y = max(0, min(1, alpha·x + beta))`
  package func hardSigmoid(_ x: Value, alpha: Double, beta: Double) throws -> Value {
    let line = try add(multiply(x, scalar(alpha, like: x)), scalar(beta, like: x))
    return try maximum(scalar(0, like: x), minimum(scalar(1, like: x), line))
  }

  /// `y = min(max(x, low), high)`; at a bound the derivative is that of x.
  package func clip(_ x: Value, low: Value?, high: Value?) throws -> Value {
    var y = x
    if let low { y = try add(Extreme(.maximum, tie: .first), [y, broadcast(low, to: shape(x))]) }
    if let high { y = try add(Extreme(.minimum, tie: .first), [y, broadcast(high, to: shape(x))]) }
    return y
  }

  /// `y = x/(1 + |x|)`
  package func softsign(_ x: Value) throws -> Value {
    try add(Softsign(), [x])
  }

  /// `y = x` above the threshold, else 0.
  package func thresholdedRelu(
    _ x: Value, threshold: Double, _ comparison: Comparison = .greater
  ) throws -> Value {
    try select(
      compare(comparison, x, scalar(threshold, like: x)), x, scalar(0, like: x))
  }

  /// `y = x - bias` above lambda, `x + bias` below -lambda, else 0.
  package func shrink(_ x: Value, lambda: Double, bias: Double) throws -> Value {
    let (lambda, bias) = (try scalar(lambda, like: x), try scalar(bias, like: x))
    let above = try select(
      compare(.greater, x, lambda), subtract(x, bias), scalar(0, like: x))
    return try select(compare(.less, x, negate(lambda)), add(x, bias), above)
  }
}
