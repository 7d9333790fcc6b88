import Graph
import Models
import SwiftProtobuf
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes networks as ONNX files.
package enum ONNXWriter {
  package static func save(_ network: WritableNetwork, to path: String) throws {
    let data = try encoded(network)
    try data.withUnsafeBytes { try AtomicFile.write($0, to: path) }
  }

  private static func encoded(_ network: WritableNetwork) throws -> Data {
    // As the program has them, as messages, and as the file.
    let parameters = network.parameters.reduce(0) {
      $0.addingSaturated($1.value.type.byteCount)
    }
    try Memory.require(parameters.multipliedSaturated(by: 4))
    var model: WireModelProto?
    if network.inputs.contains(where: \.isBatched),
      let batched = try BatchedProgram(sizes: (5, 7), network.program)
    {
      do {
        model = try self.model(batched, network)
      } catch is NotBatched {}
    }
    if model == nil {
      do {
        model = try self.model(BatchedProgram(fixed: network.program(1)), network)
      } catch let error as NotBatched {
        throw NetJacError(.defect, "\(error.place) of a fixed program was taken for a batched one")
      }
    }
    do {
      return try (model ?? WireModelProto()).serializedData()
    } catch {
      throw NetJacError(
        .unsupported, "the network cannot be saved: its file would be larger than 2 GB (\(error))")
    }
  }

  private static func model(
    _ batched: BatchedProgram, _ network: WritableNetwork
  ) throws -> WireModelProto {
    let (inputs, outputs, parameters) = (network.inputs, network.outputs, network.parameters)
    let program = batched.program
    let ports = (inputs + outputs).map(\.name)
    let writer = ProgramWriter(
      batched, reserved: ports + parameters.map(\.name),
      batchSource: inputs.first(where: \.isBatched)?.name)
    // A parameter may have the name of an input or output of the new file.
    var used = Set(ports)
    for (value, input) in zip(program.inputs, inputs) { writer.define(value, input.name) }
    for (value, parameter) in zip(program.inputs.dropFirst(inputs.count), parameters) {
      let name = used.insert(parameter.name).inserted ? parameter.name : writer.newName()
      writer.addInitialiser(name, parameter.value)
      writer.define(value, name)
    }
    try writer.writeNodes()
    // A name of a file means one value: an output may be called as the input that it is, and as nothing else.
    let read = Dictionary(
      zip(inputs.map(\.name), program.inputs), uniquingKeysWith: { first, _ in first })
    var given: Set<String> = []
    var outputNames: [String] = []
    for (value, output) in zip(program.outputs, outputs) {
      let isOwn = read[output.name] ?? value == value && given.insert(output.name).inserted
      let name = isOwn ? output.name : writer.freeName(output.name)
      outputNames.append(name)
      if read[name] == nil { writer.append("Identity", [try writer.full(value)], [], [name]) }
    }
    writer.prune(outputs: outputNames)
    var graph = WireGraphProto()
    graph.name = "network"
    graph.node = writer.nodes
    graph.initializer = writer.initialisers
    graph.input = zip(program.inputs, inputs).map { info($0, $1.name, batched) }
    graph.output = zip(program.outputs, outputNames).map { info($0, $1, batched) }
    var model = WireModelProto()
    model.irVersion = 8
    model.producerName = "NetJac"
    model.graph = graph
    model.functions = writer.functions
    model.opsetImport = [ProgramWriter.standardOpset]
    if !model.functions.isEmpty {
      var own = WireOperatorSetIdProto()
      own.domain = OwnOperators.domain
      own.version = OwnOperators.version
      model.opsetImport.append(own)
    }
    return model
  }

  private static func info(_ value: Value, _ name: String, _ batched: BatchedProgram)
    -> WireValueInfoProto
  {
    var tensor = WireTypeProto.Tensor()
    tensor.elemType = batched.program.type(value).element.wireCode
    tensor.shape.dim = batched.shape(value).map { length in
      var dimension = WireTensorShapeProto.Dimension()
      switch length {
      case .fixed(let length): dimension.dimValue = Int64(length)
      case .batches(1): dimension.dimParam = "batch"
      case .batches(let multiple): dimension.dimParam = "batch*\(multiple)"
      }
      return dimension
    }
    var info = WireValueInfoProto()
    info.name = name
    info.type.tensorType = tensor
    return info
  }
}
