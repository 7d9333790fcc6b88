/// `docs/operators.md`: the operators of the registry as a table.
///
/// The registry tells names and versions; what derivatives do stands here, for the operators where
/// it is not simply "smooth", which is tested against the primitives that an operator expands to.
package enum OperatorDocumentation {
  /// What differentiation meets in an operator.
  enum Smoothness: String {
    case smooth = "smooth"
    case kinked = "kinks"
    case constant = "piecewise constant: derivative 0"
    case whole = "whole numbers, booleans or shapes: no derivative"
    case body = "that of its bodies"

    var orders: String {
      switch self {
      case .smooth, .kinked, .body: "all"
      case .constant: "all, zero"
      case .whole: "none"
      }
    }
  }

  static func smoothness(_ name: String) -> Smoothness {
    if kinks[name] != nil { return .kinked }
    if constants.contains(name) { return .constant }
    if wholes.contains(name) { return .whole }
    return bodies.contains(name) ? .body : .smooth
  }

  /// Where operators have kinks or jumps, and what holds there.
  static let kinks: [String: String] = [
    "Abs": "x = 0: derivative 0",
    "Relu": "x = 0: derivative 0",
    "LeakyRelu": "x = 0: that of the negative side",
    "PRelu": "x = 0: that of the negative side",
    "Elu": "x = 0: that of the negative side",
    "Selu": "x = 0: that of the negative side",
    "Celu": "x = 0: that of the negative side (the first derivative has no jump)",
    "ThresholdedRelu": "x = alpha: jumps; derivative 0",
    "HardSigmoid": "at both bounds: half the derivative",
    "HardSwish": "at both bounds: half that of the bounded factor",
    "Softsign": "x = 0: jump of the second derivative",
    "Shrink": "x = ±lambd: jumps; derivative 0",
    "Clip": "at a bound: half the derivative",
    "Max": "equal arguments share the derivative",
    "Min": "equal arguments share the derivative",
    "Mod": "a/b whole: jumps",
    "ReduceMax": "equal extremes share the derivative equally",
    "ReduceMin": "equal extremes share the derivative equally",
    "ReduceL1": "x = 0: derivative 0",
    "MaxPool": "equal extremes: the first takes the derivative",
    "GlobalMaxPool": "equal extremes: the first takes the derivative",
    "TopK": "equal elements: their order is by place",
    "Unique": "equal elements: the first one counts",
    "GridSample": "at lines of the grid, in the coordinates",
    "RoiAlign": "at lines of the grid, in the coordinates; equal maxima",
    "DeformConv": "at lines of the grid, in the offsets",
  ]

  static let constants: Set = [
    "Floor", "Ceil", "Round", "Sign", "Hardmax", "Binarizer", "TreeEnsemble",
    "TreeEnsembleRegressor", "TreeEnsembleClassifier",
  ]

  /// All of ONNX, so that one that joins the registry is not called smooth.
  static let wholes: Set = [
    "And", "Or", "Xor", "Not", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot", "BitShift",
    "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "IsNaN", "IsInf", "ArgMax",
    "ArgMin", "Shape", "Size", "NonZero",
  ]

  static let bodies: Set = ["If", "Loop", "Scan"]

  /// What an operator does not take, or takes only when it is known while the network loads.
  static let limits: [String: String] = [
    "If": "the condition must be known while loading",
    "Loop": "unrolled; trip count and condition must be known while loading",
    "Scan": "unrolled",
    "RNN": "unrolled; sequence lengths must be known while loading",
    "GRU": "unrolled; sequence lengths must be known while loading",
    "LSTM": "unrolled; sequence lengths must be known while loading",
    "NonZero": "the operand must be known while loading, since the shape depends on it",
    "Unique": "the number of elements must be known while loading",
    "Compress": "the condition must be known while loading",
    "Range": "operands must be known while loading",
    "Reshape": "the shape must be known while loading",
    "Expand": "the shape must be known while loading",
    "Tile": "repeats must be known while loading",
    "ConstantOfShape": "the shape must be known while loading",
    "Slice": "starts, ends, axes and steps must be known while loading",
    "Pad": "pads and axes must be known while loading",
    "TopK": "k must be known while loading",
    "Resize": "sizes and scales must be known while loading",
    "Upsample": "scales must be known while loading",
    "Split": "the split must be known while loading",
    "Squeeze": "axes must be known while loading",
    "Unsqueeze": "axes must be known while loading",
    "OneHot": "depth must be known while loading",
    "ReduceL2": "a norm of zeros has derivative 0",
    "LpPool": "a norm of zeros has derivative 0",
    "GlobalLpPool": "a norm of zeros has derivative 0",
    "LpNormalization": "a line of zeros stays one, with derivative 1",
    "Dropout": "as in inference: passes its operand on",
  ]

  /// Each operator once: domain, name and the versions in which its meaning begins.
  static var operators: [(domain: String, name: String, versions: [Int64])] {
    Dictionary(grouping: ONNXOperatorRegistry.all) { [$0.domain, $0.name] }
      .map { ($0.key[0], $0.key[1], Set($0.value.map(\.since)).sorted()) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
  }

  /// The content of `docs/operators.md`.
  package static var text: String {
    let operators = self.operators
    var lines = [
      "# Operators of ONNX",
      "",
      "<!-- Written by scripts/generate-operators from the registry in Sources/Formats; do not edit. -->",
      "",
      """
      The \(operators.count) operators that files may use. Operator sets 7 and newer are read. "From" \
      lists the versions of the operator's set in which a meaning begins that NetJac keeps apart; each \
      holds until the next.
      """,
      "",
      """
      "Types" are those of the operands in order, the last one holding for all that follow: real \
      (float16, bfloat16, float, double: computed in the network's precision), whole (integers, \
      computed as int64), boolean; number is real or whole, any is number or boolean, mask is real or \
      boolean. "Orders" tells which derivatives exist with respect to real \
      operands; "all" means of any order, and as products. Where there are kinks or jumps, the \
      convention stands behind; `netjac_kinks` (MATLAB: `kinks(net, x)`) tells how near an argument is.
      """,
    ]
    for domain in Set(operators.map(\.domain)).sorted() {
      lines += ["", "## Domain `\(domain.isEmpty ? "ai.onnx" : domain)`", ""]
      lines += [
        "| operator | from | types | orders | smoothness | limits |",
        "| --- | --- | --- | --- | --- | --- |",
      ]
      for entry in operators where entry.domain == domain {
        let smoothness = smoothness(entry.name)
        let kink = kinks[entry.name].map { ": \($0)" } ?? ""
        // Bodies see the values outside.
        let hasReal = smoothness == .body || OperandTypes.hasReal(entry.name)
        let orders = hasReal ? smoothness.orders : "none"
        let versions = entry.versions.map(String.init).joined(separator: ", ")
        lines.append(
          "| \(entry.name) | \(versions) | \(OperandTypes.text(entry.name)) | \(orders) | "
            + "\(smoothness.rawValue)\(kink) | \(limits[entry.name] ?? "") |")
      }
    }
    return lines.joined(separator: "\n") + "\n\n" + KerasDocumentation.text
  }
}
