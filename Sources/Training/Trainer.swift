import Models
import Networks
import Tensors

/// A network whose parameters change so that a loss becomes smaller. Serves one thread at a time.
package final class Trainer {
  package let network: Network
  let options: TrainingOptions
  let programs: TrainingPrograms
  private let memoryLimit: Int
  private let parametric: ParametricProgram
  private let isTrained: [Bool]
  /// Where each trained parameter stands among all their numbers.
  private let offsets: [Int]
  private let rate: LearningRate

  /// The present parameters, and those that the next step writes. What the last step started from
  /// stays in the latter until then.
  private(set) var parameters: NumberBuffer
  private var next: NumberBuffer
  private let gradient: NumberBuffer
  private var hasPrevious = false
  private(set) var steps = 0
  private let method: Method
  private var stepPlans = PlanCache()
  private var lossPlans = PlanCache()
  var fitting: Fitting

  private enum Method {
    case firstOrder(FirstOrderUpdate)
    case quasiNewton(QuasiNewton)
    case leastSquares(LeastSquares)
  }

  package init(_ network: Network, _ options: NetworkOptions) throws {
    self.network = network
    self.options = options.training
    memoryLimit = options.memoryLimit
    parametric = try network.imported.parametricProgram(.float64)
    guard parametric.parameters.allSatisfy({ $0.value.type.element == .float64 }) else {
      throw NetJacError(
        .option, "training is in float64; load this network with precision float64 to train it")
    }
    isTrained = try Trainer.chosen(parametric.parameters.map(\.name), options.training.parameters)
    try Trainer.check(options.training, network)
    programs = try TrainingPrograms(
      parametric, isTrained: isTrained, options.training, memoryLimit: options.memoryLimit)
    var count = 0
    offsets = programs.parameterTypes.map { type in
      defer { count += type.count }
      return count
    }
    parameters = NumberBuffer(count: count)
    next = NumberBuffer(count: count)
    gradient = NumberBuffer(count: count)
    rate = LearningRate(options.training)
    fitting = Fitting(options.training)
    method =
      switch options.training.optimizer {
      case .lbfgs:
        .quasiNewton(QuasiNewton(count: count, history: options.training.history))
      case .levenbergMarquardt:
        .leastSquares(
          try LeastSquares(
            programs, offsets: offsets, count: count,
            options: (options.training.weightDecay, options.training.damping),
            memoryLimit: options.memoryLimit))
      default: .firstOrder(FirstOrderUpdate(options.training, count: count))
      }
    let trained = zip(parametric.parameters, isTrained).filter(\.1).map(\.0)
    for (offset, parameter) in zip(offsets, trained) {
      (parameters.start + offset).update(
        from: parameter.value.reals, count: parameter.value.count)
    }
  }

  private static func check(_ options: TrainingOptions, _ network: Network) throws {
    guard network.outputSize > 0 else {
      throw NetJacError(.option, "the network has no output values, so there is nothing to train")
    }
    if options.optimizer == .levenbergMarquardt,
      options.loss != .meanSquared || options.jacobianWeight > 0
    {
      throw NetJacError(
        .option,
        "optimizer levenberg_marquardt minimises loss mse without jacobian_weight; the loss is "
          + "'\(options.loss.rawValue)' and jacobian_weight is \(options.jacobianWeight)")
    }
    if options.loss == .crossEntropy, network.outputSize < 2 {
      throw NetJacError(
        .option, "loss cross_entropy needs a logit for each class; the network has one output")
    }
  }

  private static func chosen(_ names: [String], _ patterns: [String]) throws -> [Bool] {
    guard !names.isEmpty else {
      throw NetJacError(
        .option, "the network has no parameters (float initialisers), so it cannot be trained")
    }
    for pattern in patterns where !names.contains(where: { NamePattern(pattern).matches($0) }) {
      throw NetJacError(
        .option,
        "option 'parameters': '\(pattern)' matches no parameter; the parameters are "
          + names.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
          + (names.count > 20 ? " and \(names.count - 20) more" : ""))
    }
    return names.map { name in patterns.contains { NamePattern($0).matches(name) } }
  }

  package var inputSize: Int { programs.inputSize }
  package var targetSize: Int { programs.targetSize }

  // MARK: - Steps

  /// One step; returns the loss before it.
  package func step(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>
  ) throws -> Double {
    let loss = try advance(samples, x, target)
    guard loss.isFinite, next.isFinite else {
      // The loss of the step before was finite, so what it started from is good.
      if !loss.isFinite, hasPrevious { swap(&parameters, &next) }
      hasPrevious = false
      throw NetJacError(
        .notFinite,
        "\(loss.isFinite ? "a parameter" : "the loss") became NaN or infinite in step \(steps + 1); "
          + "the trainer holds the last parameters with a finite loss; a smaller learning_rate, "
          + "clip_norm, or scaled data may help")
    }
    swap(&parameters, &next)
    hasPrevious = true
    steps += 1
    return loss
  }

  /// Writes the changed parameters to `next`, unless the loss is not finite.
  private func advance(
    _ samples: Int, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>
  ) throws -> Double {
    switch method {
    case .firstOrder(let update):
      let loss = try evaluate(samples, x, target, parameters, gradient)
      guard loss.isFinite else { return loss }
      if let limit = options.clipNorm {
        let norm = gradient.norm
        if norm > limit { gradient.scale(by: limit / norm) }
      }
      update.apply(gradient: gradient, rate: rate(steps), from: parameters, to: next)
      return loss
    case .quasiNewton(let update):
      let decay = options.weightDecay
      let penalty = decay / 2 * parameters.dot(parameters)
      return try update.step(from: parameters, to: next, rate: rate(steps)) { point, slope in
        let loss = try evaluate(samples, x, target, point, slope)
        slope.add(decay, point)
        return loss + decay / 2 * point.dot(point)
      } - penalty
    case .leastSquares(let update):
      return try update.take(
        samples: samples, x: x, target: target, from: parameters, to: next
      ) { try meanLoss(samples, x, target, $0) }
    }
  }

  // MARK: - Losses

  /// The mean loss with the present parameters.
  package func loss(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>
  ) throws -> Double {
    try meanLoss(samples, x, target, parameters)
  }

  /// The mean loss at a point and its gradient.
  private func evaluate(
    _ samples: Int, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>,
    _ point: NumberBuffer, _ slope: NumberBuffer
  ) throws -> Double {
    let plan = try stepPlans.plan(samples: samples) {
      try StepPlan(
        programs.step(samples: samples), samples: samples, parameterOffsets: offsets,
        memoryLimit: memoryLimit)
    }
    plan.setResults(slope.start, offsets)
    var loss = 0.0
    plan.run(x: x, target: target, parameters: point, first: &loss)
    return loss
  }

  private func meanLoss(
    _ samples: Int, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>,
    _ point: NumberBuffer
  ) throws -> Double {
    var sum = 0.0
    var start = 0
    while start < samples {
      // A tail runs sample by sample, so that its length needs no plan of its own.
      let size = samples - start >= Trainer.lossTile ? Trainer.lossTile : 1
      let plan = try lossPlans.plan(samples: size) {
        try StepPlan(
          programs.loss(samples: size), samples: size, parameterOffsets: offsets,
          memoryLimit: memoryLimit)
      }
      var loss = 0.0
      plan.run(
        x: x + start * inputSize, target: target + start * targetSize, parameters: point,
        first: &loss)
      sum += loss * Double(size)
      start += size
    }
    return sum / Double(samples)
  }

  private static let lossTile = 64

  // MARK: - Results

  /// How many numbers all parameters have, the trained and the others.
  package var parameterCount: Int { parametric.parameters.reduce(0) { $0 + $1.value.count } }

  /// The present numbers of all parameters, in the file's order.
  package func writeParameters(to values: UnsafeMutablePointer<Double>) {
    var place = values
    var trained = 0
    for (parameter, isTrained) in zip(parametric.parameters, isTrained) {
      let count = parameter.value.count
      if isTrained {
        place.update(from: parameters.start + offsets[trained], count: count)
        trained += 1
      } else {
        place.update(from: parameter.value.reals, count: count)
      }
      place += count
    }
  }

  /// A network with the present parameters.
  package func trainedNetwork() throws -> Network {
    var trained = 0
    let values = zip(parametric.parameters, isTrained).map { parameter, isTrained -> Tensor in
      guard isTrained else { return parameter.value }
      let start = parameters.start + offsets[trained]
      trained += 1
      let numbers = UnsafeBufferPointer(start: start, count: parameter.value.count)
      return Tensor(parameter.value.type, reals: Array(numbers))
    }
    return try network.with(parameters: values)
  }

  /// Goes back to parameters kept earlier.
  func restore(_ kept: NumberBuffer) {
    parameters.copy(from: kept)
    hasPrevious = false
  }
}
