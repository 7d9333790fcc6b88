import Containers
import Graph
import Operations
import Tensors

/// Functions of single numbers, and arithmetic with broadcasting.
enum KerasElementwiseOperations {
  static let all: [KerasOperation] = arithmetic + comparisons + functions + activations

  private static let arithmetic: [KerasOperation] = [
    .binary("Add") { p, a, b in try p.add(a, b) },
    .binary("Subtract") { p, a, b in try p.subtract(a, b) },
    .binary("Multiply") { p, a, b in try p.multiply(a, b) },
    .binary("Divide") { p, a, b in try p.divide(p.asReal(a), p.asReal(b)) },
    .binary("TrueDivide") { p, a, b in try p.divide(p.asReal(a), p.asReal(b)) },
    .binary("Power") { p, a, b in try p.power(a, b) },
    .binary("Maximum") { p, a, b in try p.maximum(a, b) },
    .binary("Minimum") { p, a, b in try p.minimum(a, b) },
    .binary("SquaredDifference") { p, a, b in
      let difference = try p.subtract(a, b)
      return try p.multiply(difference, difference)
    },
    .binary("FloorDivide") { p, a, b in try p.floor(p.divide(p.asReal(a), p.asReal(b))) },
    .binary("Mod") { p, a, b in try p.add(Modulo(), [a, b]) },
    KerasOperation("Clip", ["x_min", "x_max"]) { call, p in
      let bounds = try ["x_min", "x_max"].map { key in
        try call.config.value(key).map { try KerasOperand.constant($0, real: p.real, in: p) }
      }
      return try p.clip(p.asReal(call.operand(0, "x")), low: bounds[0], high: bounds[1])
    },
    KerasOperation("Where") { call, p in
      let condition = try p.asBoolean(call.operand(0, "condition"))
      let (a, b) = try p.matched(call.operand(1, "x1", "x"), call.operand(2, "x2", "y"))
      let shape = try p.broadcastShape([p.shape(condition), p.shape(a)])
      return try p.select(
        p.broadcast(condition, to: shape), p.broadcast(a, to: shape), p.broadcast(b, to: shape))
    },
    KerasOperation("Cast", ["dtype"]) { call, p in
      let x = try call.operand(0, "x")
      let name = try call.config.string("dtype", default: "float32")
      // All reals are of the network's one type.
      if name.contains("float") { return try p.asReal(x) }
      if name == "bool" { return try p.asBoolean(x) }
      guard name.hasPrefix("int") || name.hasPrefix("uint") else {
        throw NetJacError(.unsupported, "a cast to \(name.quoted) is not supported")
      }
      return try p.convert(x, to: .int64)
    },
  ]

  private static let comparisons: [KerasOperation] =
    [
      ("Equal", Comparison.equal), ("Less", .less), ("LessEqual", .lessOrEqual),
      ("Greater", .greater), ("GreaterEqual", .greaterOrEqual),
    ].map { name, comparison in .binary(name) { p, a, b in try p.compare(comparison, a, b) } } + [
      .binary("NotEqual") { p, a, b in try p.differ(a, b) },
      .binary("LogicalAnd") { p, a, b in try p.both(p.asBoolean(a), p.asBoolean(b)) },
      .binary("LogicalOr") { p, a, b in
        try p.add(BitOperation(.or), [p.asBoolean(a), p.asBoolean(b)])
      },
      KerasOperation("LogicalNot") { call, p in
        try p.add(Not(), [p.asBoolean(call.operand(0, "x"))])
      },
    ]

  private static let functions: [KerasOperation] = [
    KerasOperation("Negative") { call, p in try p.negate(call.operand(0, "x")) },
    .unary("Absolute") { p, x in try p.absolute(x) },
    .unary("Abs") { p, x in try p.absolute(x) },
    .unary("Exp") { p, x in try p.exponential(x) },
    .unary("Expm1") { p, x in try p.add(ExponentialMinusOne(), [x]) },
    .unary("Log") { p, x in try p.logarithm(x) },
    .unary("Log1p") { p, x in try p.add(LogarithmOfOnePlus(), [x]) },
    .unary("Log10") { p, x in
      try p.divide(p.logarithm(x), p.scalar(2.302585092994046, like: x))
    },
    .unary("Log2") { p, x in try p.divide(p.logarithm(x), p.scalar(0.6931471805599453, like: x)) },
    .unary("Sqrt") { p, x in try p.squareRoot(x) },
    .unary("Rsqrt") { p, x in try p.reciprocal(p.squareRoot(x)) },
    .unary("Square") { p, x in try p.multiply(x, x) },
    .unary("Reciprocal") { p, x in try p.reciprocal(x) },
    .unary("Sin") { p, x in try p.sine(x) },
    .unary("Cos") { p, x in try p.cosine(x) },
    .unary("Tan") { p, x in try p.add(Tangent(), [x]) },
    .unary("Arcsin") { p, x in try p.add(ArcSine(), [x]) },
    .unary("Arccos") { p, x in try p.add(ArcCosine(), [x]) },
    .unary("Arctan") { p, x in try p.add(ArcTangent(), [x]) },
    .unary("Sinh") { p, x in try p.hyperbolicSine(x) },
    .unary("Cosh") { p, x in try p.hyperbolicCosine(x) },
    .unary("Arcsinh") { p, x in try p.add(InverseHyperbolicSine(), [x]) },
    .unary("Arccosh") { p, x in try p.add(InverseHyperbolicCosine(), [x]) },
    .unary("Arctanh") { p, x in try p.add(InverseHyperbolicTangent(), [x]) },
    .unary("Erf") { p, x in try p.errorFunction(x) },
    .unary("Floor") { p, x in try p.floor(x) },
    .unary("Ceil") { p, x in try p.add(Ceiling(), [x]) },
    .unary("Sign") { p, x in try p.sign(x) },
    KerasOperation("Identity") { call, p in try call.operand(0, "x") },
    KerasOperation("StopGradient") { call, p in try p.detach(call.operand(0, "variable")) },
    KerasOperation("OnesLike", [.ignored("dtype")]) { call, p in
      try p.scalar(1, like: call.operand(0, "x"))
    },
    KerasOperation("ZerosLike", [.ignored("dtype")]) { call, p in
      try p.scalar(0, like: call.operand(0, "x"))
    },
  ]

  /// The activation functions under the names of their operations.
  private static let activations: [KerasOperation] =
    [
      ("Relu", "relu"), ("Relu6", "relu6"), ("Sigmoid", "sigmoid"), ("Tanh", "tanh"),
      ("Softplus", "softplus"), ("Softsign", "softsign"), ("Silu", "silu"), ("Selu", "selu"),
      ("LogSigmoid", "log_sigmoid"), ("HardSilu", "hard_silu"), ("HardTanh", "hard_tanh"),
      ("TanhShrink", "tanh_shrink"), ("SparsePlus", "sparse_plus"),
      ("SparseSigmoid", "sparse_sigmoid"),
    ].compactMap { name, function in
      KerasActivation.functions[function].map { body in .unary(name) { p, x in try body(p, x) } }
    } + [
      KerasOperation("HardSigmoid") { call, p in
        try KerasActivationStatement(.string("hard_sigmoid"), version: call.version)
          .applied(to: call.operand(0, "x"), version: call.version, in: p)
      },
      KerasOperation("LeakyRelu", ["negative_slope"]) { call, p in
        try p.leakyRelu(
          call.operand(0, "x"), slope: call.config.real("negative_slope", default: 0.2))
      },
      KerasOperation("Elu", ["alpha"]) { call, p in
        try p.exponentialUnit(call.operand(0, "x"), scale: call.config.real("alpha", default: 1))
      },
      KerasOperation("Celu", ["alpha"]) { call, p in
        let alpha = try call.config.real("alpha", default: 1)
        return try p.exponentialUnit(call.operand(0, "x"), scale: alpha, width: alpha)
      },
      KerasOperation("Gelu", ["approximate"]) { call, p in
        // Here the approximation is the default, unlike in the activation of that name.
        let x = try call.operand(0, "x")
        return call.config.flag("approximate", default: true)
          ? try p.geluByTanh(x) : try p.gelu(x)
      },
      KerasOperation("Softmax", ["axis"]) { call, p in
        let x = try call.operand(0, "x")
        return try p.softmax(x, over: axes(call, x))
      },
      KerasOperation("LogSoftmax", ["axis"]) { call, p in
        let x = try call.operand(0, "x")
        return try p.logSoftmax(x, over: axes(call, x))
      },
      KerasOperation("Squareplus", ["b"]) { call, p in
        let x = try call.operand(0, "x")
        let b = try p.scalar(call.config.real("b", default: 4), like: x)
        let root = try p.squareRoot(p.add(p.multiply(x, x), b))
        return try p.multiply(p.add(x, root), p.scalar(0.5, like: x))
      },
      KerasOperation("SoftShrink", ["threshold"]) { call, p in
        let x = try call.operand(0, "x")
        let bound = try call.config.real("threshold", default: 0.5)
        return try p.subtract(x, p.clip(x, -bound, bound))
      },
      KerasOperation("HardShrink", ["threshold"]) { call, p in
        let x = try call.operand(0, "x")
        let bound = try p.scalar(call.config.real("threshold", default: 0.5), like: x)
        return try p.select(
          p.compare(.greater, p.absolute(x), bound), x, p.scalar(0, like: x))
      },
    ]

  private static func axes(_ call: KerasCall, _ x: Value) throws -> [Int] {
    let rank = call.p.shape(x).rank
    guard call.config.object["axis"] != .null else { return Array(0..<rank) }
    return try (call.config.ints("axis") ?? [-1]).map { try call.axis($0, rank: rank) }
  }
}
