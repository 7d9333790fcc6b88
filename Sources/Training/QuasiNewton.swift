import Tensors

/// L-BFGS: the direction from the last few steps, the length by a line search.
///
/// Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5.
final class QuasiNewton {
  /// The objective at some parameters; writes its gradient.
  typealias Objective = (_ parameters: NumberBuffer, _ gradient: NumberBuffer) throws -> Double

  private let history: Int
  private var steps: [NumberBuffer] = []
  private var changes: [NumberBuffer] = []
  /// Which pairs are in use, oldest first.
  private var order: [Int] = []
  private let gradient: NumberBuffer
  private let nextGradient: NumberBuffer
  private let direction: NumberBuffer
  private var coefficients: [Double]

  init(count: Int, history: Int) {
    self.history = history
    steps = (0..<history).map { _ in NumberBuffer(count: count) }
    changes = (0..<history).map { _ in NumberBuffer(count: count) }
    gradient = NumberBuffer(count: count)
    nextGradient = NumberBuffer(count: count)
    direction = NumberBuffer(count: count)
    coefficients = [Double](repeating: 0, count: history)
    order.reserveCapacity(history)
  }

  /// Takes one step from `parameters` to `next` and returns the objective before it. Where no descent
  /// can be found, `next` equals `parameters`.
  func step(
    from parameters: NumberBuffer, to next: NumberBuffer, rate: Double, _ objective: Objective
  ) throws -> Double {
    let start = try objective(parameters, gradient)
    guard start.isFinite else { return start }
    next.copy(from: parameters)
    guard gradient.isFinite else { return start }
    if try search(from: parameters, to: next, start, rate, objective) { return start }
    // What was learnt of the curvature may be wrong here; the gradient alone is not.
    guard !order.isEmpty else { return start }
    order.removeAll(keepingCapacity: true)
    _ = try search(from: parameters, to: next, start, rate, objective)
    return start
  }

  private func search(
    from parameters: NumberBuffer, to next: NumberBuffer, _ start: Double, _ rate: Double,
    _ objective: Objective
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
      let value = try objective(next, nextGradient)
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
      _ = try objective(next, nextGradient)
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
