import Tensors

/// What lasts from one call of `fit` to the next.
struct Fitting {
  var random: Random
  /// Samples that the caller holds out, as they were given.
  var givenHeldOut: SampleBatch?
  /// How many samples were split, and how: the same for the same number.
  var split: (samples: Int, parts: Split)?
  /// How many epochs all calls took.
  var epochs = 0
  /// The held-out losses of the last call; NaN where there are none.
  var heldOutLosses: [Double] = []
  /// The smallest of all, the epoch it belongs to, its parameters (where they decide), and the epochs since.
  var best = Double.infinity
  var bestEpoch = 0
  var bestParameters: NumberBuffer?
  var waited = 0
  var hasStopped = false

  struct Split {
    let training: [Int]
    let heldOut: [Int]
  }

  init(_ options: TrainingOptions) { random = Random(seed: options.seed) }
}

extension Trainer {
  /// Passes over samples in batches; gives the mean loss of each epoch's steps, NaN for epochs that
  /// early stopping saved. Several calls of one epoch do what one of several does.
  package func fit(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>, epochs: Int
  ) throws -> [Double] {
    var losses = [Double](repeating: .nan, count: epochs)
    fitting.heldOutLosses = losses
    let split = try split(samples)
    let scaling = try scaling(samples, x, target)
    let size = batchSize(split.training.count)
    // All samples at once need no order, and where they stay as they are no copy.
    let isDirect = size == samples && scaling == nil
    let batch = try isDirect ? nil : newBatch(size)
    let heldOut = try heldOutBatch(split, x, target, scaling)
    for epoch in 0..<epochs where !fitting.hasStopped {
      if let batch {
        var order = split.training
        if options.shuffle, size < order.count { fitting.random.shuffle(&order) }
        losses[epoch] = try pass(over: order, batch, x, target, scaling)
      } else {
        losses[epoch] = try take(objective(samples, x, target))
      }
      fitting.epochs += 1
      if let heldOut { fitting.heldOutLosses[epoch] = try judge(heldOut) }
    }
    return losses
  }

  private func pass(
    over order: [Int], _ batch: SampleBatch, _ x: UnsafePointer<Double>,
    _ target: UnsafePointer<Double>, _ scaling: SampleScaling?
  ) throws -> Double {
    var sum = 0.0
    var start = 0
    while start < order.count {
      let end = min(start + batch.samples, order.count)
      batch.gather(order[start..<end], x, target, scaling)
      sum +=
        try take(objective(end - start, batch.x.start, batch.target.start)) * Double(end - start)
      start = end
    }
    return sum / Double(order.count)
  }

  private func batchSize(_ count: Int) -> Int {
    switch options.batchSize {
    case .all: count
    case .samples(let size): min(size, count)
    case nil: options.optimizer.method.takesAllSamples ? count : min(32, count)
    }
  }

  // MARK: - Held-out samples

  /// Holds out samples of the caller's, which it copies.
  package func holdOut(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>
  ) throws {
    guard options.validationFraction == 0 else {
      throw NetJacError(
        .option,
        "option validation_fraction holds out a part of the samples already; set it to 0 to hold out "
          + "others")
    }
    let batch = try newBatch(samples)
    batch.gather(0..<samples, x, target, nil)
    fitting.givenHeldOut = batch
  }

  /// Which of so many samples `fit` holds out, in ascending order.
  package func heldOut(of samples: Int) throws -> [Int] { try split(samples).heldOut }

  package var heldOutLosses: [Double] { fitting.heldOutLosses }
  package var bestEpoch: Int { fitting.bestEpoch }
  package var hasStopped: Bool { fitting.hasStopped }

  private func split(_ samples: Int) throws -> Fitting.Split {
    if let known = fitting.split, known.samples == samples { return known.parts }
    let parts = try newSplit(samples)
    fitting.split = (samples, parts)
    return parts
  }

  private func newSplit(_ samples: Int) throws -> Fitting.Split {
    // Their places are sorted, and held twice while they are.
    guard samples <= evaluator.memoryLimit / 16 else {
      throw NetJacError(
        .memory,
        "the order of \(samples) samples takes more than the memory limit of "
          + "\(evaluator.memoryLimit) bytes (option memory_limit)")
    }
    var order = Array(0..<samples)
    guard options.validationFraction > 0 else {
      guard options.patience == nil || fitting.givenHeldOut != nil else {
        throw NetJacError(
          .option,
          "option 'patience' needs held-out samples; set validation_fraction above 0 or hold out "
            + "samples of your own")
      }
      return Fitting.Split(training: order, heldOut: [])
    }
    // Another stream than that of the order of samples.
    var random = Random(seed: ~options.seed)
    random.shuffle(&order)
    let count = Int((Double(samples) * options.validationFraction).rounded())
    guard count > 0, count < samples else {
      throw NetJacError(
        .option,
        "validation_fraction \(options.validationFraction) of \(samples) samples holds out "
          + "\(count); at least one sample must be held out and one left")
    }
    return Fitting.Split(
      training: order.dropLast(count).sorted(), heldOut: order.suffix(count).sorted())
  }

  private func heldOutBatch(
    _ split: Fitting.Split, _ x: UnsafePointer<Double>, _ target: UnsafePointer<Double>,
    _ scaling: SampleScaling?
  ) throws -> SampleBatch? {
    if let given = fitting.givenHeldOut {
      let batch = try newBatch(given.samples)
      batch.gather(0..<given.samples, given.x.start, given.target.start, scaling)
      return batch
    }
    guard !split.heldOut.isEmpty else { return nil }
    let batch = try newBatch(split.heldOut.count)
    batch.gather(split.heldOut, x, target, scaling)
    return batch
  }

  /// Compares the held-out loss with the best so far. One that is NaN is no improvement.
  private func judge(_ heldOut: SampleBatch) throws -> Double {
    let loss = try objective(heldOut.samples, heldOut.x.start, heldOut.target.start)
      .loss(at: parameters)
    if loss < fitting.best - options.minDelta {
      if options.patience != nil {
        let kept = try fitting.bestParameters ?? NumberBuffer(count: parameters.count)
        kept.copy(from: parameters)
        fitting.bestParameters = kept
      }
      fitting.best = loss
      fitting.bestEpoch = fitting.epochs
      fitting.waited = 0
      return loss
    }
    fitting.waited += 1
    if let patience = options.patience, fitting.waited >= patience {
      fitting.hasStopped = true
      if let best = fitting.bestParameters { restore(best) }
    }
    return loss
  }
}
