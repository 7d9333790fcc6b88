import Containers
import Tensors

/// Reads the layers of a model from its configuration, which Keras writes in two vocabularies.
struct KerasConfigurationReader {
  private let version: KerasVersion
  private var count = 0

  /// Models within models: each takes several levels of the text, too.
  private static let depthLimit = 24
  private static let layerLimit = 200_000

  static func read(_ json: JSON, version: KerasVersion) throws -> KerasLayerStatement {
    var reader = KerasConfigurationReader(version: version)
    let root = try reader.layer(json, inside: "", depth: 0)
    guard root.graph != nil else {
      let module = root.registeredName ?? root.module
      let place = module.map { " (\($0.quoted))" } ?? ""
      throw NetJacError(
        .unsupported,
        "the model is of the class \(root.className.quoted)\(place); a file holds no graph of such a "
          + "class, only of Sequential and Functional models. Rebuild it as one of these, or export it as a "
          + "SavedModel with model.export")
    }
    return root
  }

  private init(version: KerasVersion) {
    self.version = version
  }

  private mutating func layer(_ json: JSON, inside path: String, depth: Int) throws
    -> KerasLayerStatement
  {
    guard depth < Self.depthLimit, count < Self.layerLimit else {
      throw NetJacError(
        .unsupported,
        "models are nested deeper than \(Self.depthLimit), or there are more than \(Self.layerLimit) layers"
      )
    }
    guard let object = json.object, let className = object["class_name"]?.string else {
      throw NetJacError(
        .format,
        "the model configuration holds \(json.described) where a layer with 'class_name' should be")
    }
    // Until Keras 2.2.3 the configuration of a Sequential model was the list of its layers.
    let config: JSONObject
    switch object["config"] {
    case .object(let object)?: config = object
    case .array(let layers)? where className == "Sequential":
      var object = JSONObject()
      _ = object.add("layers", .array(layers))
      config = object
    default:
      throw NetJacError(
        .format, "the configuration of a layer of class \(className.quoted) is missing")
    }
    let number = count
    count += 1
    let name =
      object["name"]?.string ?? config["name"]?.string ?? className
    let layerPath = depth == 0 ? "" : path.isEmpty ? name : "\(path)/\(name)"
    let module = object["module"]?.string
    let registered = object["registered_name"]?.string
    let isOwn = registered?.contains(">") == true
    var graph: KerasGraph?
    if !isOwn, module.map({ $0.hasPrefix("keras") }) ?? (object["module"] == nil) {
      switch className {
      case "Sequential": graph = try sequential(object, config, layerPath, depth)
      case "Functional", "Model": graph = try functional(config, layerPath, depth)
      default: break
      }
    }
    var parts: [KerasLayerStatement.Part] = []
    for part in KerasLayerParts.of(className, config) {
      parts.append(
        .init(
          group: part.group,
          layer: try layer(part.json, inside: layerPath, depth: depth + 1)))
    }
    return KerasLayerStatement(
      number: number, className: className, module: module, registeredName: registered,
      name: name, path: layerPath.isEmpty ? name : layerPath, config: config,
      isTrainable: config["trainable"]?.bool ?? true, graph: graph, parts: parts)
  }

  // MARK: - Sequential

  private mutating func sequential(
    _ object: JSONObject, _ config: JSONObject, _ path: String, _ depth: Int
  ) throws -> KerasGraph {
    guard let list = config["layers"]?.array else {
      throw NetJacError(.format, "the configuration of a Sequential model has no list 'layers'")
    }
    var layers: [KerasLayerStatement] = []
    for entry in list { layers.append(try layer(entry, inside: path, depth: depth + 1)) }
    let input: String
    if let first = layers.first, first.className == "InputLayer" {
      input = first.name
    } else {
      input = try addInput(to: &layers, object, config, path)
    }
    var calls: [[KerasCallStatement]] = [[]]
    var last = KerasGraph.Reference(layer: input, call: 0, tensor: 0)
    for layer in layers.dropFirst() {
      calls.append([KerasCallStatement(arguments: [.tensor(last)], named: [:])])
      last = KerasGraph.Reference(layer: layer.name, call: 0, tensor: 0)
    }
    return KerasGraph(
      layers: layers, calls: calls,
      inputs: [.init(name: input, reference: .init(layer: input, call: 0, tensor: 0))],
      outputs: [.init(name: last.layer, reference: last)], isSequential: true)
  }

  /// Where a model lacks its first layer, the shape of the input is written in one of several places.
  private mutating func addInput(
    to layers: inout [KerasLayerStatement], _ object: JSONObject, _ config: JSONObject,
    _ path: String
  ) throws -> String {
    let first = layers.first?.config
    let shapes: [JSON?] = [
      first?["batch_input_shape"], first?["batch_shape"], config["build_input_shape"],
      object["build_config"]?["input_shape"],
    ]
    let shape = shapes.compactMap(\.self).first { $0.array != nil }
    var input = JSONObject()
    // Inside another model the shape comes with the call.
    _ = input.add("batch_shape", shape ?? .null)
    if let dtype = first?["dtype"], dtype.string != nil { _ = input.add("dtype", dtype) }
    let name = "\(layers.first?.name ?? "sequential")_input"
    let layer = KerasLayerStatement(
      number: count, className: "InputLayer", module: "keras.layers", registeredName: nil,
      name: name, path: path.isEmpty ? name : "\(path)/\(name)", config: input, isTrainable: false,
      graph: nil, parts: [])
    count += 1
    layers.insert(layer, at: 0)
    return name
  }

  // MARK: - Functional

  private mutating func functional(_ config: JSONObject, _ path: String, _ depth: Int) throws
    -> KerasGraph
  {
    guard let list = config["layers"]?.array, let inputs = config["input_layers"],
      let outputs = config["output_layers"]
    else {
      throw NetJacError(
        .format,
        "the configuration of a Functional model lacks one of 'layers', 'input_layers', 'output_layers'"
      )
    }
    var layers: [KerasLayerStatement] = []
    var calls: [[KerasCallStatement]] = []
    for entry in list {
      let layer = try layer(entry, inside: path, depth: depth + 1)
      layers.append(layer)
      calls.append(
        try located("layer \(layer.path.quoted) (\(layer.className))") {
          try KerasCallReader.calls(of: entry, version: version)
        })
    }
    var places: [String: Int] = [:]
    for (place, layer) in layers.enumerated() {
      guard places.updateValue(place, forKey: layer.name) == nil else {
        throw NetJacError(.format, "two layers of one model have the name \(layer.name.quoted)")
      }
    }
    let shift = CallNumbers(version: version, layers: layers, places: places)
    return KerasGraph(
      layers: layers,
      calls: calls.map { $0.map { $0.shifted { shift.inside($0) } } },
      inputs: try Self.ports(inputs).map {
        .init(name: $0.name, reference: shift.port($0.reference))
      },
      outputs: try Self.ports(outputs).map {
        .init(name: $0.name, reference: shift.port($0.reference))
      }, isSequential: false)
  }

  /// Ports are triples of layer, call and tensor, in lists or in objects, whose keys Keras sorts. A single one
  /// may stand bare.
  private static func ports(_ json: JSON) throws -> [KerasGraph.Port] {
    if let reference = KerasCallReader.reference(json) {
      return [.init(name: reference.layer, reference: reference)]
    }
    switch json {
    case .array(let list): return try list.flatMap(ports)
    case .object(let object):
      return try object.keys.sorted().flatMap { key in try object[key].map(ports) ?? [] }
    default:
      throw NetJacError(
        .format,
        "the model's inputs or outputs hold \(json.described); a triple of layer, call and tensor "
          + "is needed")
    }
  }
}

/// Keras counts the calls of models inside models from 0 or 1, depending on version and place.
private struct CallNumbers {
  let version: KerasVersion
  let layers: [KerasLayerStatement]
  let places: [String: Int]

  private func graph(_ reference: KerasGraph.Reference) -> KerasGraph? {
    places[reference.layer].flatMap { layers[$0].graph }
  }

  /// In calls: from 1 for every model in Keras 2, from 0 in Keras 3.
  func inside(_ reference: KerasGraph.Reference) -> KerasGraph.Reference {
    version.major < 3 && graph(reference) != nil ? lowered(reference) : reference
  }

  /// In the lists of inputs and outputs Keras 3 counts those of Functional models from 1, too.
  func port(_ reference: KerasGraph.Reference) -> KerasGraph.Reference {
    guard let graph = graph(reference) else { return reference }
    return version.major < 3 || !graph.isSequential ? lowered(reference) : reference
  }

  private func lowered(_ reference: KerasGraph.Reference) -> KerasGraph.Reference {
    .init(layer: reference.layer, call: reference.call - 1, tensor: reference.tensor)
  }
}

extension KerasCallStatement {
  func shifted(_ shift: (KerasGraph.Reference) -> KerasGraph.Reference) -> KerasCallStatement {
    KerasCallStatement(
      arguments: arguments.map { $0.shifted(shift) },
      named: named.mapValues { $0.shifted(shift) })
  }
}

extension KerasCallStatement.Argument {
  fileprivate func shifted(_ shift: (KerasGraph.Reference) -> KerasGraph.Reference) -> Self {
    switch self {
    case .tensor(let reference): .tensor(shift(reference))
    case .list(let list): .list(list.map { $0.shifted(shift) })
    case .literal: self
    }
  }
}

/// The layers that some layers wrap, and where files of weights keep what belongs to them.
enum KerasLayerParts {
  static func of(_ className: String, _ config: JSONObject) -> [(group: String, json: JSON)] {
    switch className {
    case "TimeDistributed", "SpectralNormalization":
      return config["layer"].map { [("layer", $0)] } ?? []
    case "RNN": return config["cell"].map { [("cell", $0)] } ?? []
    case "StackedRNNCells":
      var counters = KerasNameCounters()
      return (config["cells"]?.array ?? []).map { cell in
        ("cells/\(counters.next(cell["class_name"]?.string ?? ""))", cell)
      }
    case "Bidirectional":
      guard let forward = config["layer"] else { return [] }
      return [
        ("forward_layer", forward),
        (
          "backward_layer",
          config["backward_layer"].flatMap { $0.isNull ? nil : $0 } ?? reversed(forward)
        ),
      ]
    default: return []
    }
  }

  /// Until Keras 3.0 the backward layer was left out where it is the forward one, reversed.
  private static func reversed(_ layer: JSON) -> JSON {
    guard var object = layer.object, var config = layer["config"]?.object else { return layer }
    config.set("go_backwards", .bool(!(config["go_backwards"]?.bool ?? false)))
    object.set("config", .object(config))
    return .object(object)
  }
}
