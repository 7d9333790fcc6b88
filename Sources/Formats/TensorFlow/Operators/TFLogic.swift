import Graph
import Operations
import Tensors

/// Comparisons, boolean operations and the choice between values.
enum TFLogicOperators {
  static let all: [TFOperator] = [
    .binary("Equal") { p, a, b in try p.compare(.equal, a, b) },
    .binary("NotEqual") { p, a, b in try p.add(Not(), [p.compare(.equal, a, b)]) },
    .binary("Less") { p, a, b in try p.compare(.less, a, b) },
    .binary("LessEqual") { p, a, b in try p.compare(.lessOrEqual, a, b) },
    .binary("Greater") { p, a, b in try p.compare(.greater, a, b) },
    .binary("GreaterEqual") { p, a, b in try p.compare(.greaterOrEqual, a, b) },
    TFOperator("ApproximateEqual", outputs: ["z"], attributes: ["tolerance"]) { node, p in
      let operands = try p.broadcast([node.input(0, "x"), node.input(1, "y")])
      let distance = try p.absolute(p.subtract(operands[0], operands[1]))
      return try p.compare(
        .less, distance, p.scalar(node.real("tolerance", default: 1e-5), like: distance))
    },
    .binary("LogicalAnd") { p, a, b in try p.add(BitOperation(.and), [a, b]) },
    .binary("LogicalOr") { p, a, b in try p.add(BitOperation(.or), [a, b]) },
    .unary("LogicalNot") { p, x in try p.add(Not(), [x]) },
    .unary("IsNan") { p, x in try p.add(Classify(.isNaN), [x]) },
    .unary("IsInf") { p, x in try isInfinite(x, in: p) },
    .unary("IsFinite") { p, x in
      let isNaN = try p.add(Classify(.isNaN), [x])
      return try p.add(Not(), [p.add(BitOperation(.or), [isNaN, isInfinite(x, in: p)])])
    },
    TFOperator("SelectV2") { node, p in
      let operands = try p.broadcast([
        node.input(0, "condition"), node.input(1, "t"), node.input(2, "e"),
      ])
      return try p.select(operands[0], operands[1], operands[2])
    },
    // The older form chooses whole parts along the first axis where the condition is a vector.
    TFOperator("Select") { node, p in
      let (then, otherwise) = (try node.input(1, "t"), try node.input(2, "e"))
      var condition = try node.input(0, "condition")
      let shape = p.shape(then)
      if p.shape(condition).rank == 1, shape.rank > 1, p.shape(condition)[0] == shape[0] {
        condition = try p.add(Broadcast(shape, axes: [0]), [condition])
      }
      return try p.select(p.broadcast(condition, to: shape), then, otherwise)
    },
  ]

  private static func isInfinite(_ x: Value, in p: ProgramBuilder) throws -> Value {
    try p.add(
      BitOperation(.or),
      [
        p.add(Classify(.isPositiveInfinity), [x]), p.add(Classify(.isNegativeInfinity), [x]),
      ])
  }
}
