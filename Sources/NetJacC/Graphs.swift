// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Building
import CNetJac
import Formats
import Graph
import Networks
import Synchronization
import Tensors

/// What a `netjac_graph` handle stands for.
final class GraphRecord: @unchecked Sendable {
  private let session = GraphSession(vocabulary: ONNXVocabulary())
  /// One thread at a time is the rule; a caller who breaks it must not corrupt memory.
  private let lock = Mutex(())

  func withSession<Result>(_ body: (GraphSession) throws -> Result) throws -> Result {
    try ForkGate.behind { try lock.withLock { _ in try body(session) } }
  }
}

let graphHandles = HandleTable<GraphRecord>(
  kind: "netjac_graph", maker: "netjac_graph_create", capacity: 1 << 16)

@_cdecl("netjac_graph_create") @implementation
public func netjac_graph_create(
  _ graph: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  making { try receiver(graph, "graph").pointee = try graphHandles.insert(GraphRecord()) }
}

@_cdecl("netjac_graph_release") @implementation
public func netjac_graph_release(_ graph: OpaquePointer?) {
  guard graph != nil else { return }
  _ = status { try graphHandles.release(graph) }
}

@_cdecl("netjac_graph_input") @implementation
public func netjac_graph_input(
  _ graph: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ rank: Int32,
  _ dims: UnsafePointer<Int64>?, _ value: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  build(graph) { session in
    let value = try receiver(value, "value")
    value.pointee = try number(session.input(text(name, "name"), lengths(rank, dims)))
  }
}

@_cdecl("netjac_graph_parameter") @implementation
public func netjac_graph_parameter(
  _ graph: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ rank: Int32,
  _ dims: UnsafePointer<Int64>?, _ initial: UnsafePointer<Double>?,
  _ value: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  build(graph) { session in
    let value = try receiver(value, "value")
    let name = try text(name, "name")
    let dims = try lengths(rank, dims)
    value.pointee = try number(
      session.parameter(name, dims, elements(initial, dims, "initial")))
  }
}

@_cdecl("netjac_graph_constant") @implementation
public func netjac_graph_constant(
  _ graph: OpaquePointer?, _ rank: Int32, _ dims: UnsafePointer<Int64>?,
  _ data: UnsafePointer<Double>?, _ value: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  build(graph) { session in
    let value = try receiver(value, "value")
    let dims = try lengths(rank, dims)
    value.pointee = try number(session.constant(dims, elements(data, dims, "data")))
  }
}

@_cdecl("netjac_graph_apply") @implementation
public func netjac_graph_apply(
  _ graph: OpaquePointer?, _ operatorName: UnsafePointer<CChar>?, _ inputCount: Int32,
  _ inputs: UnsafePointer<Int32>?, _ attributes: UnsafePointer<CChar>?, _ outputCount: Int32,
  _ outputs: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  build(graph) { session in
    let name = try text(operatorName, "operator_name")
    let operands = try list(inputs, inputCount, "inputs").map { $0 == -1 ? nil : $0 }
    let attributes = try attributes.map { try text($0, "attributes") } ?? ""
    let outputs = try writableList(outputs, outputCount, "outputs")
    guard outputCount > 0 else {
      throw NetJacError(.argument, "'output_count' is \(outputCount); it must be 1 or more")
    }
    let results = try session.apply(
      name, operands, attributes: attributes, outputCount: Int(outputCount)
    ).map(number)
    outputs.update(from: results, count: results.count)
  }
}

@_cdecl("netjac_graph_gradients") @implementation
public func netjac_graph_gradients(
  _ graph: OpaquePointer?, _ y: Int32, _ count: Int32, _ xs: UnsafePointer<Int32>?,
  _ gradients: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  build(graph) { session in
    let xs = try list(xs, count, "xs")
    let gradients = try writableList(gradients, count, "gradients")
    let results = try session.gradients(of: Int(y), by: xs).map(number)
    gradients.update(from: results, count: results.count)
  }
}

@_cdecl("netjac_graph_jvp") @implementation
public func netjac_graph_jvp(
  _ graph: OpaquePointer?, _ y: Int32, _ count: Int32, _ xs: UnsafePointer<Int32>?,
  _ tangents: UnsafePointer<Int32>?, _ product: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  build(graph) { session in
    let xs = try list(xs, count, "xs")
    let tangents = try list(tangents, count, "tangents")
    let product = try receiver(product, "product")
    product.pointee = try number(session.jvp(of: Int(y), by: xs, along: tangents))
  }
}

@_cdecl("netjac_graph_network") @implementation
public func netjac_graph_network(
  _ graph: OpaquePointer?, _ inputCount: Int32, _ inputs: UnsafePointer<Int32>?,
  _ outputCount: Int32, _ outputs: UnsafePointer<Int32>?,
  _ network: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  build(graph) { session in
    let inputs = try list(inputs, inputCount, "inputs")
    let outputs = try list(outputs, outputCount, "outputs")
    let network = try receiver(network, "network")
    let options = NetworkOptions()
    let imported = try session.network(
      inputs: inputs, outputs: outputs, memoryLimit: options.memoryLimit)
    network.pointee = try networkHandles.insert(
      NetworkRecord(try Network(imported, options)))
  }
}

@_cdecl("netjac_graph_show") @implementation
public func netjac_graph_show(
  _ graph: OpaquePointer?, _ value: Int32, _ notation: UnsafePointer<CChar>?, _ strength: Int32,
  _ count: Int32, _ operands: UnsafePointer<Int32>?, _ size: UnsafePointer<CChar>?
) -> netjac_status {
  build(graph) { session in
    let notation = try notation.map { try text($0, "notation") }
    guard strength >= 0 else {
      throw NetJacError(.argument, "'strength' is \(strength); it must be 0 or more")
    }
    try session.show(
      Int(value),
      as: notation.map { Notation($0, strength: strength > 0 ? Int(strength) : nil) },
      of: list(operands, count, "operands"), size: size.map { try text($0, "size") })
  }
}

@_cdecl("netjac_graph_text") @implementation
public func netjac_graph_text(
  _ graph: OpaquePointer?, _ format: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?,
  _ size: Int, _ needed: UnsafeMutablePointer<Int>?
) -> netjac_status {
  build(graph) { session in
    let needed = try optional(needed, 1, 1, "needed")
    deliver(try session.text(text(format, "format")), buffer, size, needed)
  }
}

@_cdecl("netjac_graph_rank") @implementation
public func netjac_graph_rank(_ graph: OpaquePointer?, _ value: Int32) -> Int32 {
  query(orElse: -1) {
    try record(graph).withSession { try number($0.shape(Int(value)).rank) }
  }
}

@_cdecl("netjac_graph_dim") @implementation
public func netjac_graph_dim(_ graph: OpaquePointer?, _ value: Int32, _ axis: Int32) -> Int64 {
  query(orElse: -1) {
    try record(graph).withSession { session in
      let dims = try session.shape(Int(value)).dims
      guard dims.indices.contains(Int(axis)) else {
        throw NetJacError(
          .argument, "value \(value) has no axis \(axis); it has \(dims.count), counted from 0")
      }
      return Int64(dims[Int(axis)])
    }
  }
}

// MARK: - Arguments

private func record(_ handle: OpaquePointer?) throws -> GraphRecord {
  try graphHandles.object(handle).takeUnretainedValue()
}

private func build(
  _ handle: OpaquePointer?, _ body: (GraphSession) throws -> Void
) -> netjac_status {
  making { try record(handle).withSession(body) }
}

/// Where a result goes, which must be there.
func receiver<Result>(
  _ pointer: UnsafeMutablePointer<Result>?, _ name: StaticString
) throws -> UnsafeMutablePointer<Result> {
  guard let pointer else {
    throw NetJacError(.argument, "'\(name)' is NULL; it must point to where the result goes")
  }
  return try writable(pointer, 1, 1, name)
}

private func lengths(_ rank: Int32, _ dims: UnsafePointer<Int64>?) throws -> [Int] {
  guard (0...64).contains(rank) else {
    throw NetJacError(.argument, "'rank' is \(rank); it must be 0 to 64")
  }
  let dims = try readable(dims, 1, Int(rank), "dims")
  return (0..<Int(rank)).map { Int(dims[$0]) }
}

private func elements(
  _ data: UnsafePointer<Double>?, _ dims: [Int], _ name: StaticString
) throws -> [Double] {
  let count = try Shape(checking: dims).count
  // The array, and the tensor that is made of it.
  try Memory.require(count.multipliedSaturated(by: 16))
  return Array(UnsafeBufferPointer(start: try readable(data, 1, count, name), count: count))
}

private func list(
  _ values: UnsafePointer<Int32>?, _ count: Int32, _ name: StaticString
) throws -> [Int] {
  let count = try listLength(count, name)
  let values = try readable(values, 1, count, name)
  return (0..<count).map { Int(values[$0]) }
}

private func writableList(
  _ values: UnsafeMutablePointer<Int32>?, _ count: Int32, _ name: StaticString
) throws -> UnsafeMutablePointer<Int32> {
  try writable(values, 1, try listLength(count, name), name)
}

/// A list longer than a graph can be is not read.
private func listLength(_ count: Int32, _ name: StaticString) throws -> Int {
  guard (0...ProgramBuilder.nodeLimit).contains(Int(count)) else {
    throw NetJacError(
      .argument,
      "the number of '\(name)' is \(count); it must be 0 to \(ProgramBuilder.nodeLimit)")
  }
  return Int(count)
}

private func number(_ value: Int) throws -> Int32 {
  guard let number = Int32(exactly: value) else {
    throw NetJacError(.memory, "a graph cannot have more than \(Int32.max) values")
  }
  return number
}
