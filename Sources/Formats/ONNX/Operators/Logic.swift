import Graph
import Operations
import Tensors

/// Comparisons, boolean operations and the choice between values.
enum LogicOperators {
  static let all: [ONNXOperator] =
    comparisons + booleans + [
      ONNXOperator("Where", since: 9, operands: ["condition": .boolean, "X": .any, "Y": .any]) {
        node, p in
        let operands = try p.broadcast([
          node.input(0, "condition"), node.input(1, "X"), node.input(2, "Y"),
        ])
        return try p.select(operands[0], operands[1], operands[2])
      }
    ]

  private static let comparisons: [ONNXOperator] =
    ElementwiseOperators.legacyBinary("Equal", .any, derivative: .none) { p, a, b in
      try p.compare(.equal, a, b)
    }
    + ElementwiseOperators.legacyBinary("Less", derivative: .none) { p, a, b in
      try p.compare(.less, a, b)
    }
    + ElementwiseOperators.legacyBinary("Greater", derivative: .none) { p, a, b in
      try p.compare(.greater, a, b)
    }
    + [
      ElementwiseOperators.binary("LessOrEqual", since: 12, derivative: .none) { p, a, b in
        try p.compare(.lessOrEqual, a, b)
      },
      ElementwiseOperators.binary("GreaterOrEqual", since: 12, derivative: .none) { p, a, b in
        try p.compare(.greaterOrEqual, a, b)
      },
      ElementwiseOperators.unary("IsNaN", since: 9, derivative: .none) { p, x in
        try p.add(Classify(.isNaN), [x])
      },
      ONNXOperator(
        "IsInf", since: 10, operands: ["X": .real],
        attributes: ["detect_negative": .integer, "detect_positive": .integer], derivative: .none
      ) { node, p in
        let x = try node.input(0, "X")
        let wanted: [(String, Classify.Kind)] = [
          ("detect_positive", .isPositiveInfinity), ("detect_negative", .isNegativeInfinity),
        ]
        let found = try wanted.filter { try node.flag($0.0, default: true) }
          .map { try p.add(Classify($0.1), [x]) }
        guard let first = found.first else {
          return try p.constant(Tensor(TensorType(.bool, p.shape(x)), fill: 0.0))
        }
        return try found.dropFirst().reduce(first) { try p.add(BitOperation(.or), [$0, $1]) }
      },
    ]

  private static let booleans: [ONNXOperator] =
    boolean("And", .and) + boolean("Or", .or) + boolean("Xor", .xor) + [
      ElementwiseOperators.unary("Not", .boolean, derivative: .none) { p, x in
        try requireBoolean(x, in: p)
        return try p.add(Not(), [x])
      }
    ]

  private static func boolean(_ name: String, _ kind: BitOperation.Kind) -> [ONNXOperator] {
    ElementwiseOperators.legacyBinary(name, .boolean, derivative: .none) { p, a, b in
      try requireBoolean(a, in: p)
      return try p.add(BitOperation(kind), [a, b])
    }
  }

  private static func requireBoolean(_ x: Value, in p: ProgramBuilder) throws {
    guard p.type(x).element == .bool else {
      throw NetJacError(.shape, "the operand is \(p.type(x)); booleans are needed")
    }
  }
}
