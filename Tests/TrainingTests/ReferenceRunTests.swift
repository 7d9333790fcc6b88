import Glibc
import Networks
import Tensors
import Testing
import Training

/// Runs of PyTorch in float64, made by Tests/Reference/make_training.py.
enum Reference {
  static let lines: [String: [Double]] = {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let path = "/\(folder)/Reference/training.txt"
    guard let file = fopen(path, "r") else { return [:] }
    defer { fclose(file) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      text += chunk.prefix(count)
    }
    var lines: [String: [Double]] = [:]
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      lines[String(words[0])] = words.dropFirst().compactMap { Double($0) }
    }
    return lines
  }()

  static func numbers(_ name: String) throws -> [Double] { try #require(lines[name]) }
}

/// A trainer of the reference network with options given as text.
func trainer(_ options: [String: String], sizes: [Int] = [3, 5, 4, 2]) throws -> Trainer {
  var settings = TrainingOptions()
  for (key, value) in options { #expect(try settings.set(key, to: value)) }
  let network = try MultilayerPerceptron.make(
    sizes: sizes, activation: .tanh, seed: 7, options: NetworkOptions())
  return try Trainer(network, settings)
}

extension Trainer {
  var allParameters: [Double] {
    [Double](unsafeUninitializedCapacity: parameterCount) { buffer, count in
      writeParameters(to: buffer.baseAddress!)
      count = parameterCount
    }
  }
}

struct ReferenceRunTests {
  struct Run: CustomTestStringConvertible, Sendable {
    let name: String
    let options: [String: String]
    var testDescription: String { name }
  }

  static let runs = [
    Run(name: "sgd", options: ["optimizer": "sgd", "learning_rate": "0.1"]),
    Run(
      name: "momentum",
      options: ["optimizer": "sgd", "learning_rate": "0.05", "momentum": "0.9"]),
    Run(
      name: "nesterov",
      options: [
        "optimizer": "sgd", "learning_rate": "0.05", "momentum": "0.9", "nesterov": "true",
      ]),
    Run(
      name: "decay",
      options: ["optimizer": "sgd", "learning_rate": "0.1", "weight_decay": "0.02"]),
    Run(name: "adam", options: ["learning_rate": "0.01"]),
    Run(name: "adam_decay", options: ["learning_rate": "0.01", "weight_decay": "0.05"]),
    Run(
      name: "adamw",
      options: ["optimizer": "adamw", "learning_rate": "0.01", "weight_decay": "0.05"]),
    Run(name: "rmsprop", options: ["optimizer": "rmsprop", "learning_rate": "0.01"]),
    Run(
      name: "rmsprop_momentum",
      options: ["optimizer": "rmsprop", "learning_rate": "0.005", "momentum": "0.8"]),
    Run(
      name: "huber", options: ["learning_rate": "0.01", "loss": "huber", "huber_delta": "0.3"]),
    Run(
      name: "mae", options: ["optimizer": "sgd", "learning_rate": "0.05", "loss": "mae"]),
    Run(name: "cross_entropy", options: ["learning_rate": "0.02", "loss": "cross_entropy"]),
    Run(
      name: "clipped",
      options: ["optimizer": "sgd", "learning_rate": "0.1", "clip_norm": "0.3"]),
    Run(
      name: "cosine",
      options: [
        "optimizer": "sgd", "learning_rate": "0.1", "schedule": "cosine", "schedule_steps": "40",
      ]),
    Run(
      name: "stepped",
      options: [
        "optimizer": "sgd", "learning_rate": "0.1", "schedule": "step", "schedule_steps": "20",
        "schedule_factor": "0.5",
      ]),
    Run(
      name: "exponential",
      options: [
        "optimizer": "sgd", "learning_rate": "0.1", "schedule": "exponential",
        "schedule_steps": "30",
      ]),
    Run(
      name: "warm",
      options: ["optimizer": "sgd", "learning_rate": "0.1", "warmup_steps": "10"]),
  ]

  @Test("the network starts where PyTorch's did")
  func start() throws {
    let found = try trainer([:]).allParameters
    #expect(try found == Reference.numbers("start"))
  }

  @Test("50 full-batch steps follow PyTorch's", arguments: runs)
  func follows(_ run: Run) throws {
    let trainer = try trainer(run.options)
    let x = try Reference.numbers("x")
    let target = try Reference.numbers(run.name == "cross_entropy" ? "classes" : "target")
    let losses = try (0..<50).map { _ in try trainer.step(samples: 12, x: x, target: target) }
    for (found, expected) in zip(losses, try Reference.numbers(run.name + ".losses")) {
      #expect(abs(found - expected) <= 1e-10)
    }
    let end = try Reference.numbers(run.name + ".end")
    #expect(end.count == trainer.parameterCount)
    for (found, expected) in zip(trainer.allParameters, end) {
      #expect(abs(found - expected) <= 1e-10)
    }
  }
}
