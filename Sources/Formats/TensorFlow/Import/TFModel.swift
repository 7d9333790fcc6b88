import Containers
import Graph
import Models
import Tensors

/// Turns a function of a TensorFlow model into a program of primitives.
struct TFModel: Sendable {
  /// GraphDef. It is decoded anew for each program that is made of it, which shares nothing between
  /// threads.
  let graph: Bytes
  let restoreNode: String
  /// Where the variables are; nil for bytes in memory.
  let folder: ModelFolder?

  func network(_ given: TFSignature, options: ImportOptions) throws -> NetworkDescription {
    let graph = try TFGraph(graph)
    let signature = try located("signature \(given.name.quoted)") {
      try SignatureOrder.ordered(given, in: graph)
    }
    guard !signature.outputs.isEmpty else {
      throw NetJacError(.unsupported, "signature \(given.name.quoted) has no outputs")
    }
    let outputs = try options.kept(signature.outputs, name: \.name)
    let binding = try InputBinding(
      signature.inputs.map { try Self.declared($0) }, names: signature.inputs.map(\.name),
      options: options)
    let wanted = outputs.map(\.reference)
    let handles = try TFSupport.handles(
      for: wanted, given: Set(signature.inputs.map(\.reference.node)), in: graph)
    let variables = try TFVariables.restored(
      handles, graph, restoreNode: restoreNode, folder, memoryLimit: options.memoryLimit)
    let use = Use(signature: signature, outputs: wanted, binding: binding, variables: variables)
    let program = try program(graph, use, [], options)
    for (output, type) in zip(outputs, program.outputTypes) {
      guard
        output.type.element?.isReal != type.element.isReal
          || !binding.allows(output.shape, type.shape)
      else { continue }
      throw NetJacError(
        .shape,
        """
        output \(output.name.quoted) is declared as \(output.type.name)\(output.shape.shown), but what the \
        nodes compute is \(type)
        """)
    }
    return NetworkDescription(
      program: program, inputs: binding.ports,
      outputs: zip(outputs, program.outputTypes).map {
        Self.port($0, $1, hasBatchAxis: binding.hasBatchAxis)
      },
      hasBatchAxis: binding.hasBatchAxis,
      parametric: { real in
        var options = options
        options.real = real
        return try self.parametric(use, options)
      })
  }

  /// What of a model is used, and on what.
  private struct Use: Sendable {
    let signature: TFSignature
    let outputs: [TFReference]
    let binding: InputBinding
    let variables: [TFVariable]

    /// Whether a call may have several samples along the first axis of its inputs.
    var hasOpenBatch: Bool {
      binding.hasBatchAxis && signature.inputs.contains { $0.shape.dims?.first ?? 0 < 0 }
    }
  }

  /// The program whose inputs are those of the network, then the given variables.
  private func program(
    _ graph: TFGraph, _ use: Use, _ parameters: [TFVariable], _ options: ImportOptions
  ) throws -> Program {
    let p = ProgramBuilder(real: options.real, memoryLimit: options.memoryLimit)
    let nodes = Dictionary(
      use.signature.inputs.map { ($0.name, $0.reference.node) }, uniquingKeysWith: { $1 })
    var arguments: [String: Value] = [:]
    for input in use.binding.inputs {
      arguments[nodes[input.name] ?? ""] = try p.input(input.type(options.real))
    }
    for (input, numbers) in use.binding.fixed {
      arguments[nodes[input.name] ?? ""] = try located("option 'input.\(input.name)'") {
        try p.constant(input.tensor(numbers, real: options.real))
      }
    }
    var names = ParameterNames()
    var values: [String: Value] = [:]
    for parameter in parameters {
      let value = try p.input(parameter.value(real: options.real).type)
      values[parameter.handle] = value
      names.insert(parameter.name, at: value)
    }
    var constants: [String: () throws -> Value] = [:]
    for variable in use.variables {
      constants[variable.handle] = { try p.constant(variable.value(real: options.real)) }
    }
    let importer = TFImporter(
      builder: p, graph: graph, binding: use.binding, hasOpenBatch: use.hasOpenBatch,
      variables: values, constants: constants)
    importer.parameterNames = names
    importer.loopLimit = options.loopLimit
    return p.program(outputs: try importer.run(use.outputs, arguments: arguments))
  }

  /// The program of the float variables that are read, except those that operators must know to say
  /// what they compute.
  private func parametric(_ use: Use, _ options: ImportOptions) throws -> ParametricProgram {
    let graph = try TFGraph(graph)
    var fixed: Set<String> = []
    while true {
      let parameters = use.variables.filter {
        $0.value.type.element.isReal && !fixed.contains($0.name)
      }
      do {
        return ParametricProgram(
          program: try program(graph, use, parameters, options),
          parameters: parameters.map {
            Parameter(name: $0.name, value: $0.value(real: options.real))
          })
      } catch let error as ParametersNeeded {
        fixed.formUnion(error.names)
      }
    }
  }

  private static func declared(_ port: TFPort) throws -> DeclaredInput {
    let place = "input \(port.name.quoted)"
    guard let element = port.type.element else {
      throw NetJacError(
        .unsupported,
        "\(place) has elements of type \(port.type.name), which NetJac has no values for")
    }
    guard let dimensions = port.shape.declared else {
      throw NetJacError(
        .unsupported, "\(place) declares no shape; save the model with the shapes of its inputs")
    }
    return DeclaredInput(
      name: port.name, element: element, typeName: port.type.name,
      dimensions: dimensions)
  }

  /// An output's leading axis is the batch when there is one and nothing contradicts it.
  private static func port(_ port: TFPort, _ type: TensorType, hasBatchAxis: Bool) -> Port {
    var isBatched = hasBatchAxis && type.dims.first == 1
    if let first = port.shape.dims?.first, first >= 0, first != 1 { isBatched = false }
    return Port(name: port.name, dims: type.dims, isBatched: isBatched)
  }
}
