import Networks
import Tensors

/// What lasts from one call of `fit` to the next.
struct Fitting {
  var random: Random
  /// Early stopping: the best loss of held-out samples, its parameters, and the epochs since.
  var best = Double.infinity
  var bestParameters: NumberBuffer?
  var waited = 0
  var hasStopped = false

  init(_ options: TrainingOptions) { random = Random(seed: options.seed) }
}

extension Trainer {
  /// Passes over samples in batches; gives the mean loss of each epoch's steps, NaN for epochs that
  /// early stopping saved.
  package func fit(
    samples: Int, x: UnsafePointer<Double>, target: UnsafePointer<Double>, epochs: Int
  ) throws -> [Double] {
    var losses = [Double](repeating: .nan, count: epochs)
    let split = try split(samples)
    let size = batchSize(split.training.count)
    let batch = Batch(samples: size, inputSize: inputSize, targetSize: targetSize)
    let held = Batch(samples: split.held.count, inputSize: inputSize, targetSize: targetSize)
    held.gather(split.held[...], x, target)
    // All samples at once need no order, and where none is held out no copy.
    let isDirect = size == samples
    var order = split.training
    for epoch in 0..<epochs where !fitting.hasStopped {
      if isDirect {
        losses[epoch] = try step(samples: samples, x: x, target: target)
      } else {
        if options.shuffle, size < order.count { fitting.random.shuffle(&order) }
        losses[epoch] = try pass(over: order, size, batch, x, target)
      }
      if options.patience != nil { try judge(held) }
    }
    return losses
  }

  private func pass(
    over order: [Int], _ size: Int, _ batch: Batch, _ x: UnsafePointer<Double>,
    _ target: UnsafePointer<Double>
  ) throws -> Double {
    var sum = 0.0
    var start = 0
    while start < order.count {
      let end = min(start + size, order.count)
      batch.gather(order[start..<end], x, target)
      sum +=
        try step(samples: end - start, x: batch.x.start, target: batch.target.start)
        * Double(end - start)
      start = end
    }
    return sum / Double(order.count)
  }

  private func batchSize(_ count: Int) -> Int {
    switch options.batchSize {
    case .all: count
    case .samples(let size): min(size, count)
    case nil:
      options.optimizer == .lbfgs || options.optimizer == .levenbergMarquardt
        ? count : min(32, count)
    }
  }

  /// Which samples are trained on, and which are held out; the same for the same number of samples.
  private func split(_ samples: Int) throws -> (training: [Int], held: [Int]) {
    var order = Array(0..<samples)
    guard options.validationFraction > 0 else {
      guard options.patience == nil else {
        throw NetJacError(
          .option,
          "option 'patience' needs held-out samples; set validation_fraction above 0")
      }
      return (order, [])
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
    return (order.dropLast(count).sorted(), order.suffix(count).sorted())
  }

  private func judge(_ held: Batch) throws {
    let loss = try self.loss(samples: held.samples, x: held.x.start, target: held.target.start)
    if loss < fitting.best - options.minDelta {
      fitting.best = loss
      fitting.waited = 0
      let kept = fitting.bestParameters ?? NumberBuffer(count: parameters.count)
      kept.copy(from: parameters)
      fitting.bestParameters = kept
      return
    }
    fitting.waited += 1
    guard fitting.waited >= options.patience ?? .max else { return }
    fitting.hasStopped = true
    if let best = fitting.bestParameters { restore(best) }
  }
}

/// Samples copied side by side.
private final class Batch {
  let samples: Int
  let x: NumberBuffer
  let target: NumberBuffer
  private let inputSize: Int
  private let targetSize: Int

  init(samples: Int, inputSize: Int, targetSize: Int) {
    self.samples = samples
    self.inputSize = inputSize
    self.targetSize = targetSize
    x = NumberBuffer(count: samples * inputSize)
    target = NumberBuffer(count: samples * targetSize)
  }

  func gather(
    _ places: ArraySlice<Int>, _ allX: UnsafePointer<Double>, _ allTargets: UnsafePointer<Double>
  ) {
    for (row, place) in places.enumerated() {
      (x.start + row * inputSize).update(from: allX + place * inputSize, count: inputSize)
      (target.start + row * targetSize)
        .update(from: allTargets + place * targetSize, count: targetSize)
    }
  }
}
