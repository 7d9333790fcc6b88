import Glibc
import Networks

/// The methods that change parameters by their gradient alone: sgd, adam, adamw and rmsprop.
///
/// Formulas and order of operations follow PyTorch's, so that runs can be compared.
final class FirstOrderUpdate {
  private let options: TrainingOptions
  /// Running means: of the gradient (or its momentum), and of its square.
  private let first: NumberBuffer
  private let second: NumberBuffer
  private var steps = 0

  init(_ options: TrainingOptions, count: Int) {
    self.options = options
    let usesFirst = options.optimizer != .sgd && options.optimizer != .rmsprop
    first = NumberBuffer(count: usesFirst || options.momentum > 0 ? count : 0)
    second = NumberBuffer(count: options.optimizer == .sgd ? 0 : count)
  }

  /// Writes the changed parameters to `next`.
  func apply(
    gradient: NumberBuffer, rate: Double, from parameters: NumberBuffer, to next: NumberBuffer
  ) {
    steps += 1
    switch options.optimizer {
    case .adam: adam(gradient, rate, parameters, next, decay: options.weightDecay, keep: 1)
    case .adamw:
      adam(gradient, rate, parameters, next, decay: 0, keep: 1 - rate * options.weightDecay)
    case .rmsprop: rootMeanSquare(gradient, rate, parameters, next)
    default: descent(gradient, rate, parameters, next)
    }
  }

  private func descent(
    _ gradient: NumberBuffer, _ rate: Double, _ parameters: NumberBuffer, _ next: NumberBuffer
  ) {
    let (g, p, q, v) = (gradient.start, parameters.start, next.start, first.start)
    let (decay, momentum) = (options.weightDecay, options.momentum)
    guard momentum > 0 else {
      for k in 0..<parameters.count { q[k] = p[k] - rate * (g[k] + decay * p[k]) }
      return
    }
    // The first step has no history: its velocity is the gradient.
    let kept = steps == 1 ? 0 : momentum
    let nesterov = options.nesterov
    for k in 0..<parameters.count {
      let slope = g[k] + decay * p[k]
      let velocity = kept * v[k] + slope
      v[k] = velocity
      q[k] = p[k] - rate * (nesterov ? slope + momentum * velocity : velocity)
    }
  }

  private func adam(
    _ gradient: NumberBuffer, _ rate: Double, _ parameters: NumberBuffer, _ next: NumberBuffer,
    decay: Double, keep: Double
  ) {
    let (g, p, q) = (gradient.start, parameters.start, next.start)
    let (m, v) = (first.start, second.start)
    let (beta1, beta2) = (options.beta1, options.beta2 ?? 0.999)
    let epsilon = options.epsilon
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
  }

  private func rootMeanSquare(
    _ gradient: NumberBuffer, _ rate: Double, _ parameters: NumberBuffer, _ next: NumberBuffer
  ) {
    let (g, p, q) = (gradient.start, parameters.start, next.start)
    let (u, v) = (first.start, second.start)
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
  }
}
