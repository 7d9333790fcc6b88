import Graph
import Operations
import Tensors

/// Products of matrices and stacks of matrices.
enum LinearOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator("MatMul", operands: ["A": .number, "B": .number]) { node, p in
      try p.stackedProduct(node.input(0, "A"), node.input(1, "B"))
    }.written(.matrixProduct),
    ONNXOperator(
      "Gemm", operands: ["A": .number, "B": .number, "C": .optional(.number)],
      attributes: [
        "alpha": .real, "beta": .real, "broadcast": .integer, "transA": .integer,
        "transB": .integer,
      ], gemm),
    ONNXOperator(
      "Einsum", since: 12, operands: ["Inputs": .several(.number)], attributes: ["equation": .text]
    ) { node, p in
      guard let equation = try node.optionalString("equation") else {
        throw NetJacError(.format, "the attribute 'equation' is missing")
      }
      return try Einsum(equation, operands: node.allInputs(), in: p).result(in: p)
    },
  ]

  /// `Y = alpha·A'·B' + beta·C`, where `'` may transpose; C is optional since opset 11.
  private static let gemm: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let a = try node.input(0, "A")
    let b = try node.input(1, "B")
    guard p.shape(a).rank == 2, p.shape(b).rank == 2 else {
      throw NetJacError(
        .shape, "A is \(p.shape(a)), B is \(p.shape(b)); both must be matrices")
    }
    let aLabels = try node.flag("transA", default: false) ? [1, 0] : [0, 1]
    let bLabels = try node.flag("transB", default: false) ? [2, 1] : [1, 2]
    let rows = p.shape(b).dims[bLabels[0] == 1 ? 0 : 1]
    let columns = p.shape(a).dims[aLabels[0] == 1 ? 0 : 1]
    guard columns == rows else {
      throw NetJacError(
        .shape,
        """
        A is \(p.shape(a))\(aLabels[0] == 1 ? " transposed" : ""), B is \
        \(p.shape(b))\(bLabels[0] == 2 ? " transposed" : ""); columns of A must equal rows of B
        """)
    }
    let product = try scaled(p.dot(a, b, aLabels, bLabels, [0, 2]), node, "alpha", p)
    guard let c = node.optionalInput(2) else { return product }
    return try p.add(product, scaled(p.broadcast(c, to: p.shape(product)), node, "beta", p))
  }

  private static func scaled(_ x: Value, _ node: NodeCall, _ name: String, _ p: ProgramBuilder)
    throws -> Value
  {
    try p.multiply(p.scalar(node.real(name, default: 1), like: x), x)
  }
}
