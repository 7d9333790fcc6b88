import Networks
import Tensors
import Testing
import Training

/// The rules of `fit`: which samples are held out, which parameters win, and how samples are scaled.
struct FittingTests {
  private let samples = TrainerTests.samples
  private let x = TrainerTests.x
  private let target = TrainerTests.target

  @Test(
    "several calls of one epoch do what one call of several does", arguments: ["none", "range"])
  func oneByOne(_ scaling: String) throws {
    let options = [
      "batch_size": "7", "learning_rate": "0.01", "validation_fraction": "0.2", "scaling": scaling,
    ]
    let (whole, parts) = (try trainer(options), try trainer(options))
    let losses = try whole.fit(samples: samples, x: x, target: target, epochs: 6)
    let heldOut = whole.heldOutLosses
    for epoch in 0..<6 {
      #expect(
        try parts.fit(samples: samples, x: x, target: target, epochs: 1) == [losses[epoch]])
      #expect(parts.heldOutLosses == [heldOut[epoch]])
    }
    #expect(whole.allParameters == parts.allParameters)
    #expect(whole.bestEpoch == parts.bestEpoch && whole.bestEpoch > 0)
  }

  @Test("a fraction holds out the same samples for the same seed, and none of them is trained on")
  func fraction() throws {
    let options = ["validation_fraction": "0.25", "batch_size": "all", "seed": "5"]
    let one = try trainer(options)
    let places = try one.heldOut(of: samples)
    #expect(places.count == 10 && places == places.sorted() && Set(places).count == 10)
    #expect(try trainer(options).heldOut(of: samples) == places)
    #expect(
      try trainer(["validation_fraction": "0.25", "seed": "6"]).heldOut(of: samples) != places)

    // The loss of the first epoch is that of the others before any step.
    let losses = try one.fit(samples: samples, x: x, target: target, epochs: 1)
    let others = (0..<samples).filter { !places.contains($0) }
    let fresh = try trainer([:])
    #expect(abs(losses[0] - (try loss(fresh, of: others))) < 1e-14)
    #expect(abs(one.heldOutLosses[0] - (try loss(one, of: places))) < 1e-14)
  }

  private func loss(_ trainer: Trainer, of places: [Int]) throws -> Double {
    try trainer.loss(
      samples: places.count, x: places.flatMap { x[3 * $0..<3 * $0 + 3] },
      target: places.flatMap { target[2 * $0..<2 * $0 + 2] })
  }

  @Test("a held-out loss that is NaN is no improvement")
  func undefined() throws {
    let trainer = try trainer(["patience": "3", "batch_size": "all"])
    try trainer.holdOut(
      samples: 2, x: [0, 0, 0, 1, 1, 1], target: [Double](repeating: .nan, count: 4))
    let losses = try trainer.fit(samples: samples, x: x, target: target, epochs: 12)
    #expect(losses.count { !$0.isNaN } == 3)
    #expect(trainer.hasStopped && trainer.bestEpoch == 0)
    #expect(trainer.heldOutLosses.count == 12 && trainer.heldOutLosses.allSatisfy { $0.isNaN })
  }

  @Test("with patience the best parameters are given, also before it has run out")
  func best() throws {
    let trainer = try trainer(["patience": "50", "batch_size": "all", "learning_rate": "0.02"])
    // What is held out contradicts the others, so the first epoch is the best.
    try trainer.holdOut(samples: samples, x: x, target: target.map { -3 * $0 })
    _ = try trainer.fit(samples: samples, x: x, target: target, epochs: 20)
    #expect(!trainer.hasStopped)
    let network = try trainer.trainedNetwork()
    var y = [Double](repeating: 0, count: samples * 2)
    try network.forward(samples: samples, x: x, y: &y)
    let squares = zip(y, target).reduce(0) { $0 + ($1.0 + 3 * $1.1) * ($1.0 + 3 * $1.1) }
    let least = try #require(trainer.heldOutLosses.min())
    #expect(abs(squares / Double(y.count) - least) < 1e-14)
    #expect(trainer.heldOutLosses[trainer.bestEpoch - 1] == least)
    #expect(least < trainer.heldOutLosses[19])
  }

  @Test("samples are held out by fraction or by the caller, not both; patience needs some")
  func contradictions() throws {
    let both = try trainer(["validation_fraction": "0.5"])
    #expect(throws: NetJacError.self) {
      try both.holdOut(samples: 1, x: [0, 0, 0], target: [0, 0])
    }
    let none = try trainer(["patience": "2"])
    #expect(throws: NetJacError.self) {
      try none.fit(samples: samples, x: x, target: target, epochs: 1)
    }
  }

  @Test(
    "scaled training is training of scaled samples, in the units of the caller",
    arguments: ["standard", "range"])
  func scaling(_ kind: String) throws {
    let large = x.enumerated().map { $1 * [1000, 0.01, 1][$0 % 3] + [5e4, 3, 0][$0 % 3] }
    let targets = target.enumerated().map { $0 % 2 == 0 ? $1 * 200 + 7 : 5 }
    let options = ["batch_size": "8", "learning_rate": "0.01"]
    let scaled = try trainer(options.merging(["scaling": kind]) { $1 })
    let losses = try scaled.fit(samples: samples, x: large, target: targets, epochs: 3)
    let scaling = try #require(scaled.scaling)
    #expect(scaling.outputs.scales[1] == 1 && scaling.outputs.offsets[1] == 5)

    let (inputs, outputs) = (scaling.inputs, scaling.outputs)
    let scaledX = large.enumerated().map { ($1 - inputs.offsets[$0 % 3]) / inputs.scales[$0 % 3] }
    let scaledTargets = targets.enumerated().map {
      ($1 - outputs.offsets[$0 % 2]) / outputs.scales[$0 % 2]
    }
    for k in 0..<3 {
      let column = stride(from: k, to: scaledX.count, by: 3).map { scaledX[$0] }
      if kind == "range" {
        #expect(abs(column.min()! + 1) < 1e-9 && abs(column.max()! - 1) < 1e-9)
      } else {
        let squares = column.reduce(0) { $0 + $1 * $1 }
        #expect(abs(column.reduce(0, +)) < 1e-6)
        #expect(abs(squares / Double(samples - 1) - 1) < 1e-9)
      }
    }
    let plain = try trainer(options)
    #expect(try plain.fit(samples: samples, x: scaledX, target: scaledTargets, epochs: 3) == losses)
    #expect(plain.allParameters == scaled.allParameters)

    var (y, inner) = (
      [Double](repeating: 0, count: samples * 2), [Double](repeating: 0, count: samples * 2)
    )
    try scaled.trainedNetwork().forward(samples: samples, x: large, y: &y)
    try plain.trainedNetwork().forward(samples: samples, x: scaledX, y: &inner)
    for (k, value) in y.enumerated() {
      let expected = outputs.offsets[k % 2] + outputs.scales[k % 2] * inner[k]
      #expect(abs(value - expected) <= 1e-11 * max(1, abs(expected)))
    }
  }

  @Test("scales of numbers that are not finite are refused", arguments: ["standard", "range"])
  func scalesOfNothing(_ kind: String) throws {
    for bad in [Double.nan, .infinity] {
      let trainer = try trainer(["scaling": kind])
      let error = #expect(throws: NetJacError.self) {
        try trainer.step(samples: 2, x: [0, 1, 2, 3, bad, 5], target: [0, 1, 2, 3])
      }
      #expect(error?.kind == .argument && error?.message.contains("value 1") == true)
    }
  }
}
