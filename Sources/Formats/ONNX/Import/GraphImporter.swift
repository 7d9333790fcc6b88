import Graph
import Tensors

/// The values that names stand for while a graph, a body or a function is imported.
final class ImportScope {
  let parent: ImportScope?
  let opsets: ONNXOpsets
  /// Attributes of the calling node, where this is a function.
  let attributes: [String: ONNXAttribute]
  /// Names of the calls that led here, for messages.
  let path: String
  let depth: Int
  private var values: [String: Value] = [:]
  private var constants: [String: () throws -> Value] = [:]
  private var elements: [String: ONNXElementType] = [:]

  init(
    parent: ImportScope?, opsets: ONNXOpsets, attributes: [String: ONNXAttribute], path: String,
    depth: Int
  ) {
    self.parent = parent
    self.opsets = opsets
    self.attributes = attributes
    self.path = path
    self.depth = depth
  }

  /// A scope inside this one, for a body that sees its values.
  func body() -> ImportScope {
    ImportScope(
      parent: self, opsets: opsets, attributes: attributes, path: path, depth: depth + 1)
  }

  func define(_ name: String, _ value: Value) { values[name] = value }

  /// Initialisers become values when they are first used; what is never used costs nothing.
  func define(_ name: String, constant: @escaping () throws -> Value) { constants[name] = constant }

  /// Says what type the file gives a value; values themselves hold all whole numbers alike.
  func define(_ name: String, element: ONNXElementType?) { elements[name] = element }

  /// The type that the file gives a value, if it says so.
  func element(_ name: String) -> ONNXElementType? { elements[name] ?? parent?.element(name) }

  /// The value of this graph that a name stands for, if it has been made.
  func made(_ name: String) -> Value? { values[name] }

  func value(_ name: String) throws -> Value? {
    if let value = values[name] { return value }
    if let constant = constants[name] {
      let value = try constant()
      values[name] = value
      return value
    }
    return try parent?.value(name)
  }
}

/// Walks the nodes of graphs and adds what their operators mean to a program.
final class GraphImporter {
  /// Graphs within functions within graphs: far more than any exporter writes.
  static let depthLimit = 100
  /// Unrolled loops and nested calls can ask for more work than their files are long.
  private static let nodeLimit = 1_000_000

  let p: ProgramBuilder
  private let model: ONNXModel
  private let declarations: DeclaredTypes
  private let functions: [OperatorKey: ONNXFunction]
  private(set) var nodeCount = 0
  /// What loops have expanded to whose number of turns the file does not say.
  var openTurns = OpenTurns()
  /// The most turns of a loop whose number of turns depends on an input, if there may be such loops.
  var loopLimit: Int?
  /// The initialisers that are inputs of the program.
  var parameterNames = ParameterNames()

  init(builder: ProgramBuilder, model: ONNXModel, declarations: DeclaredTypes) {
    p = builder
    self.model = model
    self.declarations = declarations
    functions = OperatorKey.index(model.functions)
  }

  /// Imports the main graph; the values of the outputs that `keeping` names are returned.
  func run(_ graph: ONNXGraph, arguments: [String: Value], keeping: [String]) throws -> [Value] {
    let scope = ImportScope(
      parent: nil, opsets: model.opsets, attributes: [:], path: "", depth: 0)
    for (name, value) in arguments { scope.define(name, value) }
    try addConstants(of: graph, to: scope, except: Set(arguments.keys))
    for node in graph.nodes { try add(node, in: scope) }
    let values = try keeping.map { try value($0, in: scope) }
    try declarations.check(graph, scope, in: p)
    return values
  }

  /// Imports the body of a control-flow node, whose inputs get `arguments`. `view` makes what the
  /// body sees of the values around it. `shapesMayChange`: from turn to turn of a loop.
  func run(
    _ body: ONNXGraph, arguments: [Value], in outer: ImportScope, shapesMayChange: Bool = false,
    view: ((Value) throws -> Value)? = nil
  ) throws -> [Value] {
    guard arguments.count <= body.inputs.count else {
      throw NetJacError(
        .format,
        """
        graph \(body.name.quoted) has \(body.inputs.count) inputs; \(arguments.count) values are \
        passed to it
        """)
    }
    try declarations.checkInputs(of: body, arguments, fixingShapes: !shapesMayChange, in: p)
    let scope = outer.body()
    if let view {
      for name in body.freeNames {
        if let value = try outer.value(name) { scope.define(name, try view(value)) }
      }
    }
    try addConstants(of: body, to: scope, except: [])
    for (input, value) in zip(body.inputs, arguments) { scope.define(input.name, value) }
    for node in body.nodes { try add(node, in: scope) }
    let values = try body.outputs.map { try value($0.name, in: scope) }
    try declarations.check(body, scope, in: p)
    return values
  }

  private func value(_ name: String, in scope: ImportScope) throws -> Value {
    guard let value = try scope.value(name) else {
      throw NetJacError(.format, "the value \(name.quoted) is never made")
    }
    return value
  }

  private func addConstants(
    of graph: ONNXGraph, to scope: ImportScope, except replaced: Set<String>
  ) throws {
    let p = p
    scope.defineElements(of: graph)
    for tensor in graph.initialisers where !replaced.contains(tensor.name) {
      scope.define(tensor.name) { try p.constant(tensor.value(real: p.real)) }
    }
    for tensor in graph.sparseInitialisers where !replaced.contains(tensor.values.name) {
      scope.define(tensor.values.name) { try p.constant(tensor.value(in: p)) }
    }
  }

  // MARK: - Nodes

  /// Counts a node or a turn of a loop, so that no file keeps the importer busy for ever.
  func count() throws {
    nodeCount += 1
    guard nodeCount <= Self.nodeLimit else {
      throw NetJacError(
        .memory, "loops and functions expand to more than \(Self.nodeLimit) nodes")
    }
  }

  private func add(_ node: ONNXNode, in scope: ImportScope) throws {
    try count()
    let outerOrigin = p.origin
    defer { p.origin = outerOrigin }
    p.origin = Origin(
      name: scope.path + (node.name.isEmpty ? node.outputs.first ?? "" : node.name),
      operation: node.operation)

    try located(node.place) {
      guard scope.depth < Self.depthLimit else {
        throw NetJacError(
          .unsupported, "graphs and functions are nested more than \(Self.depthLimit) deep")
      }
      var node = node
      node.attributes = try resolved(node.attributes, scope)
      let inputs = try node.inputs.map { name in
        try name.isEmpty ? nil : value(name, in: scope)
      }
      let results = try evaluate(node, inputs, scope)
      scope.defineElements(of: node)
      guard results.count >= (node.outputs.lastIndex { !$0.isEmpty } ?? -1) + 1 else {
        throw NetJacError(
          .format, "the node names \(node.outputs.count) outputs; it has \(results.count)")
      }
      for (name, result) in zip(node.outputs, results) where !name.isEmpty {
        if let result {
          scope.define(name, result)
        } else {
          // An output without a value matters only where something uses it.
          let error = NetJacError(
            .unsupported, "\(node.place): the output \(name.quoted) is not supported")
          scope.define(name) { throw error }
        }
      }
    }
  }

  /// Inside a function, attributes may refer to those of the call; absent ones stay absent.
  private func resolved(_ attributes: [String: ONNXAttribute], _ scope: ImportScope) throws
    -> [String: ONNXAttribute]
  {
    var resolved: [String: ONNXAttribute] = [:]
    for (name, attribute) in attributes {
      if case .reference(let outer) = attribute {
        resolved[name] = scope.attributes[outer]
      } else {
        resolved[name] = attribute
      }
    }
    return resolved
  }

  private func evaluate(_ node: ONNXNode, _ inputs: [Value?], _ scope: ImportScope) throws
    -> [Value?]
  {
    if let function = functions[OperatorKey(node)] {
      return try call(function, node, inputs, scope)
    }
    let version = try OperatorSupport.version(node, scope.opsets)
    guard let operation = ONNXOperatorRegistry.find(node.domain, node.operation, version) else {
      throw NetJacError(.unsupported, "the operator is not supported in opset \(version)")
    }
    try operation.checkAttributes(node.attributes)
    try operation.checkOperands(inputs, in: p)
    return try operation.apply(
      NodeCall(node: node, inputs: inputs, version: version, scope: scope, importer: self), p)
  }

  private func call(
    _ function: ONNXFunction, _ node: ONNXNode, _ inputs: [Value?], _ outer: ImportScope
  ) throws -> [Value?] {
    guard inputs.count <= function.inputs.count else {
      throw NetJacError(
        .format, "\(inputs.count) inputs are given; the function takes \(function.inputs.count)")
    }
    let scope = ImportScope(
      parent: nil, opsets: function.opsets,
      attributes: function.defaults.merging(node.attributes) { $1 },
      path: outer.path + (node.name.isEmpty ? function.name : node.name) + "/",
      depth: outer.depth + 1)
    for (name, value) in zip(function.inputs, inputs) {
      if let value { scope.define(name, value) }
    }
    for (name, given) in zip(function.inputs, node.inputs) {
      scope.define(name, element: outer.element(given))
    }
    // Inputs that the call leaves out are absent in the body, too.
    let given = zip(function.inputs, inputs).compactMap { $1 == nil ? nil : $0 }
    let absent = Set(function.inputs).subtracting(given)
    for var inner in function.nodes {
      inner.inputs = inner.inputs.map { absent.contains($0) ? "" : $0 }
      try add(inner, in: scope)
    }
    for (name, made) in zip(node.outputs, function.outputs) {
      outer.define(name, element: outer.element(name) ?? scope.element(made))
    }
    return try function.outputs.map { absent.contains($0) ? nil : try value($0, in: scope) }
  }
}
