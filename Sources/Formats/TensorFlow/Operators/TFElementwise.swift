import Graph
import Operations
import Tensors

/// Arithmetic and functions of single numbers; operands are repeated to a common shape.
enum TFElementwiseOperators {
  static let all: [TFOperator] = arithmetic + quotients + functions + combinations

  private static let arithmetic: [TFOperator] = [
    .binary("AddV2") { p, a, b in try p.add(a, b) },
    .binary("Add") { p, a, b in try p.add(a, b) },
    .binary("Sub") { p, a, b in try p.subtract(a, b) },
    .binary("Mul") { p, a, b in try p.multiply(a, b) },
    .binary("Maximum") { p, a, b in try p.maximum(a, b) },
    .binary("Minimum") { p, a, b in try p.minimum(a, b) },
    .binary("SquaredDifference") { p, a, b in
      let difference = try p.subtract(a, b)
      return try p.multiply(difference, difference)
    },
    .binary("Pow") { p, a, b in try p.power(a, b) },
    .binary("Atan2") { p, y, x in try p.angle(y: y, x: x) },
    .unary("Abs") { p, x in try p.absolute(x) },
    .unary("Neg") { p, x in try p.negate(x) },
    .unary("Sign") { p, x in try p.sign(x) },
    .unary("Square") { p, x in try p.multiply(x, x) },
    .unary("Reciprocal") { p, x in try p.reciprocal(x) },
    .unary("Inv") { p, x in try p.reciprocal(x) },
  ]

  private static let quotients: [TFOperator] = [
    .binary("RealDiv") { p, a, b in try p.divide(a, b) },
    .binary("Div") { p, a, b in try p.divide(a, b) },
    .binary("DivNoNan") { p, a, b in try p.quotientOrZero(a, b) },
    .binary("Xdivy") { p, a, b in try p.productOrZero(a, b, safe: 1) { try p.reciprocal($0) } },
    .binary("Xlogy") { p, a, b in try p.productOrZero(a, b, safe: 1) { try p.logarithm($0) } },
    .binary("Xlog1py") { p, a, b in
      try p.productOrZero(a, b, safe: 0) { try p.add(LogarithmOfOnePlus(), [$0]) }
    },
    .binary("MulNoNan") { p, a, b in try p.productOrZero(b, a, safe: 0) { $0 } },
    .binary("FloorDiv") { p, a, b in try p.floorQuotient(a, b) },
    .binary("TruncateDiv") { p, a, b in
      let quotient = try p.divide(a, b)
      return try p.type(a).element.isReal ? p.truncate(quotient) : quotient
    },
    .binary("FloorMod") { p, a, b in try p.add(Modulo(), [a, b]) },
    .binary("Mod") { p, a, b in try p.add(Remainder(), [a, b]) },
    .binary("TruncateMod") { p, a, b in try p.add(Remainder(), [a, b]) },
  ]

  private static let functions: [TFOperator] = [
    .unary("Exp") { p, x in try p.exponential(x) },
    .unary("Expm1") { p, x in try p.add(ExponentialMinusOne(), [x]) },
    .unary("Log") { p, x in try p.logarithm(x) },
    .unary("Log1p") { p, x in try p.add(LogarithmOfOnePlus(), [x]) },
    .unary("Sqrt") { p, x in try p.squareRoot(x) },
    .unary("Rsqrt") { p, x in try p.reciprocal(p.squareRoot(x)) },
    .unary("Erf") { p, x in try p.errorFunction(x) },
    .unary("Erfc") { p, x in try p.complementaryErrorFunction(x) },
    .unary("Floor") { p, x in try p.floor(x) },
    .unary("Ceil") { p, x in try p.add(Ceiling(), [x]) },
    .unary("Round") { p, x in try p.type(x).element.isReal ? p.add(Round(), [x]) : x },
    .unary("Rint") { p, x in try p.add(Round(), [x]) },
    .unary("Sin") { p, x in try p.sine(x) },
    .unary("Cos") { p, x in try p.cosine(x) },
    .unary("Tan") { p, x in try p.add(Tangent(), [x]) },
    .unary("Asin") { p, x in try p.add(ArcSine(), [x]) },
    .unary("Acos") { p, x in try p.add(ArcCosine(), [x]) },
    .unary("Atan") { p, x in try p.add(ArcTangent(), [x]) },
    .unary("Sinh") { p, x in try p.hyperbolicSine(x) },
    .unary("Cosh") { p, x in try p.hyperbolicCosine(x) },
    .unary("Asinh") { p, x in try p.add(InverseHyperbolicSine(), [x]) },
    .unary("Acosh") { p, x in try p.add(InverseHyperbolicCosine(), [x]) },
    .unary("Atanh") { p, x in try p.add(InverseHyperbolicTangent(), [x]) },
  ]

  private static let combinations: [TFOperator] = [
    TFOperator("AddN", outputs: ["sum"]) { node, p in
      let terms = try node.inputs(from: 0)
      guard let first = terms.first else { throw NetJacError(.format, "there are no operands") }
      return try terms.dropFirst().reduce(first) { try p.add($0, $1) }
    },
    TFOperator("ClipByValue") { node, p in
      let x = try node.input(0, "t")
      // The upper bound first: where the bounds are exchanged, the lower one wins.
      let lowered = try p.clip(x, low: nil, high: node.input(2, "clip_value_max"))
      return try p.clip(lowered, low: node.input(1, "clip_value_min"), high: nil)
    },
    TFOperator("L2Loss") { node, p in
      let x = try node.input(0, "t")
      let sum = try p.reduceSum(p.multiply(x, x), over: Array(0..<p.shape(x).rank))
      return try p.multiply(sum, p.scalar(0.5, like: sum))
    },
  ]
}
