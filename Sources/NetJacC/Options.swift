// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks
import Stores
import Synchronization
import Tensors
import Training

/// What a caller may choose for networks, training and stores, under keys that stand in one space of names.
struct CallerOptions: Sendable {
  var network = NetworkOptions()
  var training = TrainingOptions()
  var store = StoreOptions()

  /// Sets one option from text; the options stay as they were if that fails.
  mutating func set(_ key: String, to value: String) throws {
    if try training.set(key, to: value) { return }
    if try store.set(key, to: value.trimmed) { return }
    try network.set(key, to: value, others: TrainingOptions.knownKeys + StoreOptions.knownKeys)
  }
}

/// What a `netjac_options` handle stands for.
final class OptionsRecord: Sendable {
  let options = Mutex(CallerOptions())
}

let optionsHandles = HandleTable<OptionsRecord>(
  kind: "netjac_options", maker: "netjac_options_create", capacity: 1 << 16)

/// The options behind a handle, or the defaults for NULL.
func options(_ handle: OpaquePointer?) throws -> CallerOptions {
  guard let handle else { return CallerOptions() }
  let record = try optionsHandles.object(handle).takeUnretainedValue()
  return ForkGate.behind { record.options.withLock { $0 } }
}

@_cdecl("netjac_options_create") @implementation
public func netjac_options_create() -> OpaquePointer? {
  query(orElse: nil) { try ForkGate.behind { try optionsHandles.insert(OptionsRecord()) } }
}

@_cdecl("netjac_options_set") @implementation
public func netjac_options_set(
  _ options: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> netjac_status {
  making {
    let record = try optionsHandles.object(options).takeUnretainedValue()
    let key = try text(key, "key")
    let value = try text(value, "value")
    try record.options.withLock { try $0.set(key, to: value) }
  }
}

@_cdecl("netjac_options_release") @implementation
public func netjac_options_release(_ options: OpaquePointer?) {
  guard options != nil else { return }
  _ = status { try optionsHandles.release(options) }
}
