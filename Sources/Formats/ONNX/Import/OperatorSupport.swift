import Tensors

/// What a node calls: an operator or a function of the model.
struct OperatorKey: Hashable {
  let domain: String
  let name: String
  let overload: String

  init(_ node: ONNXNode) {
    domain = node.domain
    name = node.operation
    overload = node.overload
  }

  init(_ function: ONNXFunction) {
    domain = function.domain
    name = function.name
    overload = function.overload
  }

  static func index(_ functions: [ONNXFunction]) -> [OperatorKey: ONNXFunction] {
    let others = functions.filter { !OwnOperators.contains($0) }
    return Dictionary(others.map { (OperatorKey($0), $0) }) { first, _ in first }
  }
}

/// Finds all operators of a model that NetJac has no meaning for, in bodies and functions as well,
/// so that they are refused together, and nodes that do not fit what they call, whether they are evaluated or not.
struct OperatorSupport {
  private struct Missing: Hashable {
    let domain: String
    let name: String
    let version: Int64?
  }

  /// What surrounds a list of nodes.
  private struct Surroundings {
    let opsets: ONNXOpsets
    /// The attributes that nodes may refer to, in a function.
    let attributes: Set<String>?
    /// For messages: the nodes around these.
    let path: [String]
  }

  private let functions: [OperatorKey: ONNXFunction]
  /// The first node that does not fit what it calls.
  private var fault: (any Error)?
  private var missing: [Missing: [String]] = [:]
  private var checked: Set<OperatorKey> = []

  static func check(_ model: ONNXModel) throws {
    var support = OperatorSupport(functions: OperatorKey.index(model.functions))
    let main = Surroundings(opsets: model.opsets, attributes: nil, path: [])
    try support.visit(model.graph.nodes, main, calls: [])
    guard support.missing.isEmpty else { throw support.refusal(model) }
    if let fault = support.fault { throw fault }
  }

  private init(functions: [OperatorKey: ONNXFunction]) {
    self.functions = functions
  }

  /// The version of the operator set that a node's domain has in a model or function.
  static func version(_ node: ONNXNode, _ opsets: ONNXOpsets) throws -> Int64 {
    guard let version = opsets[node.domain] else {
      throw NetJacError(
        .format,
        "the operator is of domain \(ONNXOpsets.shown(node.domain)), which opset_import lacks")
    }
    return version
  }

  private mutating func visit(
    _ nodes: [ONNXNode], _ surroundings: Surroundings, calls: [OperatorKey]
  ) throws {
    let opsets = surroundings.opsets
    for node in nodes {
      for graph in node.graphs {
        let inner = Surroundings(
          opsets: opsets, attributes: surroundings.attributes,
          path: surroundings.path + [node.place, "graph \(graph.name.quoted)"])
        try visit(graph.nodes, inner, calls: calls)
      }
      note(node, surroundings) { try Self.checkReferences(node, surroundings.attributes) }
      let key = OperatorKey(node)
      if let function = functions[key] {
        guard !calls.contains(key), calls.count < GraphImporter.depthLimit else {
          throw NetJacError(
            .unsupported,
            """
            \(node.place): the function calls itself or is nested too deep; recursive functions \
            cannot be expanded
            """)
        }
        note(node, surroundings) { try function.check(node) }
        guard checked.insert(key).inserted else { continue }
        let inner = Surroundings(
          opsets: function.opsets, attributes: function.attributes,
          path: surroundings.path + [node.place])
        try visit(function.nodes, inner, calls: calls + [key])
        continue
      }
      let version = opsets[node.domain]
      let operation = version.flatMap {
        ONNXOperatorRegistry.find(node.domain, node.operation, $0)
      }
      if let operation {
        note(node, surroundings) { try operation.check(node) }
      } else {
        missing[
          Missing(domain: node.domain, name: node.operation, version: version), default: []
        ].append(node.name.isEmpty ? node.outputs.first ?? "" : node.name)
      }
    }
  }

  private mutating func note(
    _ node: ONNXNode, _ surroundings: Surroundings, _ check: () throws -> Void
  ) {
    guard fault == nil else { return }
    do {
      try check()
    } catch {
      fault = (surroundings.path + [node.place]).reversed().reduce(error) { error, place in
        (error as? NetJacError)?.located(at: place) ?? error
      }
    }
  }

  /// Refuses references to attributes that no call can give.
  private static func checkReferences(_ node: ONNXNode, _ known: Set<String>?) throws {
    for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
      guard case .reference(let outer) = value, !(known?.contains(outer) ?? false) else { continue }
      throw NetJacError(
        .format,
        """
        attribute \(name.quoted) refers to the attribute \(outer.quoted) of a function; \
        \(known == nil ? "the node is in no function" : "the function has no such attribute")
        """)
    }
  }

  private func refusal(_ model: ONNXModel) -> NetJacError {
    let lines = missing.map { missing, nodes in
      let domain = ONNXOpsets.shown(missing.domain)
      let version = missing.version.map { "opset \($0)" } ?? "not in opset_import"
      return "\(missing.name) of \(domain) (\(version); \(nodes.sorted().quotedList(limit: 4)))"
    }.sorted()
    let count = lines.count == 1 ? "an operator" : "\(lines.count) operators"
    return NetJacError(
      .unsupported,
      "the model uses \(count) that NetJac does not support: \(lines.joined(separator: ", "))")
  }
}

extension ONNXFunction {
  /// Refuses attributes that the function does not have.
  fileprivate func check(_ call: ONNXNode) throws {
    for given in call.attributes.keys.sorted() where !attributes.contains(given) {
      throw NetJacError(
        .format,
        """
        the function \(name.quoted) has no attribute \(given.quoted); \
        \(attributes.isEmpty ? "it has none" : "its attributes are \(attributes.sorted().quotedList(limit: 20))")
        """)
    }
  }
}
