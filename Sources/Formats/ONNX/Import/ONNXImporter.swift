import Graph
import Models
import Tensors

/// Turns an ONNX file into a program of primitives.
package enum ONNXImporter {
  package static func load(_ unordered: ONNXModel, options: ImportOptions) throws
    -> NetworkDescription
  {
    var model = try ONNXStructure.ordered(unordered)
    let outputs = try keptOutputs(model.graph, options)
    model.graph.nodes = needed(model.graph.nodes, for: outputs.map(\.name))
    try OperatorSupport.check(model)
    let binding = try binding(model.graph, options)
    try keepNeededInitialisers(&model.graph, for: outputs.map(\.name))
    let program = try program(model, binding, outputs, [], options)
    return NetworkDescription(
      program: program,
      inputs: binding.ports,
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
    let importer = GraphImporter(
      builder: p, model: model, declarations: DeclaredTypes(binding: binding))
    importer.loopLimit = options.loopLimit
    var arguments: [String: Value] = [:]
    for input in binding.inputs {
      arguments[input.name] = try p.input(input.type(options.real))
    }
    for (input, numbers) in binding.fixed {
      arguments[input.name] = try located("option 'input.\(input.name)'") {
        try p.constant(input.tensor(numbers, real: options.real))
      }
    }
    for parameter in parameters {
      let value = try p.input(parameter.value.type)
      arguments[parameter.name] = value
      importer.parameterNames.insert(parameter.name, at: value)
    }
    let values = try importer.run(model.graph, arguments: arguments, keeping: outputs.map(\.name))
    return p.program(outputs: values)
  }

  /// The program of its float initialisers, except those that operators must know to say what they
  /// compute (such as the scales of a resize).
  private static func parametric(
    _ model: ONNXModel, _ binding: InputBinding, _ outputs: [ONNXPort], _ options: ImportOptions
  ) throws -> ParametricProgram {
    var fixed = Set(binding.fixed.map(\.input.name))
    while true {
      let parameters = try model.graph.initialisers.filter {
        $0.elementType.holding == .real && !fixed.contains($0.name)
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

  /// The outputs that have numbers, or those that an option names, which may be any values of the graph.
  private static func keptOutputs(_ graph: ONNXGraph, _ options: ImportOptions) throws -> [ONNXPort]
  {
    let numbers = graph.outputs.filter { port in
      if case .tensor(let type, _) = port.type { type.holding.element != nil } else { true }
    }
    // Labels of classes may be texts, which have no derivatives and no place in y.
    guard let names = options.outputs else { return numbers.isEmpty ? graph.outputs : numbers }
    let made = Set(graph.nodes.flatMap(\.outputs))
    let known = Set(graph.outputs.map(\.name))
    let inner = names.filter { !known.contains($0) && made.contains($0) }
    return try options.kept(
      graph.outputs + inner.map { ONNXPort(name: $0, type: .undeclared) }, name: \.name)
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

  /// Leaves out what no node uses and reads what is in other files, once for the program's constants and for
  /// the parameters: the network keeps them as long as it lives.
  private static func keepNeededInitialisers(
    _ graph: inout ONNXGraph, for outputs: [String]
  ) throws {
    let used = graph.nodes.reduce(into: Set(outputs)) { $0.formUnion($1.neededNames) }
    graph.initialisers = try graph.initialisers.filter { used.contains($0.name) }.map {
      try $0.withDecodedReals()
    }
    graph.sparseInitialisers.removeAll { !used.contains($0.values.name) }
  }

  /// The inputs as the file declares them. An initialiser that is listed as an input is a default,
  /// which only an option replaces.
  private static func binding(_ graph: ONNXGraph, _ options: ImportOptions) throws -> InputBinding {
    let constants = Set(graph.constantNames)
    let open = graph.inputs.filter {
      !constants.contains($0.name) || options.fixedInputs[$0.name] != nil
    }
    return try InputBinding(
      open.map { try $0.declared() }, names: graph.inputs.map(\.name), options: options)
  }

  /// An output's leading axis is the batch when there is one and nothing contradicts it.
  private static func port(_ port: ONNXPort, _ type: TensorType, hasBatchAxis: Bool) -> Port {
    var isBatched = hasBatchAxis && type.dims.first == 1
    if case .tensor(_, let dimensions) = port.type,
      let first = dimensions?.first, case .fixed(let length) = first, length != 1
    {
      isBatched = false
    }
    return Port(name: port.name, dims: type.dims, isBatched: isBatched)
  }
}

extension ONNXPort {
  /// The port as an input of a network, which must be a tensor of known rank.
  fileprivate func declared() throws -> DeclaredInput {
    let place = "input \(name.quoted)"
    switch type {
    case .tensor(let type, .some(let dimensions)):
      guard let element = type.holding.element else {
        throw NetJacError(
          .unsupported, "\(place) has elements of type \(type.name), which NetJac has no values for"
        )
      }
      return DeclaredInput(
        name: name, element: element, typeName: type.name, dimensions: dimensions)
    case .tensor(_, nil), .undeclared:
      throw NetJacError(
        .unsupported, "\(place) declares no shape; export the model with the shapes of its inputs")
    case .unsupported(let kind):
      throw NetJacError(.unsupported, "\(place) is a \(kind); only tensors are supported")
    }
  }
}
