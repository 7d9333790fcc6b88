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
    let program = try program(model, binding, outputs, [], options)
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
      hasBatchAxis: binding.hasBatchAxis,
      parametric: { [model] real in
        var options = options
        options.real = real
        return try parametric(model, binding, outputs, options)
      })
  }

  /// The program whose inputs are those of the network, then the given parameters.
  private static func program(
    _ model: ONNXModel, _ binding: InputBinding, _ outputs: [ONNXPort], _ parameters: [Parameter],
    _ options: ImportOptions
  ) throws -> Program {
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
    for parameter in parameters {
      let value = try p.input(parameter.value.type)
      arguments[parameter.name] = value
      importer.parameterNames[value.index] = parameter.name
    }
    let values = try importer.run(model.graph, arguments: arguments, keeping: outputs.map(\.name))
    return p.program(outputs: values)
  }

  /// The program of its float initialisers, except those that operators must know to say what they
  /// compute (such as the scales of a resize).
  private static func parametric(
    _ model: ONNXModel, _ binding: InputBinding, _ outputs: [ONNXPort], _ options: ImportOptions
  ) throws -> ParametricProgram {
    let used = model.graph.nodes.reduce(into: Set(outputs.map(\.name))) {
      $0.formUnion($1.neededNames)
    }
    var fixed = Set(binding.fixed.map(\.0.name))
    while true {
      let parameters = try model.graph.initialisers.filter {
        $0.elementType.holding == .real && used.contains($0.name) && !fixed.contains($0.name)
      }.map { Parameter(name: $0.name, value: try $0.value(real: options.real)) }
      do {
        return ParametricProgram(
          program: try program(model, binding, outputs, parameters, options),
          parameters: parameters)
      } catch let error as ParametersNeeded {
        fixed.formUnion(error.names)
      }
    }
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
