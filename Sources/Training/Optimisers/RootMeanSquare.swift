/// Divides the gradient by the root of the running mean of its square: Hinton, "Neural networks for machine
/// learning", lecture 6, 2012; as PyTorch's RMSprop, so that runs can be compared.
final class RootMeanSquare: Optimiser {
  static let names = ["rmsprop"]
  static let standardRate: Double? = 0.001
  static let takesAllSamples = false

  private let options: TrainingOptions
  private let gradient: ClippedGradient
  private let velocity: NumberBuffer
  private let square: NumberBuffer

  static func check(_ options: TrainingOptions) {}

  init(_ options: TrainingOptions, _ evaluator: LossEvaluator) throws {
    self.options = options
    gradient = try ClippedGradient(options, count: evaluator.count)
    velocity = try NumberBuffer(count: options.momentum > 0 ? evaluator.count : 0)
    square = try NumberBuffer(count: evaluator.count)
  }

  func step(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, rate: Double
  ) throws -> Double {
    let loss = try gradient.take(of: objective, at: parameters)
    guard loss.isFinite else { return loss }
    let (g, p, q) = (gradient.numbers.start, parameters.start, next.start)
    let (u, v) = (velocity.start, square.start)
    let (beta, epsilon) = (options.beta2 ?? 0.99, options.epsilon)
    let (decay, momentum) = (options.weightDecay, options.momentum)
    for k in 0..<parameters.count {
      let slope = g[k] + decay * p[k]
      let square = beta * v[k] + (1 - beta) * slope * slope
      v[k] = square
      var change = slope / (square.squareRoot() + epsilon)
      if momentum > 0 {
        change += momentum * u[k]
        u[k] = change
      }
      q[k] = p[k] - rate * change
    }
    return loss
  }
}
