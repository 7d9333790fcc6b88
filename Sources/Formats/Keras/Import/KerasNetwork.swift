import Containers
import Graph
import Models
import Operations
import Tensors

/// Makes a network of a model: its ports, its program, and its trainable weights as parameters.
struct KerasNetwork {
  private let model: KerasModel
  private let options: ImportOptions
  private let binding: InputBinding
  private let outputs: [KerasGraph.Port]
  private let names: [String]

  init(_ model: KerasModel, options: ImportOptions) throws {
    self.model = model
    self.options = options
    let inputs = try model.graph.inputs.map { try Self.declared($0, model) }
    binding = try InputBinding(inputs, names: inputs.map(\.name), options: options)
    let all = Self.uniqueNames(model.graph.outputs)
    let kept = try options.kept(Array(zip(all, model.graph.outputs)), name: \.0)
    names = kept.map(\.0)
    outputs = kept.map(\.1)
  }

  /// An output is called as the layer that makes it; several of one layer are numbered.
  private static func uniqueNames(_ ports: [KerasGraph.Port]) -> [String] {
    var counts: [String: Int] = [:]
    return ports.map { port in
      let count = counts[port.name, default: 0]
      counts[port.name] = count + 1
      return count == 0 ? port.name : "\(port.name)_\(count)"
    }
  }

  private static func declared(_ port: KerasGraph.Port, _ model: KerasModel) throws -> DeclaredInput
  {
    let layer = model.graph.layers.first { $0.name == port.reference.layer }
    let config = layer.map { KerasConfiguration($0.config) }
    let shape = config?.value("batch_shape") ?? config?.value("batch_input_shape")
    let inner = config?.value("shape") ?? config?.value("input_shape")
    guard let list = shape?.array ?? inner?.array.map({ [.null] + $0 }) else {
      throw NetJacError(
        .unsupported,
        "input \(port.name.quoted) declares no shape; build the model with the shape of its input before "
          + "saving it")
    }
    let dimensions = try list.map { length -> DeclaredDimension in
      if length.isNull { return .unknown }
      guard let number = length.int, number >= 0 else {
        throw NetJacError(
          .format, "input \(port.name.quoted) has the shape \(JSON.array(list).described)")
      }
      return .fixed(number)
    }
    let dtype = config?.value("dtype")
    let type = dtype?.string ?? dtype?["config"]?["name"]?.string ?? "float32"
    let element: ElementType
    if type.hasPrefix("int") || type.hasPrefix("uint") {
      element = .int64
    } else if type == "bool" {
      element = .bool
    } else if type == "string" {
      throw NetJacError(
        .unsupported, "input \(port.name.quoted) takes texts, which are not supported")
    } else {
      element = .float64
    }
    return DeclaredInput(
      name: port.name, element: element, typeName: type, dimensions: dimensions)
  }

  func description() throws -> NetworkDescription {
    let (program, used) = try program(real: options.real, parameters: [])
    return NetworkDescription(
      program: program, inputs: binding.ports,
      outputs: zip(names, program.outputTypes).map { name, type in
        Port(
          name: name, dims: type.dims, isBatched: binding.hasBatchAxis && type.dims.first == 1)
      }, hasBatchAxis: binding.hasBatchAxis,
      parametric: { [self] real in
        let layers = Self.layers(model.root)
        let parameters = used.compactMap { parameter($0, of: layers, real: real) }
        return ParametricProgram(
          program: try self.program(real: real, parameters: used).0,
          parameters: parameters)
      })
  }

  private func parameter(
    _ key: KerasParameterKey, of layers: [Int: KerasLayerStatement], real: ElementType
  ) -> Parameter? {
    guard let tensor = model.weights[key.layer]?[key.place],
      let layer = layers[key.layer]
    else { return nil }
    let weight = KerasLayerRegistry.weights(of: layer)[key.place]
    return Parameter(
      name: "\(layer.path)/\(weight.path)",
      value: tensor.type.element.isReal
        ? tensor.converted(to: real)
        : Tensor(TensorType(real, tensor.shape), reals: tensor.reals))
  }

  /// The layers of a file by their numbers.
  private static func layers(_ root: KerasLayerStatement) -> [Int: KerasLayerStatement] {
    var layers: [Int: KerasLayerStatement] = [:]
    var pending = [root]
    while let layer = pending.popLast() {
      layers[layer.number] = layer
      pending += layer.parts.map(\.layer) + (layer.graph?.layers ?? [])
    }
    return layers
  }

  /// The program whose inputs are those of the network, then the parameters, and the trainable weights that it uses.
  private func program(real: ElementType, parameters: [KerasParameterKey]) throws -> (
    Program, [KerasParameterKey]
  ) {
    let p = ProgramBuilder(real: real, memoryLimit: options.memoryLimit)
    let importer = KerasImporter(model, in: p)
    var arguments: [String: Value] = [:]
    for input in binding.inputs { arguments[input.name] = try p.input(input.type(real)) }
    for (input, numbers) in binding.fixed {
      arguments[input.name] = try located("option 'input.\(input.name)'") {
        try p.constant(input.tensor(numbers, real: real))
      }
    }
    for key in parameters {
      guard let tensor = model.weights[key.layer]?[key.place] else { continue }
      importer.parameters[key] = try p.input(TensorType(real, tensor.shape))
    }
    let inputs = model.graph.inputs.compactMap { port in
      arguments[port.name].map { KerasTensor($0) }
    }
    let results = try importer.run(model.graph, inputs: inputs, outputs: outputs)
    return (p.program(outputs: results.map(\.value)), importer.used)
  }
}
