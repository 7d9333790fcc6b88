import Graph
import Operations
import Tensors

/// Arithmetic and functions of single numbers; operands are repeated to a common shape.
enum ElementwiseOperators {
  static let all: [ONNXOperator] = arithmetic + extremes + functions

  private static let arithmetic: [ONNXOperator] =
    legacyBinary("Add", notation: .sum) { p, a, b in try p.add(a, b) }
    + legacyBinary("Sub", notation: .difference) { p, a, b in try p.subtract(a, b) }
    + legacyBinary("Mul", notation: .product) { p, a, b in try p.multiply(a, b) }
    + legacyBinary("Div", notation: .quotient) { p, a, b in try p.divide(a, b) }
    + legacyBinary("Pow", notation: .power, power)
    + [
      ONNXOperator(
        "Mod", since: 10, operands: ["A": .number, "B": .number], attributes: ["fmod": .integer],
        derivative: .kinked("a/b whole: jumps")
      ) { node, p in
        let isC = try node.flag("fmod", default: false)
        let operands = try p.broadcast([node.input(0, "A"), node.input(1, "B")])
        return try isC ? p.add(Remainder(), operands) : p.add(Modulo(), operands)
      },
      unary("Neg", .number) { p, x in try p.negate(x) }.written(.negative),
      unary("Abs", .number, derivative: .kinked("x = 0: derivative 0")) { p, x in try p.absolute(x)
      },
      unary("Reciprocal") { p, x in try p.reciprocal(x) },
      unary("Sign", since: 9, .number, derivative: .zero) { p, x in try p.sign(x) },
      unary("Identity", .any) { _, x in x },
    ]

  private static let shared = Derivative.kinked("equal arguments share the derivative")

  private static let extremes: [ONNXOperator] = [
    variadic("Max", derivative: shared) { p, all in try p.extreme(.maximum, of: all) },
    variadic("Min", derivative: shared) { p, all in try p.extreme(.minimum, of: all) },
    variadic("Sum") { p, all in try all.dropFirst().reduce(all[0]) { try p.add($0, $1) } },
    ONNXOperator("Mean", operands: ["data_0": .several(.real)]) { node, p in
      let operands = try p.broadcast(node.allInputs())
      let sum = try operands.dropFirst().reduce(operands[0]) { try p.add($0, $1) }
      return try p.divide(sum, p.scalar(Double(operands.count), like: sum))
    },
    ONNXOperator(
      "Clip", operands: ["input": .number], attributes: ["max": .real, "min": .real],
      derivative: .kinked("at a bound: derivative 1")
    ) { node, p in
      try p.clip(
        node.input(0, "input"), low: node.optionalReal("min").map { try p.scalar($0) },
        high: node.optionalReal("max").map { try p.scalar($0) })
    },
    ONNXOperator(
      "Clip", since: 11,
      operands: ["input": .number, "min": .optional(.number), "max": .optional(.number)],
      attributes: [:]
    ) { node, p in
      for (place, name) in [(1, "min"), (2, "max")] {
        guard let bound = node.optionalInput(place), p.shape(bound).count != 1 else { continue }
        throw NetJacError(.shape, "\(name) is \(p.type(bound)); one number is needed")
      }
      return try p.clip(
        node.input(0, "input"), low: node.optionalInput(1), high: node.optionalInput(2))
    },
  ]

  private static let functions: [ONNXOperator] = [
    unary("Sqrt") { p, x in try p.squareRoot(x) },
    unary("Exp") { p, x in try p.exponential(x) },
    unary("Log") { p, x in try p.logarithm(x) },
    unary("Floor", derivative: .zero) { p, x in try p.floor(x) },
    unary("Ceil", derivative: .zero) { p, x in try p.add(Ceiling(), [x]) },
    unary("Round", since: 11, derivative: .zero) { p, x in try p.add(Round(), [x]) },
    unary("Erf", since: 9) { p, x in try p.errorFunction(x) },
    unary("Sin", since: 7) { p, x in try p.sine(x) },
    unary("Cos", since: 7) { p, x in try p.cosine(x) },
    unary("Tan", since: 7) { p, x in try p.add(Tangent(), [x]) },
    unary("Asin", since: 7) { p, x in try p.add(ArcSine(), [x]) },
    unary("Acos", since: 7) { p, x in try p.add(ArcCosine(), [x]) },
    unary("Atan", since: 7) { p, x in try p.add(ArcTangent(), [x]) },
    unary("Sinh", since: 9) { p, x in try p.hyperbolicSine(x) },
    unary("Cosh", since: 9) { p, x in try p.hyperbolicCosine(x) },
    unary("Asinh", since: 9) { p, x in try p.add(InverseHyperbolicSine(), [x]) },
    unary("Acosh", since: 9) { p, x in try p.add(InverseHyperbolicCosine(), [x]) },
    unary("Atanh", since: 9) { p, x in try p.add(InverseHyperbolicTangent(), [x]) },
  ]

  typealias Unary = @Sendable (ProgramBuilder, Value) throws -> Value
  typealias Binary = @Sendable (ProgramBuilder, Value, Value) throws -> Value

  static func unary(
    _ name: String, since: Int64 = 1, _ kind: OperandKind = .real,
    derivative: Derivative = .smooth, _ function: @escaping Unary
  ) -> ONNXOperator {
    ONNXOperator(name, since: since, operands: ["X": kind], derivative: derivative) { node, p in
      try function(p, node.input(0, "X"))
    }
  }

  static func binary(
    _ name: String, since: Int64 = 7, _ kind: OperandKind = .number,
    derivative: Derivative = .smooth, _ function: @escaping Binary
  ) -> ONNXOperator {
    ONNXOperator(
      name, since: since, operands: ["A": kind, "B": kind], attributes: [:], derivative: derivative
    ) { node, p in
      let operands = try p.broadcast([node.input(0, "A"), node.input(1, "B")])
      return try function(p, operands[0], operands[1])
    }
  }

  /// Until opset 6 the second operand was only repeated where the attribute `broadcast` said so,
  /// from the attribute `axis` on; since opset 7 shapes are aligned at the right.
  static func legacyBinary(
    _ name: String, _ kind: OperandKind = .number, derivative: Derivative = .smooth,
    notation: Notation? = nil, _ function: @escaping Binary
  ) -> [ONNXOperator] {
    let legacy = ONNXOperator(
      name, operands: ["A": kind, "B": kind],
      attributes: ["axis": .integer, "broadcast": .integer], derivative: derivative
    ) { node, p in
      let a = try node.input(0, "A")
      let b = try node.input(1, "B")
      let operands = try p.broadcast([a, aligned(b, to: a, node, p)])
      return try function(p, operands[0], operands[1])
    }
    return [legacy, binary(name, kind, derivative: derivative, function)].map {
      $0.written(notation)
    }
  }

  private static func aligned(_ b: Value, to a: Value, _ node: NodeCall, _ p: ProgramBuilder) throws
    -> Value
  {
    guard try node.flag("broadcast", default: false), let given = try node.optionalInteger("axis")
    else { return b }
    let axis = try node.axis(given, rank: p.shape(a).rank)
    let trailing = p.shape(a).rank - axis - p.shape(b).rank
    guard trailing >= 0 else {
      throw NetJacError(
        .shape, "B is \(p.shape(b)), A is \(p.shape(a)); from axis \(axis) on B has too many axes")
    }
    return try p.reshape(b, Shape(p.shape(b).dims + [Int](repeating: 1, count: trailing)))
  }

  private static func variadic(
    _ name: String, derivative: Derivative = .smooth,
    _ function: @escaping @Sendable (ProgramBuilder, [Value]) throws -> Value
  ) -> ONNXOperator {
    ONNXOperator(name, operands: ["data": .several(.number)], derivative: derivative) { node, p in
      try function(p, p.broadcast(node.allInputs()))
    }
  }

  /// Base and exponent may differ in type; the result has the type of the base.
  private static let power: Binary = { p, base, exponent in
    switch (p.type(base).element.isReal, p.type(exponent).element.isReal) {
    case (true, false): return try p.power(base, p.convert(exponent, to: p.real))
    case (false, true):
      let element = p.type(base).element
      return try p.convert(p.power(p.convert(base, to: p.real), exponent), to: element)
    default: return try p.power(base, exponent)
    }
  }
}
