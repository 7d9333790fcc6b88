// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Formats
import Glibc
import Graph
import Models
import Networks
import Tensors

/// What a `netjac_network` handle stands for.
final class NetworkRecord: Sendable {
  let network: Network
  let inputNames: CStrings
  let inputTypes: CStrings
  let outputNames: CStrings
  private let knownNonzeroCount = Once<Int>()
  private let knownKinks = Once<KinkStrings>()

  init(_ network: Network) {
    self.network = network
    inputNames = CStrings(network.inputs.map(\.name))
    inputTypes = CStrings(network.inputs.map { $0.wholeNumbers?.name ?? "real" })
    outputNames = CStrings(network.outputs.map(\.name))
  }

  /// How many elements of the Jacobian can be other than zero; asking the network makes arrays.
  func nonzeroCount() throws -> Int {
    try knownNonzeroCount { try network.jacobianSparsity().rowIndices.count }
  }

  /// What is said of the places where the network is not smooth.
  func kinks() throws -> KinkStrings {
    try knownKinks { KinkStrings(try network.kinkPlaces()) }
  }
}

/// The texts of a network's kinks.
final class KinkStrings: Sendable {
  let count: Int
  let nodes: CStrings
  let operations: CStrings
  let conventions: CStrings

  init(_ places: [Kinks.Place]) {
    count = places.count
    nodes = CStrings(places.map(\.node))
    operations = CStrings(places.map(\.operation))
    conventions = CStrings(places.map(\.convention))
  }
}

/// Names as C strings, made once so that a query can hand out a pointer that stays valid.
final class CStrings: @unchecked Sendable {
  private let strings: [UnsafeMutablePointer<CChar>?]

  init(_ names: [String]) { strings = names.map { strdup($0) } }

  deinit {
    for string in strings { free(string) }
  }

  subscript(index: Int) -> UnsafePointer<CChar>? { strings[index].map { UnsafePointer($0) } }
}

let networkHandles = HandleTable<NetworkRecord>(
  kind: "netjac_network", maker: "netjac_load", capacity: 1 << 20)

@_cdecl("netjac_version") @implementation
public func netjac_version() -> UnsafePointer<CChar>? {
  version[0]
}

private let version = CStrings([
  "\(NETJAC_VERSION_MAJOR).\(NETJAC_VERSION_MINOR).\(NETJAC_VERSION_PATCH)"
])

@_cdecl("netjac_load") @implementation
public func netjac_load(
  _ path: UnsafePointer<CChar>?, _ options: OpaquePointer?,
  _ network: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  making {
    let path = try text(path, "path")
    try load(into: network, options) {
      try FormatRegistry.load(path: path, options: $0)
    }
  }
}

@_cdecl("netjac_load_bytes") @implementation
public func netjac_load_bytes(
  _ bytes: UnsafeRawPointer?, _ size: Int, _ options: OpaquePointer?,
  _ network: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  making {
    // A size_t beyond the range of Int arrives as a negative number.
    guard size >= 0 else {
      throw NetJacError(
        .argument, "'size' is \(UInt(bitPattern: size)); no memory holds that many bytes")
    }
    guard bytes != nil || size == 0 else {
      throw NetJacError(.argument, "'bytes' is NULL; it must point to \(size) bytes")
    }
    try Memory.require(size)
    let file = UnsafeRawBufferPointer(start: bytes, count: size)
    try load(into: network, options) {
      try FormatRegistry.load(bytes: Array(file), options: $0)
    }
  }
}

@_cdecl("netjac_release") @implementation
public func netjac_release(_ network: OpaquePointer?) {
  guard network != nil else { return }
  _ = status { try networkHandles.release(network) }
}

private func load(
  into handle: UnsafeMutablePointer<OpaquePointer?>?, _ options: OpaquePointer?,
  _ read: (ImportOptions) throws -> NetworkDescription
) throws {
  let options = try NetJacC.options(options).network
  guard let handle else {
    throw NetJacError(.argument, "'network' is NULL; it must point to where the handle goes")
  }
  let network = try Network(read(options.importing), options)
  handle.pointee = try networkHandles.insert(NetworkRecord(network))
}
