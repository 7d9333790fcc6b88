import Tensors

/// A method that changes parameters, step by step, so that an objective becomes smaller.
///
/// A new one is a file beside this one and a line in `OptimiserRegistry`.
protocol Optimiser: AnyObject, SendableMetatype {
  /// The values of the option `optimizer` that choose it.
  static var names: [String] { get }

  /// The learning rate where none is chosen; nil if it takes none.
  static var standardRate: Double? { get }

  /// Whether a step needs all samples, so that batches are no use to it.
  static var takesAllSamples: Bool { get }

  /// - Throws: `NetJacError` of kind `option` where the options do not go with it.
  static func check(_ options: TrainingOptions) throws

  /// - Throws: `NetJacError` of kind `memory` where what it keeps would be too large.
  init(_ options: TrainingOptions, _ evaluator: LossEvaluator) throws

  /// Writes the changed parameters to `next` and returns the mean loss before the step. Where that is
  /// not finite, `next` does not matter; where no better parameters are found, it equals `parameters`.
  func step(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, rate: Double
  ) throws -> Double
}

/// The gradient for methods that need nothing else.
struct ClippedGradient {
  let numbers: NumberBuffer
  /// The greatest Euclidean norm; nil for any.
  private let limit: Double?

  init(_ options: TrainingOptions, count: Int) throws {
    numbers = try NumberBuffer(count: count)
    limit = options.clipNorm
  }

  /// Takes the gradient at a point; returns the loss there.
  func take(of objective: Objective, at point: NumberBuffer) throws -> Double {
    let loss = try objective.loss(at: point, gradient: numbers)
    guard loss.isFinite, let limit else { return loss }
    let norm = numbers.norm
    if norm > limit { numbers.scale(by: limit / norm) }
    return loss
  }
}
