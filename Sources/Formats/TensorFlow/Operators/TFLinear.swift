import Graph
import Operations
import Tensors

/// Products of matrices.
enum TFLinearOperators {
  static let all: [TFOperator] =
    [
      TFOperator(
        "MatMul", outputs: ["product"], attributes: ["transpose_a", "transpose_b"]
      ) { node, p in
        try product(
          node, turnsA: node.flag("transpose_a"), turnsB: node.flag("transpose_b"), in: p)
      },
      TFOperator("Einsum", attributes: ["equation"]) { node, p in
        try Einsum(node.text("equation"), operands: node.inputs(from: 0), in: p).result(in: p)
      },
      TFOperator("Cross", outputs: ["product"]) { node, p in
        let operands = try p.broadcast([node.input(0, "a"), node.input(1, "b")])
        let axis = try node.axis(-1, rank: p.shape(operands[0]).rank)
        guard p.shape(operands[0])[axis] == 3 else {
          throw NetJacError(
            .shape, "the operands are \(p.shape(operands[0])); three elements are needed")
        }
        func turned(_ x: Value, _ places: [Int]) throws -> Value {
          try p.gather(x, axis: axis, places: places)
        }
        return try p.subtract(
          p.multiply(turned(operands[0], [1, 2, 0]), turned(operands[1], [2, 0, 1])),
          p.multiply(turned(operands[0], [2, 0, 1]), turned(operands[1], [1, 2, 0])))
      },
    ]
    + ["BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"].map { name in
      TFOperator(name, attributes: ["adj_x", "adj_y"]) { node, p in
        try product(node, turnsA: node.flag("adj_x"), turnsB: node.flag("adj_y"), in: p)
      }
    }

  private static func product(_ node: TFCall, turnsA: Bool, turnsB: Bool, in p: ProgramBuilder)
    throws -> Value
  {
    func operand(_ index: Int, isTurned: Bool) throws -> Value {
      let x = try node.input(index, index == 0 ? "a" : "b")
      let rank = p.shape(x).rank
      guard rank >= 2 else {
        throw NetJacError(.shape, "an operand is \(p.shape(x)); matrices are needed")
      }
      return isTurned ? try p.moveAxis(x, from: rank - 1, to: rank - 2) : x
    }
    return try p.stackedProduct(
      operand(0, isTurned: turnsA), operand(1, isTurned: turnsB))
  }
}
