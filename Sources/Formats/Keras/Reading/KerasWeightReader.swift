import Containers
import Tensors

/// Names as Keras counts them among the entries of a container: the class in snake case, then `_1`, `_2`, ….
struct KerasNameCounters {
  private var counts: [String: Int] = [:]

  mutating func next(_ className: String) -> String {
    // The one class that is exported under another name than its own.
    let own = className == "GroupQueryAttention" ? "GroupedQueryAttention" : className
    let name = Self.snakeCase(own)
    let count = counts[name, default: 0]
    counts[name] = count + 1
    return count == 0 ? name : "\(name)_\(count)"
  }

  /// Passes over a name, as some versions do.
  mutating func skip(_ className: String) { _ = next(className) }

  /// `Conv2DTranspose` becomes `conv2d_transpose`, `PReLU` `p_re_lu`.
  static func snakeCase(_ className: String) -> String {
    let characters = className.filter { $0.isLetter || $0.isNumber || $0 == "_" }.map(\.self)
    // An underscore before every capital that small letters follow …
    var once: [Character] = []
    var place = 0
    while place < characters.count {
      let next = place + 1
      if next + 1 < characters.count, characters[next].isUppercase,
        characters[next + 1].isLowercase
      {
        once += [characters[place], "_", characters[next]]
        place = next + 1
        while place < characters.count, characters[place].isLowercase {
          once.append(characters[place])
          place += 1
        }
      } else {
        once.append(characters[place])
        place += 1
      }
    }
    // … and between a small letter and a capital.
    var name = ""
    for (place, character) in once.enumerated() {
      if place > 0, character.isUppercase, once[place - 1].isLowercase { name += "_" }
      name += character.lowercased()
    }
    return name
  }
}

/// Finds the weights of each layer in a file, by the rule of its form.
struct KerasWeightReader {
  private let version: KerasVersion
  private var weights: [Int: [Tensor]] = [:]

  static func read(
    _ root: KerasLayerStatement, from stored: KerasArchive.Weights, version: KerasVersion
  ) throws -> [Int: [Tensor]] {
    var reader = KerasWeightReader(version: version)
    switch stored {
    case .named(let object): try reader.named(root, in: object)
    case .ordered(let group): try reader.ordered(root, in: group)
    }
    return reader.weights
  }

  private init(version: KerasVersion) {
    self.version = version
  }

  // MARK: - Groups by name

  private mutating func named(_ model: KerasLayerStatement, in object: HDF5Object?) throws {
    guard let graph = model.graph else { return }
    // TensorFlow 2.12 to 2.14 named the group otherwise, and until 2.13 counted layers with weights twice.
    let older = try object?.member("_layer_checkpoint_dependencies")
    let group = try older ?? object?.member("layers")
    let countsTwice = older != nil && version < KerasVersion(2, 14)
    var counters = KerasNameCounters()
    for layer in graph.layers {
      if layer.isOperation || (graph.isSequential && layer.className == "InputLayer") { continue }
      let name = counters.next(layer.className)
      if countsTwice, Self.hasWeights(layer) { counters.skip(layer.className) }
      try located("layer \(layer.path.quoted)") {
        try named(layer, at: group?.member(name), name: "\(group?.path ?? "layers")/\(name)")
      }
    }
  }

  private static func hasWeights(_ layer: KerasLayerStatement) -> Bool {
    !KerasLayerRegistry.weights(of: layer).isEmpty || layer.parts.contains { hasWeights($0.layer) }
      || layer.graph?.layers.contains(where: hasWeights) == true
  }

  /// The weights of one layer and of those inside it.
  private mutating func named(
    _ layer: KerasLayerStatement, at object: HDF5Object?, name: String
  ) throws {
    if layer.graph != nil { try named(layer, in: object) }
    for part in layer.parts {
      var member: HDF5Object? = object
      for component in part.group.split(separator: "/") {
        member = try member?.member(String(component))
      }
      try located("its layer \(part.layer.className)") {
        try named(part.layer, at: member, name: "\(name)/\(part.group)")
      }
    }
    let declared = KerasLayerRegistry.weights(of: layer)
    guard !declared.allSatisfy(\.isUnused) else { return }
    var tensors: [Tensor] = []
    for (group, places) in Self.grouped(declared) {
      var holder = object
      if !group.isEmpty {
        // Keras 2 keeps the underscore of private attributes.
        holder = try object?.member(group) ?? object?.member("_\(group)")
      }
      let path = group.isEmpty ? "\(name)/vars" : "\(name)/\(group)/vars"
      guard let variables = try holder?.member("vars") else {
        throw NetJacError(
          .format,
          "the weights \(places.map { declared[$0].name }.quotedList()) are missing: there is no group "
            + "\(path.quoted) in the file")
      }
      let found = try variables.names()
      guard found.count == places.count else {
        throw NetJacError(
          .format,
          "the group \(path.quoted) holds \(found.count) weights; "
            + "\(places.map { declared[$0].name }.quotedList()) are needed")
      }
      if let name = try variables.text("name"), group.isEmpty, name != layer.name,
        name.split(separator: "/").last.map(String.init) != layer.name
      {
        throw NetJacError(
          .format, "the group \(path.quoted) belongs to the layer \(name.quoted)")
      }
      for place in 0..<places.count {
        guard let array = try variables.member(String(place)) else {
          throw NetJacError(.format, "the group \(path.quoted) has no weight \(place)")
        }
        tensors.append(try Self.tensor(array))
      }
    }
    // Groups are visited in the order of their first weights; back to that of the declaration.
    let order = Self.grouped(declared).flatMap(\.places)
    weights[layer.number] = order.indices.sorted { order[$0] < order[$1] }.map { tensors[$0] }
  }

  private static func grouped(_ weights: [KerasWeight]) -> [(group: String, places: [Int])] {
    var groups: [(group: String, places: [Int])] = []
    for (place, weight) in weights.enumerated() {
      if let known = groups.firstIndex(where: { $0.group == weight.group }) {
        groups[known].places.append(place)
      } else {
        groups.append((weight.group, [place]))
      }
    }
    return groups
  }

  /// The array as float64 numbers, which hold every stored type exactly, or as whole numbers. What is
  /// stored in single precision or less takes no more memory than that.
  private static func tensor(_ object: HDF5Object) throws -> Tensor {
    let array = try object.array()
    let shape = try Shape(checking: array.dims)
    if array.typeName.hasPrefix("int") || array.typeName.hasPrefix("uint") {
      return Tensor(TensorType(.int64, shape), integers: try array.integers())
    }
    let isBrain = try array.typeName == "opaque" && object.text("dtype") == "bfloat16"
    let type = TensorType(.float64, shape)
    let reals = try array.reals(pairsAreBFloat16: isBrain)
    guard isBrain || array.isSinglePrecision else { return Tensor(type, reals: reals) }
    try Memory.require(reals.count * 4)
    return Tensor(type, floats: FloatElements(count: reals.count) { Float(reals[$0]) })
  }

  // MARK: - Arrays in order

  /// A weight of a layer, and where it stands among those that the layer declares.
  private struct Slot {
    let layer: KerasLayerStatement
    let place: Int
    let weight: KerasWeight
  }

  private mutating func ordered(_ root: KerasLayerStatement, in group: HDF5Object) throws {
    guard let names = try group.texts("layer_names") else {
      throw NetJacError(.format, "the group 'model_weights' has no attribute 'layer_names'")
    }
    if let own = try group.member("top_level_model_weights")?.texts("weight_names"), !own.isEmpty {
      throw NetJacError(
        .unsupported,
        "the model has weights of its own besides those of its layers: \(own.quotedList())"
      )
    }
    var stored: [(group: HDF5Object, names: [String])] = []
    for name in names {
      guard let layer = try group.member(name) else {
        throw NetJacError(
          .format, "the group of the layer \(name.quoted) is missing in 'model_weights'")
      }
      guard let weights = try layer.texts("weight_names") else {
        throw NetJacError(.format, "the layer \(name.quoted) has no attribute 'weight_names'")
      }
      if !weights.isEmpty { stored.append((layer, weights)) }
    }
    let needed = (root.graph?.layers ?? []).map { Self.slots(of: $0) }.filter { !$0.isEmpty }
    guard stored.count == needed.count else {
      throw NetJacError(
        .format,
        "the file holds weights for \(stored.count) layers; the architecture has \(needed.count) with "
          + "weights")
    }
    var found: [Int: [Int: Tensor]] = [:]
    for (slots, (group, names)) in zip(needed, stored) {
      let layer = slots[0].layer.path
      guard slots.count == names.count else {
        throw NetJacError(
          .format,
          "layer \(layer.quoted) has \(names.count) weights in the file (\(names.quotedList(limit: 6))); "
            + "\(slots.count) are needed (\(slots.map(\.weight.name).quotedList(limit: 6)))")
      }
      for (slot, name) in zip(slots, names) {
        try located("layer \(slot.layer.path.quoted), weight \(name.quoted)") {
          try Self.check(name, slot.weight)
          guard let array = try group.member(name) else {
            throw NetJacError(.format, "there is no such array in the file")
          }
          found[slot.layer.number, default: [:]][slot.place] = try Self.tensor(array)
        }
      }
    }
    for (number, tensors) in found {
      weights[number] = tensors.keys.sorted().compactMap { tensors[$0] }
    }
  }

  /// Names end in that of the weight; what stands before differs from version to version.
  private static func check(_ name: String, _ weight: KerasWeight) throws {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let bare = last.split(separator: ":").first.map(String.init) ?? last
    guard weight.names.contains(where: { bare.hasSuffix($0) }) else {
      throw NetJacError(
        .format, "the weight at this place should be \(weight.name.quoted)")
    }
  }

  /// Trainable weights come first, through all layers of a model, then the others.
  private static func slots(of layer: KerasLayerStatement) -> [Slot] {
    split(layer, trainable: true) + split(layer, trainable: false)
  }

  private static func split(_ layer: KerasLayerStatement, trainable: Bool) -> [Slot] {
    guard layer.isTrainable else { return trainable ? [] : all(layer) }
    return own(layer).filter { $0.weight.isTrainable == trainable }
      + inner(layer).flatMap { split($0, trainable: trainable) }
  }

  private static func all(_ layer: KerasLayerStatement) -> [Slot] {
    own(layer).filter(\.weight.isTrainable) + own(layer).filter { !$0.weight.isTrainable }
      + inner(layer).flatMap(all)
  }

  private static func own(_ layer: KerasLayerStatement) -> [Slot] {
    KerasLayerRegistry.weights(of: layer).enumerated().map { place, weight in
      Slot(layer: layer, place: place, weight: weight)
    }
  }

  private static func inner(_ layer: KerasLayerStatement) -> [KerasLayerStatement] {
    layer.parts.map(\.layer) + (layer.graph?.layers ?? [])
  }
}
