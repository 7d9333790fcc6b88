import Containers
import Models
import Tensors

/// A variable of a model with its restored value.
struct TFVariable: Sendable {
  /// The name of its handle's node in the main graph.
  let handle: String
  /// The name that it is known by: the one that it was given, if it is the only one to have it.
  let name: String
  let type: TFType
  /// Floats as float64.
  let value: Tensor

  func value(real: ElementType) -> Tensor {
    value.type.element.isReal ? Tensor(value.type.with(real), reals: value.reals) : value
  }
}

enum TFVariables {
  /// The values of variables, by the names of their handles' nodes, in the order of the graph.
  static func restored(
    _ handles: Set<String>, _ graph: TFGraph, restoreNode: String, _ folder: ModelFolder?,
    memoryLimit: Int
  ) throws -> [TFVariable] {
    guard !handles.isEmpty else { return [] }
    guard let folder else {
      throw NetJacError(
        .file,
        "the model has variables in other files, which bytes cannot have; load it by its folder")
    }
    let bundle = try CheckpointBundle(folder, memoryLimit: memoryLimit)
    let recipe = try RestoreRecipe(graph, restoreNode: restoreNode)
    var keysByName: [String: String]?
    let nodes = graph.body.nodes.filter { handles.contains($0.name) }
    let sharedNames = try nodes.map { node -> String in
      guard case .text(let name)? = try node.attributes["shared_name"].flatMap(TFAttribute.init)
      else { return "" }
      return name
    }
    var total = 0
    return try zip(nodes, sharedNames).map { node, sharedName in
      var key = recipe.keys[node.name]
      if key == nil {
        let known = try keysByName ?? bundle.keysByName()
        keysByName = known
        key = known[sharedName]
      }
      guard let key else {
        throw NetJacError(
          .format,
          """
          the model does not say where the checkpoint keeps the variable \
          \((sharedName.isEmpty ? node.name : sharedName).quoted) (\(node.name.quoted)), which the \
          signature reads
          """)
      }
      let (type, value) = try bundle.tensor(key)
      try check(node, type, value.shape)
      total = total.addingSaturated(value.type.byteCount)
      guard total <= memoryLimit else {
        throw NetJacError(
          .memory, "the variables take more than \(memoryLimit) bytes (option memory_limit)")
      }
      let isOwn = !sharedName.isEmpty && sharedNames.count { $0 == sharedName } == 1
      return TFVariable(
        handle: node.name, name: isOwn ? sharedName : Self.path(key), type: type, value: value)
    }
  }

  /// The graph and the checkpoint must agree about a variable.
  private static func check(_ node: TFNode, _ type: TFType, _ shape: Shape) throws {
    if case .type(let code)? = try node.attributes["dtype"].flatMap(TFAttribute.init),
      code != type.rawValue
    {
      throw NetJacError(
        .format,
        "variable \(node.name.quoted) is \(try TFType(code: code).name), but the checkpoint holds "
          + type.name)
    }
    if case .shape(let declared)? = try node.attributes["shape"].flatMap(TFAttribute.init),
      let dims = declared.dims,
      dims.count != shape.rank || zip(dims, shape.dims).contains(where: { $0 >= 0 && $0 != $1 })
    {
      throw NetJacError(
        .format,
        "variable \(node.name.quoted) has shape \(dims), but the checkpoint holds \(shape)")
    }
  }

  /// An object path without the suffix that all variables have.
  private static func path(_ key: String) -> String {
    let suffix = "/.ATTRIBUTES/VARIABLE_VALUE"
    return key.hasSuffix(suffix) ? String(key.dropLast(suffix.count)) : key
  }
}
