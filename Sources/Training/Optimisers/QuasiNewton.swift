import Tensors

/// L-BFGS: the direction from the last few steps, the length by bisection until the weak Wolfe conditions
/// hold.
///
/// Nocedal and Wright, Numerical Optimization, 2006, algorithms 7.4 and 7.5; the line search is that of
/// Lewis and Overton, "Nonsmooth optimization via quasi-Newton methods", 2013, algorithm 2.6.
final class QuasiNewton: Optimiser {
  static let names = ["lbfgs"]
  static let standardRate: Double? = 1
  static let takesAllSamples = true

  private let history: Int
  private let decay: Double
  private var steps: [NumberBuffer] = []
  private var changes: [NumberBuffer] = []
  /// Which pairs are in use, oldest first.
  private var order: [Int] = []
  private let gradient: NumberBuffer
  private let nextGradient: NumberBuffer
  private let direction: NumberBuffer
  private var coefficients: [Double]

  static func check(_ options: TrainingOptions) {}

  init(_ options: TrainingOptions, _ evaluator: LossEvaluator) throws {
    let (count, history) = (evaluator.count, options.history)
    let most = evaluator.memoryLimit / 16 / (count + 1)
    guard history <= most else {
      throw NetJacError(
        .memory,
        "lbfgs keeps \(history) steps of \(count) parameters, and as many changes of the gradient; the "
          + "memory limit of \(evaluator.memoryLimit) bytes (option memory_limit) holds \(most) (option "
          + "history)")
    }
    self.history = history
    decay = options.weightDecay
    steps = try (0..<history).map { _ in try NumberBuffer(count: count) }
    changes = try (0..<history).map { _ in try NumberBuffer(count: count) }
    gradient = try NumberBuffer(count: count)
    nextGradient = try NumberBuffer(count: count)
    direction = try NumberBuffer(count: count)
    coefficients = [Double](repeating: 0, count: history)
    order.reserveCapacity(history)
  }

  func step(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, rate: Double
  ) throws -> Double {
    let start = try penalised(objective, parameters, gradient)
    let loss = start - decay / 2 * parameters.dot(parameters)
    guard start.isFinite else { return loss }
    next.copy(from: parameters)
    guard gradient.isFinite else { return loss }
    if try search(objective, from: parameters, to: next, start, rate) { return loss }
    // What was learnt of the curvature may be wrong here; the gradient alone is not.
    guard !order.isEmpty else { return loss }
    order.removeAll(keepingCapacity: true)
    _ = try search(objective, from: parameters, to: next, start, rate)
    return loss
  }

  /// The loss with the penalty for large parameters, and its gradient.
  private func penalised(
    _ objective: Objective, _ point: NumberBuffer, _ slope: NumberBuffer
  ) throws -> Double {
    let loss = try objective.loss(at: point, gradient: slope)
    slope.add(decay, point)
    return loss + decay / 2 * point.dot(point)
  }

  private func search(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, _ start: Double,
    _ rate: Double
  ) throws -> Bool {
    setDirection()
    let slope = gradient.dot(direction)
    guard slope < 0 else { return false }
    // Bisection between a length that is too short and one that is too long (weak Wolfe conditions).
    var (short, long) = (0.0, Double.infinity)
    var length = order.isEmpty ? min(rate, rate / gradient.norm) : rate
    var isFound = false
    for _ in 0..<40 where !isFound {
      next.copy(from: parameters)
      next.add(length, direction)
      let value = try penalised(objective, next, nextGradient)
      if !(value <= start + 1e-4 * length * slope) {
        long = length
      } else if nextGradient.dot(direction) < 0.9 * slope {
        short = length
      } else {
        isFound = true
        break
      }
      length = long.isFinite ? (short + long) / 2 : 2 * length
    }
    guard isFound || short > 0 else {
      next.copy(from: parameters)
      return false
    }
    if !isFound {
      next.copy(from: parameters)
      next.add(short, direction)
      _ = try penalised(objective, next, nextGradient)
    }
    remember(from: parameters, to: next)
    return true
  }

  /// direction = -H gradient, with H from the remembered pairs.
  private func setDirection() {
    direction.copy(from: gradient)
    for pair in order.reversed() {
      let (s, y) = (steps[pair], changes[pair])
      coefficients[pair] = s.dot(direction) / s.dot(y)
      direction.add(-coefficients[pair], y)
    }
    if let newest = order.last {
      let y = changes[newest]
      direction.scale(by: steps[newest].dot(y) / y.dot(y))
    }
    for pair in order {
      let (s, y) = (steps[pair], changes[pair])
      direction.add(coefficients[pair] - y.dot(direction) / s.dot(y), s)
    }
    direction.scale(by: -1)
  }

  private func remember(from parameters: NumberBuffer, to next: NumberBuffer) {
    let place = order.count < history ? order.count : order.removeFirst()
    let (s, y) = (steps[place], changes[place])
    s.copy(from: next)
    s.add(-1, parameters)
    y.copy(from: nextGradient)
    y.add(-1, gradient)
    // Without positive curvature the pair would make the next direction point uphill.
    if s.dot(y) > 1e-12 * y.dot(y) {
      order.append(place)
    } else {
      // The places in use must stay 0 ..< order.count.
      order.removeAll(keepingCapacity: true)
    }
  }
}
