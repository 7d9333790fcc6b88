// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks

@_cdecl("netjac_save") @implementation
public func netjac_save(
  _ network: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> netjac_status {
  status {
    let record = try networkHandles.object(network).takeUnretainedValue()
    try record.network.save(path: text(path, "path"))
  }
}

@_cdecl("netjac_save_jacobian") @implementation
public func netjac_save_jacobian(
  _ network: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> netjac_status {
  status {
    let record = try networkHandles.object(network).takeUnretainedValue()
    try record.network.saveJacobian(path: text(path, "path"))
  }
}
