import Graph
import Tensors

/// Turns an ONNX file into a program of primitives.
package enum ONNXImporter {
  package static func load(path: String, options: ImportOptions) throws -> ImportedNetwork {
    let model = try ONNXReader.load(path: path, memoryLimit: options.memoryLimit)
    return try located(path.quoted) { try load(model, options: options) }
  }

  package static func load(bytes: [UInt8], options: ImportOptions) throws -> ImportedNetwork {
    try load(
      ONNXReader.load(bytes: bytes, memoryLimit: options.memoryLimit), options: options)
  }

  package static func load(_ unordered: ONNXModel, options: ImportOptions) throws
    -> ImportedNetwork
  {
    var model = try ONNXStructure.ordered(unordered)
    let outputs = try kept(model.graph.outputs, options.outputs)
    model.graph.nodes = needed(model.graph.nodes, for: outputs.map(\.name))
    try OperatorSupport.check(model)
    let binding = try InputBinding(model.graph, options: options)
    let p = ProgramBuilder(real: options.real, memoryLimit: options.memoryLimit)
    let importer = GraphImporter(builder: p, model: model)

    var arguments: [String: Value] = [:]
    for input in binding.inputs {
      arguments[input.name] = try p.input(TensorType(input.element(options.real), input.shape))
    }
    for (input, numbers) in binding.fixed {
      arguments[input.name] = try located("option 'input.\(input.name)'") {
        try p.constant(input.tensor(numbers, real: options.real))
      }
    }
    let values = try importer.run(model.graph, arguments: arguments, keeping: outputs.map(\.name))
    let program = p.program(outputs: values)
    return ImportedNetwork(
      program: program,
      inputs: binding.inputs.map {
        ImportedPort(
          name: $0.name, elementType: $0.type.name, dims: $0.shape.dims,
          isBatched: binding.hasBatchAxis)
      },
      outputs: zip(outputs, program.outputTypes).map {
        port($0, $1, hasBatchAxis: binding.hasBatchAxis)
      },
      hasBatchAxis: binding.hasBatchAxis)
  }

  private static func kept(_ outputs: [ONNXPort], _ names: [String]?) throws -> [ONNXPort] {
    guard let names else { return outputs }
    return try names.map { name in
      guard let output = outputs.first(where: { $0.name == name }) else {
        throw NetJacError(
          .option,
          """
          option 'output' names \(name.quoted), which is no output; the outputs are \
          \(outputs.map(\.name).quotedList())
          """)
      }
      return output
    }
  }

  /// Nodes that the kept outputs do not need may be of any kind, so they are left out.
  private static func needed(_ nodes: [ONNXNode], for outputs: [String]) -> [ONNXNode] {
    var names = Set(outputs)
    var kept: [ONNXNode] = []
    for node in nodes.reversed() where node.outputs.contains(where: names.contains) {
      names.formUnion(node.neededNames)
      kept.append(node)
    }
    return kept.reversed()
  }

  /// An output's leading axis is the batch when there is one and nothing contradicts it.
  private static func port(_ port: ONNXPort, _ type: TensorType, hasBatchAxis: Bool)
    -> ImportedPort
  {
    var element = type.element == .bool ? "bool" : type.element.isReal ? "float" : "int64"
    var isBatched = hasBatchAxis && type.dims.first == 1
    if case .tensor(let declared, let dimensions) = port.type {
      element = declared.name
      if let first = dimensions?.first, case .fixed(let length) = first, length != 1 {
        isBatched = false
      }
    }
    return ImportedPort(
      name: port.name, elementType: element, dims: type.dims, isBatched: isBatched)
  }
}
