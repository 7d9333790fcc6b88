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
/// so that they are refused together.
struct OperatorSupport {
  private struct Missing: Hashable {
    let domain: String
    let name: String
    let version: Int64?
  }

  private let functions: [OperatorKey: ONNXFunction]
  private var missing: [Missing: [String]] = [:]
  private var checked: Set<OperatorKey> = []

  static func check(_ model: ONNXModel) throws {
    var support = OperatorSupport(functions: OperatorKey.index(model.functions))
    try support.visit(model.graph.nodes, model.opsets, calls: [])
    guard support.missing.isEmpty else { throw support.refusal(model) }
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

  private mutating func visit(_ nodes: [ONNXNode], _ opsets: ONNXOpsets, calls: [OperatorKey])
    throws
  {
    for node in nodes {
      for graph in node.graphs { try visit(graph.nodes, opsets, calls: calls) }
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
        guard checked.insert(key).inserted else { continue }
        try visit(function.nodes, function.opsets, calls: calls + [key])
        continue
      }
      let version = opsets[node.domain]
      let isKnown =
        version.map {
          ONNXOperatorRegistry.find(node.domain, node.operation, $0) != nil
        } ?? false
      if !isKnown {
        missing[
          Missing(domain: node.domain, name: node.operation, version: version), default: []
        ].append(node.name.isEmpty ? node.outputs.first ?? "" : node.name)
      }
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
