// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks
import Tensors

@_cdecl("netjac_prepare") @implementation
public func netjac_prepare(
  _ network: OpaquePointer?, _ task: UnsafePointer<CChar>?, _ samples: Int64
) -> netjac_status {
  making {
    let record = try networkHandles.object(network).takeUnretainedValue()
    let task = try namedTask(task)
    let samples = try checkedSamples(samples)
    for width in [record.network.inputSize, record.network.outputSize] {
      _ = try scalarCount(samples, width, "x or y")
    }
    try record.network.prepare(task, samples: samples)
    if task == .jacobianSparse { _ = try record.nonzeroCount() }
    if task == .kinks { _ = try record.kinks().count }
  }
}

@_cdecl("netjac_network_plan") @implementation
public func netjac_network_plan(
  _ network: OpaquePointer?, _ task: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?,
  _ size: Int, _ needed: UnsafeMutablePointer<Int>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    let needed = try optional(needed, 1, 1, "needed")
    deliver(try network.plan(namedTask(task)), buffer, size, needed)
  }
}

private func namedTask(_ task: UnsafePointer<CChar>?) throws -> Task {
  let name = try text(task, "task")
  guard let task = Task.allCases.first(where: { $0.name == name }) else {
    let known = Task.allCases.map(\.name).joined(separator: ", ")
    throw NetJacError(.argument, "'task' is '\(name)'; it must be one of \(known)")
  }
  return task
}

@_cdecl("netjac_jacobian_sparsity") @implementation
public func netjac_jacobian_sparsity(
  _ network: OpaquePointer?, _ nonzeros: UnsafeMutablePointer<Int64>?,
  _ columnPointers: UnsafeMutablePointer<Int64>?, _ rowIndices: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    try deliver(network.jacobianSparsity(), nonzeros, columnPointers, rowIndices)
  }
}

@_cdecl("netjac_hessian_sparsity") @implementation
public func netjac_hessian_sparsity(
  _ network: OpaquePointer?, _ nonzeros: UnsafeMutablePointer<Int64>?,
  _ columnPointers: UnsafeMutablePointer<Int64>?, _ rowIndices: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    try deliver(network.hessianSparsity(), nonzeros, columnPointers, rowIndices)
  }
}

/// A structure in the caller's arrays, of which each may be left out.
private func deliver(
  _ structure: Network.Structure, _ nonzeros: UnsafeMutablePointer<Int64>?,
  _ columnPointers: UnsafeMutablePointer<Int64>?, _ rowIndices: UnsafeMutablePointer<Int64>?
) throws {
  let count = structure.rowIndices.count
  let nonzeros = try optional(nonzeros, 1, 1, "nonzeros")
  let columns = try optional(columnPointers, 1, structure.columnPointers.count, "column_pointers")
  let rows = try optional(rowIndices, 1, count, "row_indices")
  nonzeros?.pointee = Int64(count)
  columns?.update(from: structure.columnPointers, count: structure.columnPointers.count)
  rows?.update(from: structure.rowIndices, count: count)
}

@_cdecl("netjac_jacobian_plan") @implementation
public func netjac_jacobian_plan(
  _ network: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int,
  _ needed: UnsafeMutablePointer<Int>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    let needed = try optional(needed, 1, 1, "needed")
    deliver(try network.jacobianPlan(), buffer, size, needed)
  }
}

/// Text in a caller's buffer, cut off to fit, and its length with the zero byte.
func deliver(
  _ text: String, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int,
  _ needed: UnsafeMutablePointer<Int>?
) {
  let text = Array(text.utf8)
  needed?.pointee = text.count + 1
  guard let buffer, size != 0 else { return }
  // A size_t beyond the range of Int arrives as a negative number, and is large enough.
  var count = size < 0 ? text.count : min(size - 1, text.count)
  // Not in the middle of a character: bytes 10xxxxxx continue one.
  while count > 0, count < text.count, text[count] & 0xC0 == 0x80 { count -= 1 }
  for index in 0..<count { buffer[index] = CChar(bitPattern: text[index]) }
  buffer[count] = 0
}

@_cdecl("netjac_jacobian_cost") @implementation
public func netjac_jacobian_cost(
  _ network: OpaquePointer?, _ chosen: UnsafeMutablePointer<Int64>?,
  _ forward: UnsafeMutablePointer<Int64>?, _ reverse: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    let chosen = try optional(chosen, 1, 1, "chosen")
    let forward = try optional(forward, 1, 1, "forward")
    let reverse = try optional(reverse, 1, 1, "reverse")
    let cost = try network.jacobianCost()
    chosen?.pointee = Int64(cost.chosen)
    forward?.pointee = Int64(cost.forward)
    reverse?.pointee = Int64(cost.reverse)
  }
}

@_cdecl("netjac_jacobian_seeds") @implementation
public func netjac_jacobian_seeds(
  _ network: OpaquePointer?, _ seeds: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    let seeds = try writable(seeds, 1, 1, "seeds")
    seeds.pointee = Int64(try network.jacobianSeedCount())
  }
}
