import Graph
import Tensors

/// Products of matrices and stacks of matrices.
enum LinearOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator("MatMul") { node, p in
      try p.stackedProduct(node.input(0, "A"), node.input(1, "B"))
    },
    ONNXOperator("Gemm", gemm),
    ONNXOperator("Einsum", since: 12) { node, p in
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

extension ProgramBuilder {
  /// The product of matrices in stacks: the last two axes are multiplied, those before are repeated
  /// to a common shape; a vector counts as a row on the left and as a column on the right.
  func stackedProduct(_ a: Value, _ b: Value) throws -> Value {
    let (aDims, bDims) = (shape(a).dims, shape(b).dims)
    guard let inner = aDims.last, !bDims.isEmpty else {
      throw NetJacError(
        .shape, "A is \(shape(a)), B is \(shape(b)); scalars have no matrix product")
    }
    guard bDims[max(bDims.count - 2, 0)] == inner else {
      throw NetJacError(
        .shape, "A is \(shape(a)), B is \(shape(b)); columns of A must equal rows of B")
    }
    let (row, summed, column) = (-1, -2, -3)
    let stackRank = max(aDims.count, bDims.count, 2) - 2
    let a = try stack(a, aDims.dropLast(2), against: bDims.dropLast(2), stackRank)
    let b = try stack(b, bDims.dropLast(2), against: aDims.dropLast(2), stackRank)
    let stacked = Array(0..<stackRank)
    return try dot(
      a.value, b.value,
      a.labels + (aDims.count > 1 ? [row] : []) + [summed],
      b.labels + [summed] + (bDims.count > 1 ? [column] : []),
      stacked.filter { (a.labels + b.labels).contains($0) }
        + (aDims.count > 1 ? [row] : []) + (bDims.count > 1 ? [column] : []))
  }

  /// Labels the leading axes of a stack; an axis of length one that the other operand is longer in
  /// is left out, which repeats it at no cost.
  private func stack(
    _ x: Value, _ dims: ArraySlice<Int>, against others: ArraySlice<Int>, _ rank: Int
  ) throws -> (value: Value, labels: [Int]) {
    var labels: [Int] = []
    var kept: [Int] = []
    for (axis, length) in dims.enumerated() {
      let label = rank - dims.count + axis
      let place = label - (rank - others.count)
      let other = place >= 0 ? others[others.startIndex + place] : length
      guard length == other || length == 1 || other == 1 else {
        throw NetJacError(
          .shape,
          """
          the stacks of matrices are \(Array(dims)) and \(Array(others)); their lengths must be \
          equal or one
          """)
      }
      if length == 1, other != 1 { continue }
      labels.append(label)
      kept.append(length)
    }
    let matrix = shape(x).dims.dropFirst(dims.count)
    return (try reshape(x, Shape(checking: kept + matrix)), labels)
  }
}
