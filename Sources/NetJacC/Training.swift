// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks
import Synchronization
import Tensors
import Training

/// What a `netjac_trainer` handle stands for.
final class TrainerRecord: @unchecked Sendable {
  private let trainer: Trainer
  /// One thread at a time is the rule; a caller who breaks it must not corrupt memory.
  private let lock = Mutex(())

  init(_ trainer: Trainer) { self.trainer = trainer }

  func withTrainer<Result>(_ body: (Trainer) throws -> Result) throws -> Result {
    try lock.withLock { _ in try body(trainer) }
  }
}

private let trainerHandles = HandleTable<TrainerRecord>(
  kind: "netjac_trainer", maker: "netjac_trainer_create", capacity: 1 << 16)

@_cdecl("netjac_trainer_create") @implementation
public func netjac_trainer_create(
  _ network: OpaquePointer?, _ options: OpaquePointer?,
  _ trainer: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  status {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    let options = try NetJacC.options(options)
    let trainer = try receiver(trainer, "trainer")
    trainer.pointee = try trainerHandles.insert(
      TrainerRecord(Trainer(network, options.training, memoryLimit: options.network.memoryLimit)))
  }
}

@_cdecl("netjac_trainer_release") @implementation
public func netjac_trainer_release(_ trainer: OpaquePointer?) {
  guard trainer != nil else { return }
  _ = status { try trainerHandles.release(trainer) }
}

@_cdecl("netjac_trainer_step") @implementation
public func netjac_trainer_step(
  _ trainer: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ target: UnsafePointer<Double>?, _ loss: UnsafeMutablePointer<Double>?
) -> netjac_status {
  train(trainer, samples, x, target) { trainer, samples, x, target in
    let loss = try optional(loss, 1, 1, "loss")
    let found = try trainer.step(samples: samples, x: x, target: target)
    loss?.pointee = found
  }
}

@_cdecl("netjac_trainer_fit") @implementation
public func netjac_trainer_fit(
  _ trainer: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ target: UnsafePointer<Double>?, _ epochs: Int32, _ losses: UnsafeMutablePointer<Double>?
) -> netjac_status {
  train(trainer, samples, x, target) { trainer, samples, x, target in
    guard epochs >= 0 else {
      throw NetJacError(.argument, "'epochs' is \(epochs); it must be 0 or more")
    }
    let losses = try optional(losses, 1, Int(epochs), "losses")
    let found = try trainer.fit(samples: samples, x: x, target: target, epochs: Int(epochs))
    losses?.update(from: found, count: found.count)
  }
}

@_cdecl("netjac_trainer_loss") @implementation
public func netjac_trainer_loss(
  _ trainer: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ target: UnsafePointer<Double>?, _ loss: UnsafeMutablePointer<Double>?
) -> netjac_status {
  train(trainer, samples, x, target) { trainer, samples, x, target in
    let loss = try receiver(loss, "loss")
    loss.pointee = try trainer.loss(samples: samples, x: x, target: target)
  }
}

@_cdecl("netjac_trainer_network") @implementation
public func netjac_trainer_network(
  _ trainer: OpaquePointer?, _ network: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  status {
    let record = try trainerHandles.object(trainer).takeUnretainedValue()
    let network = try receiver(network, "network")
    let trained = try record.withTrainer { try $0.trainedNetwork() }
    network.pointee = try networkHandles.insert(NetworkRecord(trained))
  }
}

@_cdecl("netjac_trainer_parameters") @implementation
public func netjac_trainer_parameters(
  _ trainer: OpaquePointer?, _ count: UnsafeMutablePointer<Int64>?,
  _ values: UnsafeMutablePointer<Double>?
) -> netjac_status {
  status {
    let record = try trainerHandles.object(trainer).takeUnretainedValue()
    try record.withTrainer { trainer in
      let count = try optional(count, 1, 1, "count")
      let values = try optional(values, 1, trainer.parameterCount, "values")
      count?.pointee = Int64(trainer.parameterCount)
      values.map(trainer.writeParameters)
    }
  }
}

private func train(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ target: UnsafePointer<Double>?,
  _ body: (Trainer, Int, UnsafePointer<Double>, UnsafePointer<Double>) throws -> Void
) -> netjac_status {
  status {
    try trainerHandles.object(handle)._withUnsafeGuaranteedRef { record in
      try record.withTrainer { trainer in
        let samples = try checkedSamples(samples)
        guard samples > 0 else {
          throw NetJacError(.argument, "'samples' is 0; training needs at least one")
        }
        let x = try readable(x, samples, trainer.inputSize, "x")
        let target = try readable(target, samples, trainer.targetSize, "target")
        try body(trainer, samples, x, target)
      }
    }
  }
}
