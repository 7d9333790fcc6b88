/// Samples copied side by side, in the trainer's own scale where it has one.
final class SampleBatch {
  let samples: Int
  let x: NumberBuffer
  let target: NumberBuffer
  private let inputSize: Int
  private let targetSize: Int

  init(samples: Int, inputSize: Int, targetSize: Int) throws {
    self.samples = samples
    self.inputSize = inputSize
    self.targetSize = targetSize
    x = try NumberBuffer(count: samples * inputSize)
    target = try NumberBuffer(count: samples * targetSize)
  }

  /// Fills the first rows with the samples at these places.
  func gather(
    _ places: some Collection<Int>, _ allX: UnsafePointer<Double>,
    _ allTargets: UnsafePointer<Double>, _ scaling: SampleScaling?
  ) {
    for (row, place) in places.enumerated() {
      let (toX, toTarget) = (x.start + row * inputSize, target.start + row * targetSize)
      toX.update(from: allX + place * inputSize, count: inputSize)
      toTarget.update(from: allTargets + place * targetSize, count: targetSize)
      scaling?.apply(x: toX, target: toTarget)
    }
  }
}
