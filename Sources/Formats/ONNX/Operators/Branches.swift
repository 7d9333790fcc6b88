import Graph
import Operations
import Tensors

/// ONNX `If`: of a condition that is not known, both branches are computed and one is chosen.
extension ControlFlowOperators {
  static let branch: @Sendable (NodeCall, ProgramBuilder) throws -> [Value?] = { node, p in
    let given = try node.input(0, "cond")
    guard p.shape(given).count == 1, p.type(given).element == .bool else {
      throw NetJacError(.shape, "cond is \(p.type(given)); one boolean is needed")
    }
    for name in ["then_branch", "else_branch"] { try check(node.graph(name), name, of: node.node) }
    func run(_ name: String, view: ((Value) throws -> Value)? = nil) throws -> [Value] {
      try located(name) {
        try node.importer.run(node.graph(name), arguments: [], in: node.scope, view: view)
      }
    }
    if let known = try p.constantTensor(of: given) {
      return try run(known.integers[0] != 0 ? "then_branch" : "else_branch")
    }
    let condition = try p.reshape(given, [])
    let then = try run("then_branch") { try p.visible($0, where: condition) }
    let negated = try p.add(Not(), [condition])
    let otherwise = try run("else_branch") { try p.visible($0, where: negated) }
    return try zip(then, otherwise).map { a, b in
      guard p.type(a) == p.type(b) else {
        throw NetJacError(
          .unsupported,
          """
          the branches make \(p.type(a)) and \(p.type(b)); where the condition depends on an input, \
          both must make the same
          """)
      }
      return try p.select(p.broadcast(condition, to: p.shape(a)), a, b)
    }
  }

  /// A branch is given nothing and makes what the node does, whether it runs or not.
  private static func check(_ branch: ONNXGraph, _ name: String, of node: ONNXNode) throws {
    guard branch.inputs.isEmpty, branch.outputs.count == node.outputs.count else {
      throw NetJacError(
        .format,
        """
        \(name) has \(branch.inputs.count) inputs and \(branch.outputs.count) outputs; no inputs and \
        \(node.outputs.count) outputs are needed
        """)
    }
  }
}
