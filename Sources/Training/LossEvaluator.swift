import Graph

/// Evaluates the mean loss, and its gradient by the trained parameters, for samples and parameters of the
/// caller's; keeps the plans for the numbers of samples that come again.
final class LossEvaluator {
  let programs: TrainingPrograms
  let memoryLimit: Int
  /// Where each trained parameter stands among all their numbers, and how many these are.
  let offsets: [Int]
  let count: Int
  private var stepPlans = PlanCache()
  private var lossPlans = PlanCache()

  init(_ programs: TrainingPrograms, memoryLimit: Int) {
    self.programs = programs
    self.memoryLimit = memoryLimit
    var count = 0
    offsets = programs.parameterTypes.map { type in
      defer { count += type.count }
      return count
    }
    self.count = count
  }

  func plan(_ program: Program, samples: Int) throws -> StepPlan {
    try StepPlan(
      program, samples: samples, parameterOffsets: offsets)
  }

  fileprivate func loss(
    _ objective: Objective, at point: NumberBuffer, gradient: NumberBuffer
  ) throws -> Double {
    let samples = objective.samples
    let made = try stepPlans.plan(samples: samples) {
      try plan(programs.step(samples: samples), samples: samples)
    }
    made.setResults(gradient.start, offsets)
    var loss = 0.0
    made.run(x: objective.x, target: objective.target, parameters: point, first: &loss)
    return loss
  }

  fileprivate func loss(_ objective: Objective, at point: NumberBuffer) throws -> Double {
    let samples = objective.samples
    var sum = 0.0
    var start = 0
    while start < samples {
      // A tail runs sample by sample, so that its length needs no plan of its own.
      let size = samples - start >= LossEvaluator.tile ? LossEvaluator.tile : 1
      let made = try lossPlans.plan(samples: size) {
        try plan(programs.loss(samples: size), samples: size)
      }
      var loss = 0.0
      made.run(
        x: objective.x + start * programs.inputSize,
        target: objective.target + start * programs.targetSize, parameters: point, first: &loss)
      sum += loss * Double(size)
      start += size
    }
    return sum / Double(samples)
  }

  private static let tile = 64
}

/// The mean loss over some samples as a function of the parameters.
struct Objective {
  let samples: Int
  let x: UnsafePointer<Double>
  let target: UnsafePointer<Double>
  let evaluator: LossEvaluator

  func loss(at point: NumberBuffer) throws -> Double { try evaluator.loss(self, at: point) }

  /// The loss at a point; writes its gradient.
  func loss(at point: NumberBuffer, gradient: NumberBuffer) throws -> Double {
    try evaluator.loss(self, at: point, gradient: gradient)
  }
}
