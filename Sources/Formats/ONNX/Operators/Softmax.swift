import Graph
import Operations
import Tensors

/// Softmax and its relatives. Until opset 12 they worked on all axes from `axis` on as one (1 by
/// default); since opset 13 on that axis alone (the last by default).
enum SoftmaxOperators {
  static let all: [ONNXOperator] =
    family("Softmax") { p, x, axes in try p.softmax(x, over: axes) }
    + family("LogSoftmax") { p, x, axes in try p.logSoftmax(x, over: axes) }
    + family("Hardmax", derivative: .zero) { p, x, axes in try p.hardmax(x, over: axes) }

  private static func family(
    _ name: String, derivative: Derivative = .smooth,
    _ body: @escaping @Sendable (ProgramBuilder, Value, [Int]) throws -> Value
  ) -> [ONNXOperator] {
    [
      ONNXOperator(
        name, operands: ["input": .real], attributes: ["axis": .integer], derivative: derivative
      ) { node, p in
        let x = try node.input(0, "input")
        let rank = p.shape(x).rank
        let axis = try node.axis(node.integer("axis", default: 1), rank: rank)
        return try body(p, x, Array(axis..<rank))
      },
      ONNXOperator(name, since: 13) { node, p in
        let x = try node.input(0, "input")
        let axis = try node.axis(node.integer("axis", default: -1), rank: p.shape(x).rank)
        return try body(p, x, [axis])
      },
    ]
  }
}
