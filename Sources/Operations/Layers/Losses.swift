import Graph
import Tensors

/// Losses: one number that tells how far outputs are from targets.
extension ProgramBuilder {
  /// The mean over all elements; 0 where there are none.
  package func meanOfAll(_ x: Value) throws -> Value {
    let sum = try reduceSum(x, over: Array(0..<shape(x).rank))
    return try multiply(sum, scalar(1 / Double(max(shape(x).count, 1)), like: sum))
  }

  package func meanSquaredError(_ y: Value, _ target: Value) throws -> Value {
    let difference = try subtract(y, target)
    return try meanOfAll(multiply(difference, difference))
  }

  package func meanAbsoluteError(_ y: Value, _ target: Value) throws -> Value {
    try meanOfAll(absolute(subtract(y, target)))
  }

  /// Half the square up to `delta`, and beyond it the line that continues it.
  /// Source: Huber, Robust estimation of a location parameter, 1964.
  package func huberLoss(_ y: Value, _ target: Value, delta: Double) throws -> Value {
    let difference = try subtract(y, target)
    let distance = try absolute(difference)
    let near = try multiply(multiply(difference, difference), scalar(0.5, like: y))
    let far = try multiply(
      subtract(distance, scalar(delta / 2, like: y)), scalar(delta, like: y))
    let isNear = try compare(.lessOrEqual, distance, scalar(delta, like: y))
    return try meanOfAll(select(isNear, near, far))
  }

  /// `-Σ target·log softmax(y)` over classes [rows, classes], as a mean over rows.
  package func crossEntropy(_ logits: Value, _ target: Value) throws -> Value {
    let sum = try reduceSum(multiply(target, logSoftmax(logits, over: [1])), over: [0, 1])
    return try multiply(sum, scalar(-1 / Double(max(shape(logits)[0], 1)), like: sum))
  }
}
