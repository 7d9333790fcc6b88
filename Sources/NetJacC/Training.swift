// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Glibc
import Networks
import Synchronization
import Tensors
import Training

/// What a `netjac_trainer` handle stands for.
final class TrainerRecord: @unchecked Sendable {
  private let trainer: Trainer
  /// One thread at a time is the rule; a caller who breaks it must not corrupt memory.
  /// The process in which a thread is at work, 0 if none is. One thread at a time is the rule; a caller who
  /// breaks it must not corrupt memory. No lock, since a fit may take hours, which no fork can wait for: a child
  /// sees here that the thread at work is not one of its own.
  private let holder = Atomic<pid_t>(0)

  init(_ trainer: Trainer) { self.trainer = trainer }

  func withTrainer<Result>(_ body: (Trainer) throws -> Result) throws -> Result {
    let process = getpid()
    while true {
      let (isTaken, holding) = holder.compareExchange(
        expected: 0, desired: process, ordering: .acquiringAndReleasing)
      if isTaken { break }
      guard holding == process else {
        throw NetJacError(
          .argument,
          "the trainer was at work in another thread when this process was forked; create a new one"
        )
      }
      usleep(100)
    }
    defer { holder.store(0, ordering: .releasing) }
    return try body(trainer)
  }
}

let trainerHandles = HandleTable<TrainerRecord>(
  kind: "netjac_trainer", maker: "netjac_trainer_create", capacity: 1 << 16)

@_cdecl("netjac_trainer_create") @implementation
public func netjac_trainer_create(
  _ network: OpaquePointer?, _ options: OpaquePointer?,
  _ trainer: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  making {
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

@_cdecl("netjac_trainer_input_size") @implementation
public func netjac_trainer_input_size(_ trainer: OpaquePointer?) -> Int64 {
  ask(trainer) { Int64($0.inputSize) }
}

@_cdecl("netjac_trainer_output_size") @implementation
public func netjac_trainer_output_size(_ trainer: OpaquePointer?) -> Int64 {
  ask(trainer) { Int64($0.outputSize) }
}

@_cdecl("netjac_trainer_target_size") @implementation
public func netjac_trainer_target_size(_ trainer: OpaquePointer?) -> Int64 {
  ask(trainer) { Int64($0.targetSize) }
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

@_cdecl("netjac_trainer_hold_out") @implementation
public func netjac_trainer_hold_out(
  _ trainer: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ target: UnsafePointer<Double>?
) -> netjac_status {
  train(trainer, samples, x, target) { trainer, samples, x, target in
    try trainer.holdOut(samples: samples, x: x, target: target)
  }
}

@_cdecl("netjac_trainer_held_out") @implementation
public func netjac_trainer_held_out(
  _ trainer: OpaquePointer?, _ samples: Int64, _ count: UnsafeMutablePointer<Int64>?,
  _ places: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  use(trainer) { trainer in
    let samples = try someSamples(samples)
    try deliver(
      try trainer.heldOut(of: samples).map { Int64($0) }, count, to: places, "places")
  }
}

@_cdecl("netjac_trainer_held_out_losses") @implementation
public func netjac_trainer_held_out_losses(
  _ trainer: OpaquePointer?, _ count: UnsafeMutablePointer<Int64>?,
  _ losses: UnsafeMutablePointer<Double>?
) -> netjac_status {
  use(trainer) { try deliver($0.heldOutLosses, count, to: losses, "losses") }
}

@_cdecl("netjac_trainer_best_epoch") @implementation
public func netjac_trainer_best_epoch(_ trainer: OpaquePointer?) -> Int64 {
  ask(trainer) { Int64($0.bestEpoch) }
}

@_cdecl("netjac_trainer_has_stopped") @implementation
public func netjac_trainer_has_stopped(_ trainer: OpaquePointer?) -> Int32 {
  ask(trainer) { $0.hasStopped ? 1 : 0 }
}

@_cdecl("netjac_trainer_scales") @implementation
public func netjac_trainer_scales(
  _ trainer: OpaquePointer?, _ inputOffset: UnsafeMutablePointer<Double>?,
  _ inputScale: UnsafeMutablePointer<Double>?, _ outputOffset: UnsafeMutablePointer<Double>?,
  _ outputScale: UnsafeMutablePointer<Double>?
) -> netjac_status {
  use(trainer) { trainer in
    let (n, m) = (trainer.inputSize, trainer.outputSize)
    let inputOffset = try optional(inputOffset, 1, n, "input_offset")
    let inputScale = try optional(inputScale, 1, n, "input_scale")
    let outputOffset = try optional(outputOffset, 1, m, "output_offset")
    let outputScale = try optional(outputScale, 1, m, "output_scale")
    let scaling = trainer.scaling
    for k in 0..<n {
      inputOffset?[k] = scaling?.inputs.offsets[k] ?? 0
      inputScale?[k] = scaling?.inputs.scales[k] ?? 1
    }
    for k in 0..<m {
      outputOffset?[k] = scaling?.outputs.offsets[k] ?? 0
      outputScale?[k] = scaling?.outputs.scales[k] ?? 1
    }
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
  use(trainer) { trainer in
    let count = try optional(count, 1, 1, "count")
    let values = try optional(values, 1, trainer.parameterCount, "values")
    count?.pointee = Int64(trainer.parameterCount)
    values.map(trainer.writeParameters)
  }
}

/// Writes a list and its length, each where it is wanted.
private func deliver<Element>(
  _ list: [Element], _ count: UnsafeMutablePointer<Int64>?,
  to values: UnsafeMutablePointer<Element>?, _ name: StaticString
) throws {
  let count = try optional(count, 1, 1, "count")
  let values = try optional(values, 1, list.count, name)
  count?.pointee = Int64(list.count)
  values?.update(from: list, count: list.count)
}

private func use(_ handle: OpaquePointer?, _ body: (Trainer) throws -> Void) -> netjac_status {
  status { try trainerHandles.object(handle).takeUnretainedValue().withTrainer(body) }
}

/// What a query tells of a trainer; -1 on failure.
private func ask<Answer: SignedInteger>(
  _ handle: OpaquePointer?, _ body: (Trainer) throws -> Answer
) -> Answer {
  query(orElse: -1) {
    try trainerHandles.object(handle).takeUnretainedValue().withTrainer(body)
  }
}

/// A number of samples, of which training needs at least one.
private func someSamples(_ samples: Int64) throws -> Int {
  let samples = try checkedSamples(samples)
  guard samples > 0 else {
    throw NetJacError(.argument, "'samples' is 0; training needs at least one")
  }
  return samples
}

private func train(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ target: UnsafePointer<Double>?,
  _ body: (Trainer, Int, UnsafePointer<Double>, UnsafePointer<Double>) throws -> Void
) -> netjac_status {
  status {
    try trainerHandles.object(handle)._withUnsafeGuaranteedRef { record in
      try record.withTrainer { trainer in
        let samples = try someSamples(samples)
        let x = try input(x, samples, trainer.network)
        let target = try readable(target, samples, trainer.targetSize, "target")
        try body(trainer, samples, x, target)
      }
    }
  }
}
