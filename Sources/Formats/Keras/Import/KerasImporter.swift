import Containers
import Graph
import Models
import Operations
import Tensors

/// Walks the calls of a model and adds what its layers mean to a program.
final class KerasImporter {
  let p: ProgramBuilder
  let version: KerasVersion
  private let model: KerasModel
  /// The weights that are inputs of the program.
  var parameters: [KerasParameterKey: Value] = [:]
  /// The weights that were asked for, in order.
  private(set) var used: [KerasParameterKey] = []
  private var usedSet: Set<KerasParameterKey> = []
  private var constants: [KerasParameterKey: Value] = [:]
  private var depth = 0
  private var callCount = 0

  /// Shared models can be called from shared models: more calls than a file is long.
  private static let callLimit = 1_000_000

  init(_ model: KerasModel, in p: ProgramBuilder) {
    self.model = model
    self.p = p
    version = model.version
  }

  // MARK: - Graphs

  /// The tensors of the outputs, given those of the inputs.
  func run(_ graph: KerasGraph, inputs: [KerasTensor], outputs: [KerasGraph.Port]? = nil) throws
    -> [KerasTensor]
  {
    let outputs = outputs ?? graph.outputs
    guard inputs.count == graph.inputs.count else {
      throw NetJacError(
        .format, "the model takes \(graph.inputs.count) inputs and is called with \(inputs.count)")
    }
    let places = Dictionary(
      graph.layers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var results: [CallKey: [KerasTensor]] = [:]
    for (port, input) in zip(graph.inputs, inputs) {
      results[CallKey(layer: port.reference.layer, call: port.reference.call)] = [input]
    }
    // Layers stand in any order, so that each waits for those that it needs.
    var pending = outputs.reversed().map { CallKey($0.reference) }
    var waiting: Set<CallKey> = []
    while let key = pending.last {
      if results[key] != nil {
        pending.removeLast()
        continue
      }
      guard let place = places[key.layer], graph.calls[place].indices.contains(key.call) else {
        throw NetJacError(
          .format,
          "the model refers to call \(key.call) of layer \(key.layer.quoted), which is not there")
      }
      let call = graph.calls[place][key.call]
      let missing = call.references.map(CallKey.init).filter { results[$0] == nil }
      if missing.isEmpty {
        let layer = graph.layers[place]
        let arguments = try call.arguments.map { try argument($0, results) }
        let named = try call.named.mapValues { try argument($0, results) }
        results[key] = try self.call(layer, arguments, named: named)
        waiting.remove(key)
        pending.removeLast()
      } else {
        guard waiting.insert(key).inserted else {
          throw NetJacError(
            .format, "layer \(key.layer.quoted) takes its own result, directly or through others")
        }
        pending += missing
      }
    }
    return try outputs.map { try tensor($0.reference, results) }
  }

  private struct CallKey: Hashable {
    let layer: String
    let call: Int

    init(layer: String, call: Int) {
      self.layer = layer
      self.call = call
    }

    init(_ reference: KerasGraph.Reference) {
      self.init(layer: reference.layer, call: reference.call)
    }
  }

  private func tensor(_ reference: KerasGraph.Reference, _ results: [CallKey: [KerasTensor]]) throws
    -> KerasTensor
  {
    guard let tensors = results[CallKey(reference)], tensors.indices.contains(reference.tensor)
    else {
      throw NetJacError(
        .format,
        "the model refers to result \(reference.tensor) of layer \(reference.layer.quoted), which is not "
          + "there")
    }
    return tensors[reference.tensor]
  }

  private func argument(
    _ argument: KerasCallStatement.Argument, _ results: [CallKey: [KerasTensor]]
  ) throws -> KerasArgument {
    switch argument {
    case .tensor(let reference): .tensor(try tensor(reference, results))
    case .list(let list): .list(try list.map { try self.argument($0, results) })
    case .literal(let json): .literal(json)
    }
  }

  // MARK: - Layers

  func call(
    _ layer: KerasLayerStatement, _ arguments: [KerasArgument],
    named: [String: KerasArgument] = [:]
  ) throws -> [KerasTensor] {
    callCount += 1
    guard callCount <= Self.callLimit else {
      throw NetJacError(.memory, "the model makes more than \(Self.callLimit) calls")
    }
    let outer = p.origin
    defer { p.origin = outer }
    p.origin = Origin(name: layer.path, operation: layer.className)
    if let graph = layer.graph {
      let inputs = arguments.first?.tensors ?? []
      return try run(graph, inputs: inputs)
    }
    return try located("layer \(layer.path.quoted) (\(layer.className))") {
      let call = context(layer, arguments, named: named)
      if layer.isOperation || KerasOperationRegistry.isLayerOfOperation(layer) {
        return try KerasOperationRegistry.apply(call, p)
      }
      guard let known = KerasLayerRegistry.find(layer.className) else {
        throw NetJacError(.unsupported, "the layer is not supported")
      }
      guard call.inputs.allSatisfy({ p.shape($0.value).rank > 0 }) else {
        throw NetJacError(
          .shape, "the layer is called with a single number; a batch axis is needed")
      }
      var results =
        try known.isElementwise(call.config)
        ? elementwise(call, known) ?? known.call(call, p) : known.call(call, p)
      if known.masking == .passes, let mask = try call.mask {
        for place in results.indices { results[place].mask = mask }
      }
      return results
    }
  }

  /// The results of a layer that works element by element on images whose channels stand in front; nil if there are
  /// none, or if their shapes differ.
  private func elementwise(_ call: KerasCall, _ known: KerasLayer) throws -> [KerasTensor]? {
    let inputs = call.inputs
    guard inputs.contains(where: { $0.channelsFirst != nil }),
      inputs.allSatisfy({ $0.mask == nil }),
      Set(inputs.map { p.shape($0.value) }).count == 1
    else { return nil }
    let moved = try inputs.map { input in
      try KerasArgument.tensor(
        KerasTensor(
          input.channelsFirst
            ?? p.moveAxis(input.value, from: p.shape(input.value).rank - 1, to: 1)))
    }
    let inner = context(
      call.layer, [moved.count == 1 ? moved[0] : .list(moved)], named: call.named)
    return try known.call(inner, p).map { try KerasTensor(channelsFirst: $0.value, in: p) }
  }

  /// A layer with what it is applied to.
  func context(
    _ layer: KerasLayerStatement, _ arguments: [KerasArgument] = [],
    named: [String: KerasArgument] = [:]
  ) -> KerasCall {
    KerasCall(
      layer: layer, config: KerasConfiguration(layer.config), arguments: arguments, named: named,
      importer: self, p: p)
  }

  /// A weight as a value of the program, checked for its shape where that is known.
  func weight(_ name: String, _ dims: [Int]?, in group: String, of layer: KerasLayerStatement)
    throws
    -> Value
  {
    let declared = KerasLayerRegistry.weights(of: layer)
    guard
      let place = declared.firstIndex(where: { $0.name == name && $0.group == group }),
      let tensors = model.weights[layer.number], tensors.indices.contains(place)
    else {
      throw NetJacError(.format, "the weight \(name.quoted) is missing in the file")
    }
    let tensor = tensors[place]
    guard dims.map({ $0 == tensor.shape.dims }) ?? true else {
      throw NetJacError(
        .shape,
        "the weight \(name.quoted) has the shape \(tensor.shape) in the file; the configuration needs "
          + "\(dims ?? [])")
    }
    let key = KerasParameterKey(layer: layer.number, place: place)
    if declared[place].isTrainable, layer.isTrainable, usedSet.insert(key).inserted {
      used.append(key)
    }
    if let parameter = parameters[key] { return parameter }
    if let constant = constants[key] { return constant }
    let constant = try p.constant(
      tensor.type.element.isReal ? tensor.converted(to: p.real) : tensor)
    constants[key] = constant
    return constant
  }
}

/// A weight of a file: the number of its layer, and its place among those that the layer declares.
struct KerasParameterKey: Hashable, Sendable {
  let layer: Int
  let place: Int
}
