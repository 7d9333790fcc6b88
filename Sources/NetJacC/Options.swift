// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks
import Stores
import Synchronization
import Tensors

/// What a `netjac_options` handle stands for.
final class OptionsRecord: Sendable {
  struct Options: Sendable {
    var network = NetworkOptions()
    var store = StoreOptions()

    /// Sets the option that has this key, whomever it belongs to.
    mutating func set(_ key: String, to value: String) throws {
      let isOfStores = try store.set(key, to: value.trimmed)
      if !isOfStores { try network.set(key, to: value, besides: StoreOptions.knownKeys) }
    }
  }

  let options = Mutex(Options())
}

let optionsHandles = HandleTable<OptionsRecord>(
  kind: "netjac_options", maker: "netjac_options_create", capacity: 1 << 16)

/// The options behind a handle, or the defaults for NULL.
func options(_ handle: OpaquePointer?) throws -> NetworkOptions {
  try allOptions(handle).network
}

/// Those of stores and studies.
func storeOptions(_ handle: OpaquePointer?) throws -> StoreOptions {
  try allOptions(handle).store
}

private func allOptions(_ handle: OpaquePointer?) throws -> OptionsRecord.Options {
  guard let handle else { return OptionsRecord.Options() }
  return try optionsHandles.object(handle).takeUnretainedValue().options.withLock { $0 }
}

@_cdecl("netjac_options_create") @implementation
public func netjac_options_create() -> OpaquePointer? {
  query(orElse: nil) { try optionsHandles.insert(OptionsRecord()) }
}

@_cdecl("netjac_options_set") @implementation
public func netjac_options_set(
  _ options: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> netjac_status {
  status {
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
