import Graph
import Tensors

extension ProgramWriter {
  /// Operators of ONNX that mean the same as a primitive without attributes.
  private static let plain: [String: String] = [
    Negate.name: "Neg", Add.name: "Add", Subtract.name: "Sub", Multiply.name: "Mul",
    Divide.name: "Div", Power.name: "Pow", Exponential.name: "Exp", Logarithm.name: "Log",
    HyperbolicTangent.name: "Tanh", Sigmoid.name: "Sigmoid", Softplus.name: "Softplus",
    SquareRoot.name: "Sqrt", Reciprocal.name: "Reciprocal", Sine.name: "Sin", Cosine.name: "Cos",
    Floor.name: "Floor", Ceiling.name: "Ceil", Round.name: "Round", Sign.name: "Sign",
    Relu.name: "Relu", Absolute.name: "Abs", Softsign.name: "Softsign",
    Select.name: "Where",
  ]

  /// Functions that ONNX Runtime has for single precision only. A conversion around them leaves
  /// numbers as they are when NetJac reads the file.
  private static let single: [String: String] = [
    ErrorFunction.name: "Erf", Tangent.name: "Tan", ArcSine.name: "Asin", ArcCosine.name: "Acos",
    ArcTangent.name: "Atan", HyperbolicSine.name: "Sinh", HyperbolicCosine.name: "Cosh",
    InverseHyperbolicSine.name: "Asinh", InverseHyperbolicCosine.name: "Acosh",
    InverseHyperbolicTangent.name: "Atanh",
  ]

  /// The result of an elementwise primitive, or nil for another one.
  func elementwise(_ node: Node) throws -> String? {
    let x = node.operands
    let name = node.primitive.name
    if let operation = Self.plain[name] { return try add(operation, elementwise(x)) }
    if let operation = Self.single[name] {
      return try single(operation, full(x[0]), node.type.element)
    }
    if let operation = OwnOperators.functions[name] { return try own(operation, node) }
    switch node.primitive {
    case let extreme as Extreme where extreme.tie != .shared && node.type.element.isReal:
      if let bound = program.constant(x[1])?.fill {
        let bounds = [scalar(bound, like: x[1])]
        return try add("Clip", [full(x[0])] + (extreme.kind == .maximum ? bounds : [""] + bounds))
      }
      let (a, b) = (try full(x[0]), try full(x[1]))
      let isBeyond = try add(extreme.kind == .maximum ? "Less" : "Greater", [a, b])
      return try add("Where", [isBeyond, b, a])
    case let extreme as Extreme:
      return try add(extreme.kind == .maximum ? "Max" : "Min", elementwise(x))
    case is GuardedMultiply:
      let (a, b) = (try full(x[0]), try full(x[1]))
      let zero = scalar(0, like: x[0])
      let isZero = try add("Or", [add("Equal", [a, zero]), add("Equal", [b, zero])])
      return try add("Where", [isZero, zero, add("Mul", [a, b])])
    case is Remainder: return try add("Mod", elementwise(x), [.integer("fmod", 1)])
    case is Modulo:
      let operands = try elementwise(x)
      guard node.type.element.isReal else { return try add("Mod", operands) }
      // The remainder is exact; where its sign is not that of the divisor, one divisor more is.
      let remainder = try add("Mod", operands, [.integer("fmod", 1)])
      let zero = scalar(0, like: x[0])
      let differs = try add(
        "Xor", [add("Less", [remainder, zero]), add("Less", [operands[1], zero])])
      let isShifted = try add("And", [differs, add("Not", [add("Equal", [remainder, zero])])])
      return try add("Where", [isShifted, add("Add", [remainder, operands[1]]), remainder])
    case is Truncate:
      let operand = try full(x[0])
      return try add("Mul", [add("Sign", [operand]), add("Floor", [add("Abs", [operand])])])
    case is Step:
      let isPositive = try add("Greater", [full(x[0]), scalar(0, like: x[0])])
      return try add("Cast", [isPositive], [.integer("to", Int(node.type.element.wireCode))])
    case let compare as Compare:
      return try add(Self.operation(compare.comparison), elementwise(x))
    case let bits as BitOperation:
      return try bitOperation(bits, x, isBoolean: program.type(x[0]).element == .bool)
    case is Not:
      if node.type.element == .bool { return try add("Not", [full(x[0])]) }
      return try add("BitwiseXor", [full(x[0]), scalar(-1, like: x[0])])
    case let classify as Classify:
      switch classify.kind {
      case .isNaN: return try add("IsNaN", [full(x[0])])
      case .isPositiveInfinity:
        return try add("IsInf", [full(x[0])], [.integer("detect_negative", 0)])
      case .isNegativeInfinity:
        return try add("IsInf", [full(x[0])], [.integer("detect_positive", 0)])
      }
    case let convert as Convert:
      return try add("Cast", [full(x[0])], [.integer("to", Int(convert.element.wireCode))])
    default: return nil
    }
  }

  /// An operator that ONNX Runtime has for single precision only, of a value of a type.
  func single(
    _ operation: String, _ x: String, _ element: ElementType
  ) throws -> String {
    guard element == .float64 else { return try add(operation, [x]) }
    let narrow = try add("Cast", [x], [.integer("to", 1)])
    return try add("Cast", [add(operation, [narrow])], [.integer("to", 11)])
  }

  private static func operation(_ comparison: Comparison) -> String {
    switch comparison {
    case .equal: "Equal"
    case .less: "Less"
    case .lessOrEqual: "LessOrEqual"
    case .greater: "Greater"
    case .greaterOrEqual: "GreaterOrEqual"
    }
  }

  private func bitOperation(_ bits: BitOperation, _ x: [Value], isBoolean: Bool) throws -> String {
    let operation: String
    switch bits.kind {
    case .and: operation = "And"
    case .or: operation = "Or"
    case .xor: operation = "Xor"
    case .shiftLeft, .shiftRight: return try shift(bits, x)
    }
    return try add(isBoolean ? operation : "Bitwise\(operation)", elementwise(x))
  }

  /// ONNX shifts unsigned numbers, and by less than their width. A negative number is shifted to the right as
  /// its complement, whose first bit is none.
  private func shift(_ bits: BitOperation, _ x: [Value]) throws -> String {
    guard program.type(x[0]).element == .int64 else {
      throw unsupported(bits, "numbers of 64 bits can be shifted")
    }
    func unsigned(_ name: String) throws -> String {
      try add("Cast", [name], [.integer("to", Int(ONNXElementType.uint64.rawValue))])
    }
    func signed(_ name: String) throws -> String {
      try add("Cast", [name], [.integer("to", Int(ONNXElementType.int64.rawValue))])
    }
    let (number, count) = (try full(x[0]), try full(x[1]))
    let isInside = try add(
      "And",
      [
        add("GreaterOrEqual", [count, scalar(0, like: x[1])]),
        add("Less", [count, scalar(64, like: x[1])]),
      ])
    let zero = scalar(0, like: x[1])
    let places = try unsigned(add("Where", [isInside, count, zero]))
    let shifted: String
    if bits.kind == .shiftLeft {
      shifted = try signed(
        add("BitShift", [unsigned(number), places], [.string("direction", "LEFT")]))
    } else {
      let sign = try add("Neg", [signed(add("Less", [number, zero]))])
      let magnitude = try unsigned(add("BitwiseXor", [number, sign]))
      let half = try signed(add("BitShift", [magnitude, places], [.string("direction", "RIGHT")]))
      shifted = try add("BitwiseXor", [half, sign])
    }
    return try add("Where", [isInside, shifted, zero])
  }
}
