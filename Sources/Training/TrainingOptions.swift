import Networks
import Tensors

/// What a caller may choose when a network is trained; `include/netjac.h` documents each key.
package struct TrainingOptions: Sendable, Equatable {
  package enum Loss: String, CaseIterable, Sendable {
    case meanSquared = "mse"
    case meanAbsolute = "mae"
    case huber
    case crossEntropy = "cross_entropy"
  }

  package enum Schedule: String, CaseIterable, Sendable {
    case constant, step, exponential, cosine
  }

  package enum BatchSize: Equatable, Sendable {
    case all
    case samples(Int)
  }

  package var loss = Loss.meanSquared
  package var huberDelta = 1.0
  package var optimizer = OptimiserChoice.adam
  package var learningRate: Double?
  package var momentum = 0.0
  package var nesterov = false
  package var beta1 = 0.9
  package var beta2: Double?
  package var epsilon = 1e-8
  package var weightDecay = 0.0
  package var clipNorm: Double?
  package var schedule = Schedule.constant
  package var scheduleSteps = 1000
  package var scheduleFactor: Double?
  package var warmupSteps = 0
  package var batchSize: BatchSize?
  package var shuffle = true
  package var seed: Int64 = 0
  package var history = 10
  package var damping = 1e-3
  package var jacobianWeight = 0.0
  package var scaling = SampleScaling.Kind.none
  package var validationFraction = 0.0
  package var patience: Int?
  package var minDelta = 0.0
  /// Name patterns of the parameters to train.
  package var parameters = ["*"]

  /// Every key.
  package static let knownKeys = [
    "loss", "huber_delta", "optimizer", "learning_rate", "momentum", "nesterov", "beta1", "beta2",
    "epsilon", "weight_decay", "clip_norm", "schedule", "schedule_steps", "schedule_factor",
    "warmup_steps", "batch_size", "shuffle", "seed", "history", "damping", "jacobian_weight",
    "scaling", "validation_fraction", "patience", "min_delta", "parameters",
  ]

  package init() {}

  /// Sets one option from text; false for a key of none of these.
  ///
  /// - Throws: `NetJacError` of kind `option` for a value that can never be right; the options then
  ///   stay as they were.
  package mutating func set(_ key: String, to value: String) throws -> Bool {
    let text = value.trimmed
    switch key {
    case "loss": loss = try Self.choice(text, key)
    case "huber_delta": huberDelta = try Self.positive(text, key)
    case "optimizer":
      guard let choice = OptimiserChoice(name: text) else {
        throw unusable(key, text, OptimiserRegistry.names.joined(separator: ", "))
      }
      optimizer = choice
    case "learning_rate": learningRate = try Self.positive(text, key)
    case "momentum": momentum = try Self.fraction(text, key)
    case "nesterov": nesterov = try Self.flag(text, key)
    case "beta1": beta1 = try Self.fraction(text, key)
    case "beta2": beta2 = try Self.fraction(text, key)
    case "epsilon": epsilon = try Self.positive(text, key)
    case "weight_decay": weightDecay = try Self.notNegative(text, key)
    case "clip_norm": clipNorm = try Self.positive(text, key)
    case "schedule": schedule = try Self.choice(text, key)
    case "schedule_steps": scheduleSteps = try Self.whole(text, key, from: 1)
    case "schedule_factor": scheduleFactor = try Self.notNegative(text, key)
    case "warmup_steps": warmupSteps = try Self.whole(text, key, from: 0)
    case "batch_size":
      batchSize = text == "all" ? .all : .samples(try Self.whole(text, key, from: 1))
    case "shuffle": shuffle = try Self.flag(text, key)
    case "seed":
      guard let seed = Int64(text) else { throw unusable(key, text, "a whole number") }
      self.seed = seed
    case "history": history = try Self.whole(text, key, from: 1)
    case "damping": damping = try Self.positive(text, key)
    case "jacobian_weight": jacobianWeight = try Self.notNegative(text, key)
    case "scaling": scaling = try Self.choice(text, key)
    case "validation_fraction": validationFraction = try Self.fraction(text, key)
    case "patience": patience = try Self.whole(text, key, from: 1)
    case "min_delta": minDelta = try Self.notNegative(text, key)
    case "parameters": parameters = try NetworkOptions.names(text, key)
    default: return false
    }
    return true
  }

  // MARK: - Values

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ key: String
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      throw unusable(key, text, Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  private static func flag(_ text: String, _ key: String) throws -> Bool {
    switch text {
    case "true", "1": return true
    case "false", "0": return false
    default: throw unusable(key, text, "true or false")
    }
  }

  private static func number(
    _ text: String, _ key: String, _ right: String, _ isRight: (Double) -> Bool
  ) throws -> Double {
    guard let number = Double(text), number.isFinite, isRight(number) else {
      throw unusable(key, text, right)
    }
    return number
  }

  private static func positive(_ text: String, _ key: String) throws -> Double {
    try number(text, key, "a number above 0") { $0 > 0 }
  }

  private static func notNegative(_ text: String, _ key: String) throws -> Double {
    try number(text, key, "a number from 0 on") { $0 >= 0 }
  }

  private static func fraction(_ text: String, _ key: String) throws -> Double {
    try number(text, key, "a number from 0 on and below 1") { $0 >= 0 && $0 < 1 }
  }

  private static func whole(_ text: String, _ key: String, from least: Int) throws -> Int {
    guard let number = Int(text), number >= least else {
      throw unusable(key, text, "a whole number from \(least) on")
    }
    return number
  }
}
