// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Tensors

@_cdecl("netjac_kink_count") @implementation
public func netjac_kink_count(_ network: OpaquePointer?) -> Int32 {
  query(orElse: -1) {
    let count = try networkHandles.object(network).takeUnretainedValue().kinks().count
    guard let count = Int32(exactly: count) else {
      throw NetJacError(.defect, "\(count) nodes do not fit an int32_t")
    }
    return count
  }
}

@_cdecl("netjac_kink_node") @implementation
public func netjac_kink_node(_ network: OpaquePointer?, _ index: Int32) -> UnsafePointer<CChar>? {
  text(of: network, index) { $0.nodes }
}

@_cdecl("netjac_kink_operator") @implementation
public func netjac_kink_operator(
  _ network: OpaquePointer?, _ index: Int32
) -> UnsafePointer<CChar>? {
  text(of: network, index) { $0.operations }
}

@_cdecl("netjac_kink_convention") @implementation
public func netjac_kink_convention(
  _ network: OpaquePointer?, _ index: Int32
) -> UnsafePointer<CChar>? {
  text(of: network, index) { $0.conventions }
}

private func text(
  of network: OpaquePointer?, _ index: Int32, _ strings: (KinkStrings) -> CStrings
) -> UnsafePointer<CChar>? {
  query(orElse: nil) {
    let kinks = try networkHandles.object(network).takeUnretainedValue().kinks()
    guard index >= 0, index < kinks.count else {
      throw NetJacError(
        .argument,
        "node \(index) with kinks does not exist; the network has \(kinks.count), counted from 0")
    }
    return strings(kinks)[Int(index)]
  }
}
