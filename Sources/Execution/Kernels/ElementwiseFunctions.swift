import CKernels
import Glibc
import Graph
import Tensors

/// The loop for one elementwise primitive.
enum ElementwiseLoop {
  case unary(UnaryLoop)
  case binary(BinaryLoop)
  case ternary(TernaryLoop)

  /// The loop without its type, for a group of loops.
  var address: netjac_loop {
    switch self {
    case .unary(let loop): unsafeBitCast(loop, to: netjac_loop.self)
    case .binary(let loop): unsafeBitCast(loop, to: netjac_loop.self)
    case .ternary(let loop): unsafeBitCast(loop, to: netjac_loop.self)
    }
  }
}

/// Finds the fastest loop for an elementwise primitive.
enum ElementwiseFunctions {
  /// The loop for these element types, with the operands marked in `scalars` read once instead of
  /// element by element; nil if there is no loop for that mix of scalars.
  static func loop(
    _ primitive: any Primitive, operands: [ElementType], result: ElementType, scalars: [Bool]
  ) -> ElementwiseLoop? {
    let bits = scalars.indices.reduce(0) { $0 | (scalars[$1] ? 1 << $1 : 0) }
    switch primitive {
    case let convert as Convert:
      return bits == 0 ? conversion(from: operands[0], to: convert.element).map { .unary($0) } : nil
    case let compare as Compare:
      return comparison(compare.comparison, operands[0], bits).map { .binary($0) }
    case is Select:
      guard bits & 1 == 0 else { return nil }
      return selection(result, bits >> 1).map { .ternary($0) }
    case let classify as Classify:
      return bits == 0 ? .unary(classification(classify.kind, operands[0])) : nil
    case is Not:
      return bits == 0 ? negation(result).map { .unary($0) } : nil
    case let bit as BitOperation:
      return bits == 0 ? bitOperation(bit.kind, result).map { .binary($0) } : nil
    case is Detach:
      return bits == 0 ? copying(result).map { .unary($0) } : nil
    default:
      if operands.count == 1 {
        return bits == 0 ? unary(primitive, result).map { .unary($0) } : nil
      }
      return binary(primitive, result, bits).map { .binary($0) }
    }
  }

  // MARK: - Functions of one number

  private static let unaryOperations: [String: netjac_unary_op] = [
    Negate.name: NETJAC_UNARY_NEGATE, Absolute.name: NETJAC_UNARY_ABS,
    Sign.name: NETJAC_UNARY_SIGN, Reciprocal.name: NETJAC_UNARY_RECIPROCAL,
    SquareRoot.name: NETJAC_UNARY_SQRT, Floor.name: NETJAC_UNARY_FLOOR,
    Ceiling.name: NETJAC_UNARY_CEIL, Truncate.name: NETJAC_UNARY_TRUNC,
    Round.name: NETJAC_UNARY_ROUND, Relu.name: NETJAC_UNARY_RELU, Step.name: NETJAC_UNARY_STEP,
    Exponential.name: NETJAC_UNARY_EXP, ExponentialMinusOne.name: NETJAC_UNARY_EXPM1,
    Logarithm.name: NETJAC_UNARY_LOG, LogarithmOfOnePlus.name: NETJAC_UNARY_LOG1P,
    Sine.name: NETJAC_UNARY_SIN, Cosine.name: NETJAC_UNARY_COS, Tangent.name: NETJAC_UNARY_TAN,
    ArcSine.name: NETJAC_UNARY_ASIN, ArcCosine.name: NETJAC_UNARY_ACOS,
    ArcTangent.name: NETJAC_UNARY_ATAN, HyperbolicSine.name: NETJAC_UNARY_SINH,
    HyperbolicCosine.name: NETJAC_UNARY_COSH, HyperbolicTangent.name: NETJAC_UNARY_TANH,
    InverseHyperbolicSine.name: NETJAC_UNARY_ASINH,
    InverseHyperbolicCosine.name: NETJAC_UNARY_ACOSH,
    InverseHyperbolicTangent.name: NETJAC_UNARY_ATANH, ErrorFunction.name: NETJAC_UNARY_ERF,
    ComplementaryErrorFunction.name: NETJAC_UNARY_ERFC,
    NormalDistribution.name: NETJAC_UNARY_NORMAL,
    NormalDistributionByTanh.name: NETJAC_UNARY_NORMAL_BY_TANH,
    Softsign.name: NETJAC_UNARY_SOFTSIGN,
    Sigmoid.name: NETJAC_UNARY_SIGMOID, Softplus.name: NETJAC_UNARY_SOFTPLUS,
  ]

  private static func unary(_ primitive: any Primitive, _ element: ElementType) -> UnaryLoop? {
    switch element {
    case .float64, .float32:
      return unaryOperations[primitive.name].flatMap { element.kernelReal.unary($0) }
    case .int64, .int32:
      switch primitive {
      case is Negate:
        return element == .int64
          ? { each($0, $1, $2, Int64.self) { 0 &- $0 } }
          : { each($0, $1, $2, Int32.self) { 0 &- $0 } }
      case is Absolute:
        return element == .int64
          ? { each($0, $1, $2, Int64.self) { $0 < 0 ? 0 &- $0 : $0 } }
          : { each($0, $1, $2, Int32.self) { $0 < 0 ? 0 &- $0 : $0 } }
      case is Sign:
        return element == .int64
          ? { each($0, $1, $2, Int64.self) { $0.signum() } }
          : { each($0, $1, $2, Int32.self) { $0.signum() } }
      default: return nil
      }
    case .bool: return nil
    }
  }

  private static func classification(_ kind: Classify.Kind, _ element: ElementType) -> UnaryLoop {
    switch (kind, element) {
    case (.isNaN, .float64): { each($0, $1, $2, Double.self) { UInt8($0.isNaN ? 1 : 0) } }
    case (.isNaN, _): { each($0, $1, $2, Float.self) { UInt8($0.isNaN ? 1 : 0) } }
    case (.isPositiveInfinity, .float64):
      { each($0, $1, $2, Double.self) { UInt8($0 == .infinity ? 1 : 0) } }
    case (.isPositiveInfinity, _):
      { each($0, $1, $2, Float.self) { UInt8($0 == .infinity ? 1 : 0) } }
    case (.isNegativeInfinity, .float64):
      { each($0, $1, $2, Double.self) { UInt8($0 == -.infinity ? 1 : 0) } }
    case (.isNegativeInfinity, _):
      { each($0, $1, $2, Float.self) { UInt8($0 == -.infinity ? 1 : 0) } }
    }
  }

  private static func negation(_ element: ElementType) -> UnaryLoop? {
    switch element {
    case .bool: return { each($0, $1, $2, UInt8.self) { 1 - $0 } }
    case .int64: return { each($0, $1, $2, Int64.self) { ~$0 } }
    case .int32: return { each($0, $1, $2, Int32.self) { ~$0 } }
    default: return nil
    }
  }

  private static func copying(_ element: ElementType) -> UnaryLoop? {
    switch element.byteCount {
    case 8: { memmove($0, $1, Int($2) * 8) }
    case 4: { memmove($0, $1, Int($2) * 4) }
    default: { memmove($0, $1, Int($2)) }
    }
  }

  // MARK: - Conversions

  private static func conversion(from: ElementType, to: ElementType) -> UnaryLoop? {
    switch (from, to) {
    case (.float64, .float32): return { each($0, $1, $2, Double.self) { Float($0) } }
    case (.float64, .int64):
      return { each($0, $1, $2, Double.self) { Int64(cutting: $0) } }
    case (.float64, .int32):
      return { each($0, $1, $2, Double.self) { Int32(cutting: $0) } }
    case (.float64, .bool): return { each($0, $1, $2, Double.self) { UInt8($0 != 0 ? 1 : 0) } }
    case (.float32, .float64): return { each($0, $1, $2, Float.self) { Double($0) } }
    case (.float32, .int64): return { each($0, $1, $2, Float.self) { Int64(cutting: $0) } }
    case (.float32, .int32):
      return { each($0, $1, $2, Float.self) { Int32(cutting: $0) } }
    case (.float32, .bool): return { each($0, $1, $2, Float.self) { UInt8($0 != 0 ? 1 : 0) } }
    case (.int64, .float64): return { each($0, $1, $2, Int64.self) { Double($0) } }
    case (.int64, .float32): return { each($0, $1, $2, Int64.self) { Float($0) } }
    case (.int64, .int32): return { each($0, $1, $2, Int64.self) { Int32(truncatingIfNeeded: $0) } }
    case (.int64, .bool): return { each($0, $1, $2, Int64.self) { UInt8($0 != 0 ? 1 : 0) } }
    case (.int32, .float64): return { each($0, $1, $2, Int32.self) { Double($0) } }
    case (.int32, .float32): return { each($0, $1, $2, Int32.self) { Float($0) } }
    case (.int32, .int64): return { each($0, $1, $2, Int32.self) { Int64($0) } }
    case (.int32, .bool): return { each($0, $1, $2, Int32.self) { UInt8($0 != 0 ? 1 : 0) } }
    case (.bool, .float64): return { each($0, $1, $2, UInt8.self) { Double($0) } }
    case (.bool, .float32): return { each($0, $1, $2, UInt8.self) { Float($0) } }
    case (.bool, .int64): return { each($0, $1, $2, UInt8.self) { Int64($0) } }
    case (.bool, .int32): return { each($0, $1, $2, UInt8.self) { Int32($0) } }
    default: return copying(from)
    }
  }

  // MARK: - Functions of two numbers

  private static let binaryOperations: [String: netjac_binary_op] = [
    Add.name: NETJAC_BINARY_ADD, Subtract.name: NETJAC_BINARY_SUBTRACT,
    Multiply.name: NETJAC_BINARY_MULTIPLY, Divide.name: NETJAC_BINARY_DIVIDE,
    GuardedMultiply.name: NETJAC_BINARY_GUARDED_MULTIPLY,
    Power.name: NETJAC_BINARY_POWER, Remainder.name: NETJAC_BINARY_REMAINDER,
    Modulo.name: NETJAC_BINARY_MODULO,
  ]

  private static func binary(
    _ primitive: any Primitive, _ element: ElementType, _ scalars: Int
  ) -> BinaryLoop? {
    guard element.isReal else {
      guard scalars == 0, let function = primitive as? any BinaryFunction else { return nil }
      return element == .int64
        ? wholeBinary64(function)
        : element == .int32 ? wholeBinary32(function) : boolBinary(function)
    }
    var operation = binaryOperations[primitive.name]
    if let extreme = primitive as? Extreme {
      operation = extreme.kind == .maximum ? NETJAC_BINARY_MAXIMUM : NETJAC_BINARY_MINIMUM
    }
    return operation.flatMap { element.kernelReal.binary($0, scalars: scalars) }
  }

  private static func wholeBinary64(_ function: any BinaryFunction) -> BinaryLoop? {
    switch function {
    case is Add: return { pairs($0, $1, $2, $3, Int64.self) { $0 &+ $1 } }
    case is Subtract: return { pairs($0, $1, $2, $3, Int64.self) { $0 &- $1 } }
    case is Multiply: return { pairs($0, $1, $2, $3, Int64.self) { $0 &* $1 } }
    case is Divide:
      return { pairs($0, $1, $2, $3, Int64.self) { Divide().wholeValue($0, $1) ?? 0 } }
    case is Power: return { pairs($0, $1, $2, $3, Int64.self) { Power().wholeValue($0, $1) ?? 0 } }
    case is Remainder:
      return { pairs($0, $1, $2, $3, Int64.self) { Remainder().wholeValue($0, $1) ?? 0 } }
    case is Modulo:
      return { pairs($0, $1, $2, $3, Int64.self) { Modulo().wholeValue($0, $1) ?? 0 } }
    case let extreme as Extreme:
      return extreme.kind == .maximum
        ? { pairs($0, $1, $2, $3, Int64.self) { Swift.max($0, $1) } }
        : { pairs($0, $1, $2, $3, Int64.self) { Swift.min($0, $1) } }
    default: return nil
    }
  }

  private static func wholeBinary32(_ function: any BinaryFunction) -> BinaryLoop? {
    switch function {
    case is Add: return { pairs($0, $1, $2, $3, Int32.self) { $0 &+ $1 } }
    case is Subtract: return { pairs($0, $1, $2, $3, Int32.self) { $0 &- $1 } }
    case is Multiply: return { pairs($0, $1, $2, $3, Int32.self) { $0 &* $1 } }
    case is Divide:
      return {
        pairs($0, $1, $2, $3, Int32.self) {
          Int32(truncatingIfNeeded: Divide().wholeValue(Int64($0), Int64($1)) ?? 0)
        }
      }
    case is Power:
      return {
        pairs($0, $1, $2, $3, Int32.self) {
          Int32(truncatingIfNeeded: Power().wholeValue(Int64($0), Int64($1)) ?? 0)
        }
      }
    case is Remainder:
      return {
        pairs($0, $1, $2, $3, Int32.self) {
          Int32(truncatingIfNeeded: Remainder().wholeValue(Int64($0), Int64($1)) ?? 0)
        }
      }
    case is Modulo:
      return {
        pairs($0, $1, $2, $3, Int32.self) {
          Int32(truncatingIfNeeded: Modulo().wholeValue(Int64($0), Int64($1)) ?? 0)
        }
      }
    case let extreme as Extreme:
      return extreme.kind == .maximum
        ? { pairs($0, $1, $2, $3, Int32.self) { Swift.max($0, $1) } }
        : { pairs($0, $1, $2, $3, Int32.self) { Swift.min($0, $1) } }
    default: return nil
    }
  }

  /// On truth values: sum is or, product and maximum follow.
  private static func boolBinary(_ function: any BinaryFunction) -> BinaryLoop? {
    switch function {
    case is Add: return { pairs($0, $1, $2, $3, UInt8.self) { $0 | $1 } }
    case is Multiply: return { pairs($0, $1, $2, $3, UInt8.self) { $0 & $1 } }
    case let extreme as Extreme:
      return extreme.kind == .maximum
        ? { pairs($0, $1, $2, $3, UInt8.self) { $0 | $1 } }
        : { pairs($0, $1, $2, $3, UInt8.self) { $0 & $1 } }
    default: return nil
    }
  }

  private static func bitOperation(_ kind: BitOperation.Kind, _ element: ElementType) -> BinaryLoop?
  {
    switch (kind, element.byteCount) {
    case (.and, 8): { pairs($0, $1, $2, $3, Int64.self) { $0 & $1 } }
    case (.or, 8): { pairs($0, $1, $2, $3, Int64.self) { $0 | $1 } }
    case (.xor, 8): { pairs($0, $1, $2, $3, Int64.self) { $0 ^ $1 } }
    case (.shiftLeft, 8): { pairs($0, $1, $2, $3, Int64.self) { $1 < 0 || $1 > 63 ? 0 : $0 << $1 } }
    case (.shiftRight, 8):
      { pairs($0, $1, $2, $3, Int64.self) { $1 < 0 || $1 > 63 ? 0 : $0 >> $1 } }
    case (.and, 4): { pairs($0, $1, $2, $3, Int32.self) { $0 & $1 } }
    case (.or, 4): { pairs($0, $1, $2, $3, Int32.self) { $0 | $1 } }
    case (.xor, 4): { pairs($0, $1, $2, $3, Int32.self) { $0 ^ $1 } }
    case (.shiftLeft, 4): { pairs($0, $1, $2, $3, Int32.self) { $1 < 0 || $1 > 31 ? 0 : $0 << $1 } }
    case (.shiftRight, 4):
      { pairs($0, $1, $2, $3, Int32.self) { $1 < 0 || $1 > 31 ? 0 : $0 >> $1 } }
    case (.and, 1): { pairs($0, $1, $2, $3, UInt8.self) { $0 & $1 } }
    case (.or, 1): { pairs($0, $1, $2, $3, UInt8.self) { $0 | $1 } }
    case (.xor, 1): { pairs($0, $1, $2, $3, UInt8.self) { $0 ^ $1 } }
    default: nil
    }
  }

  private static func comparison(
    _ comparison: Comparison, _ element: ElementType, _ scalars: Int
  ) -> BinaryLoop? {
    let operation: netjac_compare_op =
      switch comparison {
      case .equal: NETJAC_COMPARE_EQUAL
      case .less: NETJAC_COMPARE_LESS
      case .lessOrEqual: NETJAC_COMPARE_LESS_EQUAL
      case .greater: NETJAC_COMPARE_GREATER
      case .greaterOrEqual: NETJAC_COMPARE_GREATER_EQUAL
      }
    if element.isReal { return element.kernelReal.comparison(operation, scalars: scalars) }
    guard scalars == 0 else { return nil }
    switch (comparison, element.byteCount) {
    case (.equal, 8): return { pairs($0, $1, $2, $3, Int64.self) { UInt8($0 == $1 ? 1 : 0) } }
    case (.less, 8): return { pairs($0, $1, $2, $3, Int64.self) { UInt8($0 < $1 ? 1 : 0) } }
    case (.lessOrEqual, 8): return { pairs($0, $1, $2, $3, Int64.self) { UInt8($0 <= $1 ? 1 : 0) } }
    case (.greater, 8): return { pairs($0, $1, $2, $3, Int64.self) { UInt8($0 > $1 ? 1 : 0) } }
    case (.greaterOrEqual, 8):
      return { pairs($0, $1, $2, $3, Int64.self) { UInt8($0 >= $1 ? 1 : 0) } }
    case (.equal, 4): return { pairs($0, $1, $2, $3, Int32.self) { UInt8($0 == $1 ? 1 : 0) } }
    case (.less, 4): return { pairs($0, $1, $2, $3, Int32.self) { UInt8($0 < $1 ? 1 : 0) } }
    case (.lessOrEqual, 4): return { pairs($0, $1, $2, $3, Int32.self) { UInt8($0 <= $1 ? 1 : 0) } }
    case (.greater, 4): return { pairs($0, $1, $2, $3, Int32.self) { UInt8($0 > $1 ? 1 : 0) } }
    case (.greaterOrEqual, 4):
      return { pairs($0, $1, $2, $3, Int32.self) { UInt8($0 >= $1 ? 1 : 0) } }
    case (.equal, _): return { pairs($0, $1, $2, $3, UInt8.self) { UInt8($0 == $1 ? 1 : 0) } }
    case (.less, _): return { pairs($0, $1, $2, $3, UInt8.self) { UInt8($0 < $1 ? 1 : 0) } }
    case (.lessOrEqual, _): return { pairs($0, $1, $2, $3, UInt8.self) { UInt8($0 <= $1 ? 1 : 0) } }
    case (.greater, _): return { pairs($0, $1, $2, $3, UInt8.self) { UInt8($0 > $1 ? 1 : 0) } }
    case (.greaterOrEqual, _):
      return { pairs($0, $1, $2, $3, UInt8.self) { UInt8($0 >= $1 ? 1 : 0) } }
    }
  }

  private static func selection(_ element: ElementType, _ scalars: Int) -> TernaryLoop? {
    switch element {
    case .float64, .float32: return element.kernelReal.selection(scalars: scalars)
    case .int64: return scalars == 0 ? { chooseLoop($0, $1, $2, $3, $4, Int64.self) } : nil
    case .int32: return scalars == 0 ? { chooseLoop($0, $1, $2, $3, $4, Int32.self) } : nil
    case .bool: return scalars == 0 ? { chooseLoop($0, $1, $2, $3, $4, UInt8.self) } : nil
    }
  }
}

// MARK: - The loops behind the closures

@inline(__always)
private func each<From, To>(
  _ y: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ n: Int64, _ type: From.Type,
  _ function: (From) -> To
) {
  let y = y.assumingMemoryBound(to: To.self)
  let x = x.assumingMemoryBound(to: From.self)
  for k in 0..<Int(n) { y[k] = function(x[k]) }
}

@inline(__always)
private func pairs<From, To>(
  _ y: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int64,
  _ type: From.Type, _ function: (From, From) -> To
) {
  let y = y.assumingMemoryBound(to: To.self)
  let a = a.assumingMemoryBound(to: From.self)
  let b = b.assumingMemoryBound(to: From.self)
  for k in 0..<Int(n) { y[k] = function(a[k], b[k]) }
}

@inline(__always)
private func chooseLoop<Element>(
  _ y: UnsafeMutableRawPointer, _ condition: UnsafeRawPointer, _ a: UnsafeRawPointer,
  _ b: UnsafeRawPointer, _ n: Int64, _ type: Element.Type
) {
  let y = y.assumingMemoryBound(to: type)
  let condition = condition.assumingMemoryBound(to: UInt8.self)
  let a = a.assumingMemoryBound(to: type)
  let b = b.assumingMemoryBound(to: type)
  for k in 0..<Int(n) { y[k] = condition[k] != 0 ? a[k] : b[k] }
}
