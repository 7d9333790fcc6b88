import Execution
import Tensors

/// Levenberg and Marquardt's method for the mean of squared residuals: Marquardt, "An algorithm for
/// least-squares estimation of nonlinear parameters", 1963.
///
/// With N residuals r, objective Σr²/N + d/2·|p|² and Gauss-Newton matrix H = 2/N·JᵀJ + d·I, a step
/// solves (H + damping·I)·step = -gradient, with more damping until the objective falls.
final class LeastSquares: Optimiser {
  static let names = ["levenberg_marquardt"]
  static let standardRate: Double? = nil
  static let takesAllSamples = true

  private let evaluator: LossEvaluator
  private let count: Int
  private let decay: Double
  private var damping: Double
  private var plans = PlanCache()
  private let matrix: NumberBuffer
  private let part: NumberBuffer
  private let factor: NumberBuffer
  private let gradient: NumberBuffer
  private let gradientPart: NumberBuffer
  private let change: NumberBuffer

  static func check(_ options: TrainingOptions) throws {
    guard options.loss == .meanSquared, options.jacobianWeight == 0 else {
      throw NetJacError(
        .option,
        "optimizer levenberg_marquardt minimises loss mse without jacobian_weight; the loss is "
          + "'\(options.loss.rawValue)' and jacobian_weight is \(options.jacobianWeight)")
    }
  }

  init(_ options: TrainingOptions, _ evaluator: LossEvaluator) throws {
    let count = evaluator.count
    let (elements, overflow) = count.multipliedReportingOverflow(by: count)
    guard !overflow, elements <= evaluator.memoryLimit / 8 / 4 else {
      throw NetJacError(
        .memory,
        "levenberg_marquardt needs matrices of \(count) by \(count) for \(count) parameters; the "
          + "memory limit is \(evaluator.memoryLimit) bytes (option memory_limit); lbfgs needs no "
          + "matrix")
    }
    self.evaluator = evaluator
    self.count = count
    decay = options.weightDecay
    damping = options.damping
    matrix = try NumberBuffer(count: elements)
    part = try NumberBuffer(count: elements)
    factor = try NumberBuffer(count: elements)
    gradient = try NumberBuffer(count: count)
    gradientPart = try NumberBuffer(count: count)
    change = try NumberBuffer(count: count)
  }

  func step(
    _ objective: Objective, from parameters: NumberBuffer, to next: NumberBuffer, rate: Double
  ) throws -> Double {
    let mean = try assemble(objective, parameters)
    guard mean.isFinite else { return mean }
    next.copy(from: parameters)
    guard gradient.isFinite, matrix.isFinite else { return mean }
    let start = mean + decay / 2 * parameters.dot(parameters)
    for _ in 0..<LeastSquares.trials {
      factor.copy(from: matrix)
      for k in 0..<count { factor.start[k * count + k] += damping }
      change.copy(from: gradient)
      if LinearSolver.solvePositiveDefinite(factor.start, change.start, count) {
        next.copy(from: parameters)
        next.add(-1, change)
        let value = try objective.loss(at: next) + decay / 2 * next.dot(next)
        if value < start {
          damping = max(damping / 10, 1e-20)
          return mean
        }
      }
      damping = min(damping * 10, 1e20)
    }
    next.copy(from: parameters)
    return mean
  }

  /// From the least damping to the most.
  private static let trials = 41

  private func assemble(_ objective: Objective, _ parameters: NumberBuffer) throws -> Double {
    let programs = evaluator.programs
    let samples = objective.samples
    let rowBytes = programs.outputSize.multipliedSaturated(by: count).multipliedSaturated(by: 8)
    let chunk = min(samples, max(1, (1 << 26) / max(rowBytes, 1)))
    matrix.start.update(repeating: 0, count: matrix.count)
    gradient.start.update(repeating: 0, count: count)
    var sum = 0.0
    var start = 0
    while start < samples {
      let size = min(chunk, samples - start)
      let plan = try plans.plan(samples: size) {
        try evaluator.plan(programs.normalEquations(samples: size), samples: size)
      }
      var squares = 0.0
      plan.setResults([part.start, gradientPart.start])
      plan.run(
        x: objective.x + start * programs.inputSize,
        target: objective.target + start * programs.targetSize, parameters: parameters,
        first: &squares)
      sum += squares
      matrix.add(1, part)
      gradient.add(1, gradientPart)
      start += size
    }
    let residuals = Double(samples * programs.outputSize)
    matrix.scale(by: 2 / residuals)
    gradient.scale(by: 2 / residuals)
    for k in 0..<count { matrix.start[k * count + k] += decay }
    gradient.add(decay, parameters)
    return sum / residuals
  }
}
