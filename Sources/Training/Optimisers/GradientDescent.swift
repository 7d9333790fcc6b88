/// Steps down the gradient, with momentum or Nesterov's momentum; as PyTorch's SGD, so that runs can be
/// compared.
final class GradientDescent: Optimiser {
  static let names = ["sgd"]
  static let standardRate: Double? = 0.01
  static let takesAllSamples = false

  private let options: TrainingOptions
  private let gradient: ClippedGradient
  private let velocity: NumberBuffer
  private var hasVelocity = false

  static func check(_ options: TrainingOptions) {}

  init(_ options: TrainingOptions, _ evaluator: LossEvaluator) throws {
    self.options = options
    gradient = try ClippedGradient(options, count: evaluator.count)
    velocity = try NumberBuffer(count: options.momentum > 0 ? evaluator.count : 0)
  }

  func step(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, rate: Double
  ) throws -> Double {
    let loss = try gradient.take(of: objective, at: parameters)
    guard loss.isFinite else { return loss }
    let (g, p, q) = (gradient.numbers.start, parameters.start, next.start)
    let (decay, momentum) = (options.weightDecay, options.momentum)
    guard momentum > 0 else {
      for k in 0..<parameters.count { q[k] = p[k] - rate * (g[k] + decay * p[k]) }
      return loss
    }
    // The first step has no history: its velocity is the gradient.
    let kept = hasVelocity ? momentum : 0
    hasVelocity = true
    let (v, nesterov) = (velocity.start, options.nesterov)
    for k in 0..<parameters.count {
      let slope = g[k] + decay * p[k]
      let velocity = kept * v[k] + slope
      v[k] = velocity
      q[k] = p[k] - rate * (nesterov ? slope + momentum * velocity : velocity)
    }
    return loss
  }
}
