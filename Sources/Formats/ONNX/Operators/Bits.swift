import Graph
import Operations
import Tensors

/// Operations on the bits of whole numbers. Where the width matters, the file must say the type of the operand.
enum BitOperators {
  static let all: [ONNXOperator] = [
    bitwise("BitwiseAnd", .and), bitwise("BitwiseOr", .or), bitwise("BitwiseXor", .xor),
    ONNXOperator(
      "BitwiseNot", since: 18, operands: ["X": .whole], attributes: [:], derivative: .none,
      limits: "the file must say the type of X"
    ) { node, p in
      let x = try wholeNumbers(node.input(0, "X"), in: p)
      return try p.complement(x, type(node).width)
    },
    ONNXOperator(
      "BitShift", since: 11, operands: ["X": .whole, "Y": .whole], attributes: ["direction": .text],
      derivative: .none,
      limits: "the file must say the type of X, which must be unsigned in versions before 28"
    ) { node, p in
      let type = try type(node)
      guard isUnsigned(type) else {
        throw NetJacError(
          .unsupported,
          "X is of type \(type.name); before opset 28 numbers of unsigned types can be shifted")
      }
      return try shifted(node, type, in: p)
    },
    ONNXOperator("BitShift", since: 28) { node, p in try shifted(node, type(node), in: p) },
  ]

  private static func isUnsigned(_ type: ONNXElementType) -> Bool {
    [.uint8, .uint16, .uint32, .uint64].contains(type)
  }

  private static func shifted(
    _ node: NodeCall, _ type: ONNXElementType, in p: ProgramBuilder
  ) throws -> Value {
    let operands = try p.broadcast([
      wholeNumbers(node.input(0, "X"), in: p), wholeNumbers(node.input(1, "Y"), in: p),
    ])
    guard node.has("direction") else {
      throw NetJacError(.format, "the attribute 'direction' is missing")
    }
    switch try node.choice("direction", default: Direction.left) {
    case .left: return try p.shiftedLeft(operands[0], by: operands[1], type.width)
    case .right where isUnsigned(type):
      return try p.shiftedRight(unsigned: operands[0], by: operands[1], type.width)
    case .right: return try p.shiftedRight(signed: operands[0], by: operands[1])
    }
  }

  private enum Direction: String, CaseIterable {
    case left = "LEFT"
    case right = "RIGHT"
  }

  /// Signed or not, two whole numbers have the same bits in these.
  private static func bitwise(_ name: String, _ kind: BitOperation.Kind) -> ONNXOperator {
    ElementwiseOperators.binary(name, since: 18, .whole, derivative: .none) { p, a, b in
      try p.add(BitOperation(kind), [wholeNumbers(a, in: p), wholeNumbers(b, in: p)])
    }
  }

  private static func wholeNumbers(_ x: Value, in p: ProgramBuilder) throws -> Value {
    guard p.type(x).element == .int64 else {
      throw NetJacError(.shape, "an operand is \(p.type(x)); whole numbers are needed")
    }
    return x
  }

  private static func type(_ node: NodeCall) throws -> ONNXElementType {
    guard let type = node.element(0), type.holding == .integer else {
      throw NetJacError(
        .unsupported,
        """
        how many bits the numbers of X have is not known; the result depends on it, so the file must \
        declare the type of \((node.node.inputs.first ?? "").quoted) (value_info)
        """)
    }
    return type
  }
}
