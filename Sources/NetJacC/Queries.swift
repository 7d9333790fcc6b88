// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Models
import Networks
import Tensors

@_cdecl("netjac_input_count") @implementation
public func netjac_input_count(_ network: OpaquePointer?) -> Int32 {
  query(orElse: -1) { try count(record(network).network.inputs) }
}

@_cdecl("netjac_output_count") @implementation
public func netjac_output_count(_ network: OpaquePointer?) -> Int32 {
  query(orElse: -1) { try count(record(network).network.outputs) }
}

@_cdecl("netjac_input_name") @implementation
public func netjac_input_name(_ network: OpaquePointer?, _ index: Int32) -> UnsafePointer<CChar>? {
  query(orElse: nil) {
    let record = try record(network)
    return record.inputNames[try position(index, in: record.network.inputs, "input")]
  }
}

@_cdecl("netjac_input_type") @implementation
public func netjac_input_type(_ network: OpaquePointer?, _ index: Int32) -> UnsafePointer<CChar>? {
  query(orElse: nil) {
    let record = try record(network)
    return record.inputTypes[try position(index, in: record.network.inputs, "input")]
  }
}

@_cdecl("netjac_output_name") @implementation
public func netjac_output_name(_ network: OpaquePointer?, _ index: Int32) -> UnsafePointer<CChar>? {
  query(orElse: nil) {
    let record = try record(network)
    return record.outputNames[try position(index, in: record.network.outputs, "output")]
  }
}

@_cdecl("netjac_input_rank") @implementation
public func netjac_input_rank(_ network: OpaquePointer?, _ index: Int32) -> Int32 {
  query(orElse: -1) {
    try count(port(index, of: record(network).network.inputs, "input").sampleDims)
  }
}

@_cdecl("netjac_output_rank") @implementation
public func netjac_output_rank(_ network: OpaquePointer?, _ index: Int32) -> Int32 {
  query(orElse: -1) {
    try count(port(index, of: record(network).network.outputs, "output").sampleDims)
  }
}

@_cdecl("netjac_input_dim") @implementation
public func netjac_input_dim(_ network: OpaquePointer?, _ index: Int32, _ axis: Int32) -> Int64 {
  query(orElse: -1) {
    try length(of: axis, of: port(index, of: record(network).network.inputs, "input"), "input")
  }
}

@_cdecl("netjac_output_dim") @implementation
public func netjac_output_dim(_ network: OpaquePointer?, _ index: Int32, _ axis: Int32) -> Int64 {
  query(orElse: -1) {
    try length(of: axis, of: port(index, of: record(network).network.outputs, "output"), "output")
  }
}

@_cdecl("netjac_input_size") @implementation
public func netjac_input_size(_ network: OpaquePointer?) -> Int64 {
  query(orElse: -1) { Int64(try record(network).network.inputSize) }
}

@_cdecl("netjac_output_size") @implementation
public func netjac_output_size(_ network: OpaquePointer?) -> Int64 {
  query(orElse: -1) { Int64(try record(network).network.outputSize) }
}

private func record(_ handle: OpaquePointer?) throws -> NetworkRecord {
  try networkHandles.object(handle).takeUnretainedValue()
}

private func count(_ elements: some Collection) throws -> Int32 {
  guard let count = Int32(exactly: elements.count) else {
    throw NetJacError(.defect, "\(elements.count) inputs, outputs or axes do not fit an int32_t")
  }
  return count
}

private func position(_ index: Int32, in ports: [Port], _ noun: StaticString) throws -> Int {
  guard ports.indices.contains(Int(index)) else {
    throw NetJacError(
      .argument, "\(noun) \(index) does not exist; the network has \(ports.count), counted from 0")
  }
  return Int(index)
}

private func port(_ index: Int32, of ports: [Port], _ noun: StaticString) throws -> Port {
  ports[try position(index, in: ports, noun)]
}

private func length(of axis: Int32, of port: Port, _ noun: StaticString) throws -> Int64 {
  let dims = port.sampleDims
  guard axis >= 0, axis < dims.count else {
    throw NetJacError(
      .argument,
      "\(noun) '\(port.name)' has no axis \(axis); it has \(dims.count), counted from 0")
  }
  return Int64(dims[dims.startIndex + Int(axis)])
}
