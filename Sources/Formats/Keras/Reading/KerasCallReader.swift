import Containers
import Tensors

/// Reads the calls of a layer, `inbound_nodes`, in the form of Keras 3 or of Keras 2.
enum KerasCallReader {
  static func calls(of layer: JSON, version: KerasVersion) throws -> [KerasCallStatement] {
    guard let nodes = layer["inbound_nodes"]?.array else { return [] }
    return try nodes.map { node in
      if let object = node.object { return try modern(object) }
      guard let list = node.array else {
        throw NetJacError(.format, "a call is \(node.described), which is no call of Keras")
      }
      // Functions of TensorFlow have one bracket less around a single tensor.
      return try legacy(list.first?.string != nil ? [node] : list)
    }
  }

  /// A triple of layer, call and tensor.
  static func reference(_ json: JSON) -> KerasGraph.Reference? {
    guard let list = json.array, list.count >= 3, let layer = list[0].string,
      let call = list[1].int, let tensor = list[2].int, call >= 0, tensor >= 0
    else { return nil }
    return KerasGraph.Reference(layer: layer, call: call, tensor: tensor)
  }

  // MARK: - Keras 3

  private static func modern(_ call: JSONObject) throws -> KerasCallStatement {
    guard let arguments = call["args"]?.array, let named = call["kwargs"]?.object else {
      throw NetJacError(.format, "a call has no 'args' and 'kwargs'")
    }
    var values: [String: KerasCallStatement.Argument] = [:]
    for key in named.keys {
      if let value = named[key] { values[key] = try modern(value) }
    }
    return KerasCallStatement(arguments: try arguments.map(modern), named: values)
  }

  private static func modern(_ json: JSON) throws -> KerasCallStatement.Argument {
    switch json {
    case .array(let list): return .list(try list.map(modern))
    case .object(let object):
      guard object["class_name"]?.string == "__keras_tensor__" else { return .literal(json) }
      guard let reference = object["config"]?["keras_history"].flatMap(reference) else {
        throw NetJacError(.format, "a tensor among the arguments has no 'keras_history'")
      }
      return .tensor(reference)
    default: return .literal(json)
    }
  }

  // MARK: - Keras 2

  /// A call lists `[layer, call, tensor, named arguments]` for each tensor of its first argument.
  private static func legacy(_ list: [JSON]) throws -> KerasCallStatement {
    var inputs: [KerasCallStatement.Argument] = []
    var named: [String: KerasCallStatement.Argument] = [:]
    for entry in list {
      guard let parts = entry.array, parts.count >= 3 else {
        throw NetJacError(
          .format,
          "a call holds \(entry.described); a list of layer, call, tensor and named arguments is needed"
        )
      }
      if parts[0].string == "_CONSTANT_VALUE" {
        inputs.append(.literal(parts[2]))
      } else if let reference = reference(entry) {
        inputs.append(.tensor(reference))
      } else {
        throw NetJacError(.format, "a call refers to \(entry.described), which is no tensor")
      }
      guard parts.count > 3, let extra = parts[3].object else { continue }
      for key in extra.keys {
        if let value = extra[key] { named[key] = legacy(value) }
      }
    }
    return KerasCallStatement(
      arguments: inputs.count == 1 ? inputs : [.list(inputs)], named: named)
  }

  /// Tensors among named arguments are triples, which no other value looks like.
  private static func legacy(_ json: JSON) -> KerasCallStatement.Argument {
    guard let list = json.array else { return .literal(json) }
    if list.count == 3 || list.count == 4, let reference = reference(json) {
      return .tensor(reference)
    }
    if list.count >= 3, list[0].string == "_CONSTANT_VALUE" { return .literal(list[2]) }
    return .list(list.map(legacy))
  }
}
