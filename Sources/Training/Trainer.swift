import Models
import Networks
import Tensors

/// A network whose parameters change so that a loss becomes smaller. Serves one thread at a time.
package final class Trainer {
  package let network: Network
  let options: TrainingOptions
  let programs: TrainingPrograms
  private let parametric: ParametricProgram
  private let isTrained: [Bool]
  let evaluator: LossEvaluator
  private let optimiser: any Optimiser
  private let rate: LearningRate

  /// The present parameters, and those that the next step writes. What the last step started from
  /// stays in the latter until then.
  private(set) var parameters: NumberBuffer
  private var next: NumberBuffer
  private var hasPrevious = false
  private(set) var steps = 0
  /// Made of the first samples, where the options want it.
  private var knownScaling: SampleScaling?
  /// Scaled samples of a step, kept for the next one.
  private var stepBatch: SampleBatch?
  var fitting: Fitting

  package init(
    _ network: Network, _ options: TrainingOptions = TrainingOptions(),
    memoryLimit: Int = NetworkOptions.defaultMemoryLimit
  ) throws {
    self.network = network
    self.options = options
    parametric = try network.imported.parametricProgram(.float64)
    guard parametric.parameters.allSatisfy({ $0.value.type.element == .float64 }) else {
      throw NetJacError(
        .option, "training is in float64; load this network with precision float64 to train it")
    }
    isTrained = try Trainer.chosen(parametric.parameters.map(\.name), options.parameters)
    try Trainer.check(options, network)
    programs = try TrainingPrograms(
      parametric, isTrained: isTrained, options, memoryLimit: memoryLimit)
    evaluator = LossEvaluator(programs, memoryLimit: memoryLimit)
    parameters = try NumberBuffer(count: evaluator.count)
    next = try NumberBuffer(count: evaluator.count)
    rate = LearningRate(options)
    fitting = Fitting(options)
    optimiser = try options.optimizer.method.init(options, evaluator)
    let trained = zip(parametric.parameters, isTrained).filter(\.1).map(\.0)
    for (offset, parameter) in zip(evaluator.offsets, trained) {
      (parameters.start + offset).update(
        from: parameter.value.reals, count: parameter.value.count)
    }
  }

  private static func check(_ options: TrainingOptions, _ network: Network) throws {
    guard network.outputSize > 0 else {
      throw NetJacError(.option, "the network has no output values, so there is nothing to train")
    }
    try options.optimizer.method.check(options)
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
  package var outputSize: Int { programs.outputSize }
  package var targetSize: Int { programs.targetSize }

  // MARK: - Steps and losses

  /// One step; returns the loss before it.
  package func step(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>
  ) throws -> Double {
    try take(scaled(samples, x, target, &stepBatch))
  }

  /// The mean loss with the present parameters.
  package func loss(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>
  ) throws -> Double {
    var batch: SampleBatch?
    let objective = try scaled(samples, x, target, &batch)
    return try withExtendedLifetime(batch) { try objective.loss(at: parameters) }
  }

  /// One step on samples that are scaled.
  func take(_ objective: Objective) throws -> Double {
    let loss = try optimiser.step(objective, from: parameters, to: next, rate: rate(steps))
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

  func objective(
    _ samples: Int, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>
  ) -> Objective {
    Objective(samples: samples, x: x, target: target, evaluator: evaluator)
  }

  /// The samples in the trainer's scale, copied to the batch where it has one. The objective is valid as long
  /// as the batch.
  private func scaled(
    _ samples: Int, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>,
    _ batch: inout SampleBatch?
  ) throws -> Objective {
    guard let scaling = try scaling(samples, x, target) else {
      return objective(samples, x, target)
    }
    let filled: SampleBatch
    if let known = batch, known.samples == samples {
      filled = known
    } else {
      filled = try newBatch(samples)
      batch = filled
    }
    filled.gather(0..<samples, x, target, scaling)
    return objective(samples, filled.x.start, filled.target.start)
  }

  func newBatch(_ samples: Int) throws -> SampleBatch {
    try SampleBatch(samples: samples, inputSize: inputSize, targetSize: targetSize)
  }

  // MARK: - Scales

  /// The scales, if there are some by now.
  package var scaling: SampleScaling? { knownScaling }

  /// The scales that the options want: those of the first samples that come.
  func scaling(
    _ samples: Int, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>
  ) throws -> SampleScaling? {
    guard knownScaling == nil, options.scaling != .none else { return knownScaling }
    knownScaling = try SampleScaling(
      options.scaling, samples: samples, x: x, inputSize: inputSize, target: target,
      targetSize: targetSize, outputSize: programs.outputSize,
      // The targets of cross_entropy are probabilities.
      scalesOutputs: options.loss != .crossEntropy,
      wholeNumbers: network.wholeNumberInputs?.places ?? [])
    return knownScaling
  }

  // MARK: - Results

  /// How many numbers all parameters have, the trained and the others.
  package var parameterCount: Int { parametric.parameters.reduce(0) { $0 + $1.value.count } }

  /// Those that held-out samples chose, where they do; else the present ones.
  private var chosenParameters: NumberBuffer { fitting.bestParameters ?? parameters }

  /// The numbers of all parameters, in the file's order.
  package func writeParameters(to values: UnsafeMutablePointer<Double>) {
    var place = values
    forEachParameter { parameter, numbers in
      if let numbers {
        place.update(from: numbers, count: parameter.value.count)
      } else {
        place.update(from: parameter.value.reals, count: parameter.value.count)
      }
      place += parameter.value.count
    }
  }

  /// A network with the parameters, for samples in the caller's own scale.
  package func trainedNetwork() throws -> Network {
    // The numbers, the tensors that are made of them, and those of the network.
    try Memory.require(parameters.count * 24)
    var values: [Tensor] = []
    forEachParameter { parameter, numbers in
      guard let numbers else { return values.append(parameter.value) }
      let trained = UnsafeBufferPointer(start: numbers, count: parameter.value.count)
      values.append(Tensor(parameter.value.type, reals: Array(trained)))
    }
    let trained = try network.with(parameters: values)
    guard let scaling = knownScaling else { return trained }
    return try trained.scaled(inputs: scaling.inputs, outputs: scaling.outputs)
  }

  /// Each parameter with its trained numbers; nil for one that is not trained.
  private func forEachParameter(_ body: (Parameter, UnsafeMutablePointer<Double>?) -> Void) {
    var trained = 0
    for (parameter, isTrained) in zip(parametric.parameters, isTrained) {
      body(parameter, isTrained ? chosenParameters.start + evaluator.offsets[trained] : nil)
      if isTrained { trained += 1 }
    }
  }

  /// Goes back to parameters kept earlier.
  func restore(_ kept: NumberBuffer) {
    parameters.copy(from: kept)
    hasPrevious = false
  }
}
