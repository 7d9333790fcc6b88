import Glibc

/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015; and with decoupled weight decay,
/// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019. Formulas and order of operations
/// follow PyTorch's, so that runs can be compared.
final class Adam: Optimiser {
  static let names = ["adam", "adamw"]
  static let standardRate: Double? = 0.001
  static let takesAllSamples = false

  private let options: TrainingOptions
  private let isDecoupled: Bool
  private let gradient: ClippedGradient
  /// Running means of the gradient and of its square.
  private let mean: NumberBuffer
  private let square: NumberBuffer
  private var steps = 0

  static func check(_ options: TrainingOptions) {}

  init(_ options: TrainingOptions, _ evaluator: LossEvaluator) throws {
    self.options = options
    isDecoupled = options.optimizer.name == "adamw"
    gradient = try ClippedGradient(options, count: evaluator.count)
    mean = try NumberBuffer(count: evaluator.count)
    square = try NumberBuffer(count: evaluator.count)
  }

  func step(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, rate: Double
  ) throws -> Double {
    let loss = try gradient.take(of: objective, at: parameters)
    guard loss.isFinite else { return loss }
    steps += 1
    let (g, p, q) = (gradient.numbers.start, parameters.start, next.start)
    let (m, v) = (mean.start, square.start)
    let (beta1, beta2) = (options.beta1, options.beta2 ?? 0.999)
    let epsilon = options.epsilon
    let decay = isDecoupled ? 0 : options.weightDecay
    let keep = isDecoupled ? 1 - rate * options.weightDecay : 1
    let stepSize = rate / (1 - pow(beta1, Double(steps)))
    let rootScale = 1 / (1 - pow(beta2, Double(steps))).squareRoot()
    for k in 0..<parameters.count {
      let slope = g[k] + decay * p[k]
      let mean = m[k] + (1 - beta1) * (slope - m[k])
      let square = beta2 * v[k] + (1 - beta2) * slope * slope
      m[k] = mean
      v[k] = square
      q[k] = keep * p[k] - stepSize * mean / (square.squareRoot() * rootScale + epsilon)
    }
    return loss
  }
}
