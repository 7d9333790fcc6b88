// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Formats
import Networks

@_cdecl("netjac_save") @implementation
public func netjac_save(
  _ network: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> netjac_status {
  making {
    let record = try networkHandles.object(network).takeUnretainedValue()
    try FormatRegistry.saving.save(record.network.writable(), to: text(path, "path"))
  }
}

@_cdecl("netjac_save_jacobian") @implementation
public func netjac_save_jacobian(
  _ network: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> netjac_status {
  making {
    let record = try networkHandles.object(network).takeUnretainedValue()
    try FormatRegistry.saving.save(record.network.writableJacobian(), to: text(path, "path"))
  }
}
