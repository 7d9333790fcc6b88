import Networks
import Tensors
import Testing
import Training

struct TrainerTests {
  static let samples = 40

  static let x: [Double] = (0..<samples * 3).map { Double(($0 * 37) % 101) / 50 - 1 }

  /// A smooth function with two outputs.
  static let target: [Double] = (0..<samples).flatMap { row -> [Double] in
    let (a, b, c) = (x[3 * row], x[3 * row + 1], x[3 * row + 2])
    return [a * b - 0.3 * c, a * a - c]
  }

  @Test("the same seed gives the same run; another order of samples gives another")
  func deterministic() throws {
    func run(_ seed: String) throws -> ([Double], [Double]) {
      let trainer = try trainer(["batch_size": "7", "seed": seed, "learning_rate": "0.01"])
      let losses = try trainer.fit(
        samples: Self.samples, x: Self.x, target: Self.target, epochs: 5)
      return (losses, trainer.allParameters)
    }
    let (first, again, other) = (try run("3"), try run("3"), try run("4"))
    #expect(first.0 == again.0 && first.1 == again.1)
    #expect(first.1 != other.1)
  }

  @Test("every method lowers every loss it can minimise", arguments: ["sgd", "adam", "lbfgs"])
  func lowers(_ optimizer: String) throws {
    for loss in ["mse", "mae", "huber", "cross_entropy"] {
      let trainer = try trainer(
        ["optimizer": optimizer, "loss": loss, "batch_size": "all", "learning_rate": "0.02"])
      let losses = try trainer.fit(
        samples: Self.samples, x: Self.x, target: Self.target.map(abs), epochs: 30)
      #expect(losses[29] < losses[0], "\(optimizer), \(loss)")
    }
  }

  @Test("levenberg_marquardt fits a small problem far better than as many steps of adam")
  func leastSquares() throws {
    func loss(_ optimizer: String) throws -> Double {
      let trainer = try trainer(["optimizer": optimizer, "batch_size": "all"])
      _ = try trainer.fit(samples: Self.samples, x: Self.x, target: Self.target, epochs: 60)
      return try trainer.loss(samples: Self.samples, x: Self.x, target: Self.target)
    }
    let (squares, adam, quasi) =
      (try loss("levenberg_marquardt"), try loss("adam"), try loss("lbfgs"))
    #expect(squares < 1e-3 * adam)
    #expect(squares < 1e-4)
    #expect(quasi < 0.1 * adam)
  }

  @Test("levenberg_marquardt never raises the loss, and solves a linear problem in a few steps")
  func linearLeastSquares() throws {
    let trainer = try trainer(
      ["optimizer": "levenberg_marquardt", "damping": "1e-9"], sizes: [3, 2])
    let target = (0..<Self.samples).flatMap { row -> [Double] in
      let (a, b, c) = (Self.x[3 * row], Self.x[3 * row + 1], Self.x[3 * row + 2])
      return [2 * a - b + 0.5, 3 * c - 1]
    }
    let losses = try trainer.fit(samples: Self.samples, x: Self.x, target: target, epochs: 4)
    for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before) }
    #expect(losses[3] < 1e-20)
  }

  @Test("a Jacobian as target changes what is learnt")
  func sobolev() throws {
    func jacobianError(_ weight: String) throws -> Double {
      let trainer = try trainer(
        ["jacobian_weight": weight, "learning_rate": "0.01", "batch_size": "all"])
      var targets: [Double] = []
      for row in 0..<Self.samples {
        let (a, b) = (Self.x[3 * row], Self.x[3 * row + 1])
        targets += Self.target[2 * row..<2 * row + 2]
        if weight != "0" { targets += [b, a, -0.3, 2 * a, 0, -1] }
      }
      _ = try trainer.fit(samples: Self.samples, x: Self.x, target: targets, epochs: 300)
      let network = try trainer.trainedNetwork()
      var jacobians = [Double](repeating: 0, count: Self.samples * 6)
      try network.jacobian(
        samples: Self.samples, x: Self.x, y: nil, jacobian: &jacobians, order: .rowMajor)
      return (0..<Self.samples).reduce(0) { sum, row in
        let (a, b) = (Self.x[3 * row], Self.x[3 * row + 1])
        let wanted = [b, a, -0.3, 2 * a, 0, -1]
        return zip(jacobians[6 * row..<6 * row + 6], wanted).reduce(sum) {
          $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
      }
    }
    let (trained, untrained) = (try jacobianError("0.3"), try jacobianError("0"))
    #expect(trained < 0.5 * untrained)
  }

  @Test("early stopping goes back to the best parameters and says NaN for what it saved")
  func earlyStopping() throws {
    let trainer = try trainer([
      "validation_fraction": "0.25", "patience": "3", "learning_rate": "0.2", "batch_size": "all",
      "optimizer": "sgd", "momentum": "0.95",
    ])
    let losses = try trainer.fit(
      samples: Self.samples, x: Self.x, target: Self.target, epochs: 400)
    let done = losses.count { !$0.isNaN }
    #expect(done < 400 && done > 3)
    #expect(losses.prefix(done).allSatisfy { $0.isFinite })
    let more = try trainer.fit(
      samples: Self.samples, x: Self.x, target: Self.target, epochs: 2)
    #expect(more.allSatisfy { $0.isNaN })
  }

  @Test("a loss that is not finite stops with the last good parameters")
  func notFinite() throws {
    let trainer = try trainer(["optimizer": "sgd", "learning_rate": "1e200"], sizes: [3, 2])
    let start = trainer.allParameters
    var last = start
    var message = ""
    do {
      for _ in 0..<10 {
        last = trainer.allParameters
        _ = try trainer.step(samples: Self.samples, x: Self.x, target: Self.target)
      }
    } catch let error as NetJacError {
      #expect(error.kind == .notFinite)
      message = error.message
    }
    #expect(message.contains("NaN or infinite in step"))
    let now = trainer.allParameters
    #expect(now.allSatisfy { $0.isFinite })
    #expect(now == start || now == last)
    let loss = try trainer.loss(samples: Self.samples, x: Self.x, target: Self.target)
    #expect(loss.isFinite)

    let bad = [Double](repeating: .nan, count: Self.target.count)
    #expect(throws: NetJacError.self) {
      try trainer.step(samples: Self.samples, x: Self.x, target: bad)
    }
    #expect(trainer.allParameters == now)
  }

  @Test("name patterns choose what is trained")
  func patterns() throws {
    let trainer = try trainer(["parameters": "*.bias, layer3*"])
    let before = trainer.allParameters
    _ = try trainer.fit(samples: Self.samples, x: Self.x, target: Self.target, epochs: 2)
    let after = trainer.allParameters
    // 3x5 weights, 5 biases, 5x4 weights, 4 biases, then layer 3.
    #expect(before[..<15] == after[..<15])
    #expect(before[20..<40] == after[20..<40])
    #expect(zip(before[15..<20], after[15..<20]).allSatisfy { $0 != $1 })
    #expect(zip(before[40...], after[40...]).allSatisfy { $0 != $1 })
    #expect(throws: NetJacError.self) { try refused(["parameters": "layer9*"]) }
  }

  private func refused(_ options: [String: String]) throws -> Trainer {
    try trainer(options)
  }

  @Test("the trained copy computes what the trainer's parameters say")
  func copy() throws {
    let trainer = try trainer(["learning_rate": "0.05"])
    _ = try trainer.fit(samples: Self.samples, x: Self.x, target: Self.target, epochs: 20)
    let network = try trainer.trainedNetwork()
    var y = [Double](repeating: 0, count: Self.samples * 2)
    try network.forward(samples: Self.samples, x: Self.x, y: &y)
    let squares = zip(y, Self.target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let loss = try trainer.loss(samples: Self.samples, x: Self.x, target: Self.target)
    #expect(abs(squares / Double(y.count) - loss) < 1e-14)
    let again = try Trainer(network)
    #expect(again.allParameters == trainer.allParameters)
  }
}
