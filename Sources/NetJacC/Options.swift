// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks
import Synchronization

/// What a `netjac_options` handle stands for.
final class OptionsRecord: Sendable {
  let options = Mutex(NetworkOptions())
}

let optionsHandles = HandleTable<OptionsRecord>(
  kind: "netjac_options", maker: "netjac_options_create", capacity: 1 << 16)

/// The options behind a handle, or the defaults for NULL.
func options(_ handle: OpaquePointer?) throws -> NetworkOptions {
  guard let handle else { return NetworkOptions() }
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
