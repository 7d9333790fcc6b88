import Glibc

/// The learning rate of each step.
struct LearningRate {
  private let start: Double
  private let options: TrainingOptions

  init(_ options: TrainingOptions) {
    self.options = options
    start = options.learningRate ?? options.optimizer.method.standardRate ?? 1
  }

  /// The rate of step `step`, counted from 0.
  func callAsFunction(_ step: Int) -> Double {
    let warm =
      step < options.warmupSteps ? (Double(step) + 1) / (Double(options.warmupSteps) + 1) : 1
    return start * warm * factor(step)
  }

  private func factor(_ step: Int) -> Double {
    let period = Double(options.scheduleSteps)
    let time = Double(step) / period
    switch options.schedule {
    case .constant: return 1
    case .step: return pow(options.scheduleFactor ?? 0.1, time.rounded(.down))
    case .exponential: return pow(options.scheduleFactor ?? 0.1, time)
    case .cosine:
      let end = options.scheduleFactor ?? 0
      return end + (1 - end) * (1 + cos(Double.pi * min(time, 1))) / 2
    }
  }
}
