/// The element types that operators take, as `docs/operators.md` states them.
///
/// Importing asks for less: what a graph of the right types gives is all that counts here. Tests hold
/// the table against ONNX's own tests, and against what the operators accept.
enum OperandTypes {
  /// What an operand may hold.
  enum Kind: String, CaseIterable {
    case real
    case whole
    case boolean
    /// Reals or whole numbers.
    case number
    /// Numbers or booleans.
    case any
    /// A mask: numbers to be added, or booleans.
    case mask

    func includes(_ holding: ONNXElementType.Holding) -> Bool {
      switch holding {
      case .real: self != .whole && self != .boolean
      case .integer: self == .whole || self == .number || self == .any
      case .boolean: self == .boolean || self == .any || self == .mask
      case .nothing: false
      }
    }
  }

  /// The kinds of an operator's operands in order; the last one holds for all that follow.
  static func kinds(_ name: String) -> [Kind] { table[name] ?? [.real] }

  /// The same in words.
  static func text(_ name: String) -> String {
    withoutOperands.contains(name) ? "–" : kinds(name).map(\.rawValue).joined(separator: ", ")
  }

  /// Whether there is anything to differentiate by.
  static func hasReal(_ name: String) -> Bool {
    !withoutOperands.contains(name) && kinds(name).contains { $0.includes(.real) }
  }

  static let withoutOperands: Set = ["Constant"]

  /// The operators whose operands are not all real.
  static let table: [String: [Kind]] = Dictionary(
    uniqueKeysWithValues: groups.flatMap { kinds, names in names.map { ($0, kinds) } })

  private static let groups: [([Kind], [String])] = [
    (
      [.number],
      [
        "Abs", "Add", "ArgMax", "ArgMin", "Clip", "Div", "Einsum", "Gemm", "Greater",
        "GreaterOrEqual", "Less", "LessOrEqual", "MatMul", "Max", "MaxPool", "Min", "Mod", "Mul",
        "Neg", "PRelu", "Pow", "Range", "Relu", "Sign", "Sub", "Sum", "Unique",
      ]
    ),
    (
      [.number, .whole],
      [
        "ArrayFeatureExtractor", "CumProd", "CumSum", "ReduceL1", "ReduceMean", "ReduceProd",
        "ReduceSum", "ReduceSumSquare", "TopK",
      ]
    ),
    ([.real, .whole], ["AffineGrid", "Col2Im", "DFT", "MaxUnpool"]),
    ([.real, .whole], ["ReduceL2", "ReduceLogSum", "ReduceLogSumExp"]),
    (
      [.any],
      [
        "Cast", "CastLike", "Concat", "DepthToSpace", "Equal", "EyeLike", "Flatten", "Identity",
        "NonZero", "Scan", "Shape", "Size", "SpaceToDepth", "Transpose",
      ]
    ),
    (
      [.any, .whole],
      [
        "CenterCropPad", "Expand", "Gather", "GatherElements", "GatherND", "ReduceMax", "ReduceMin",
        "Reshape", "ReverseSequence", "Slice", "Split", "Squeeze", "Tile", "Trilu", "Unsqueeze",
      ]
    ),
    ([.any, .whole, .any], ["Scatter", "ScatterElements", "ScatterND"]),
    ([.any, .whole, .any, .whole], ["Pad"]),
    ([.any, .any, .whole], ["TensorScatter"]),
    ([.any, .boolean], ["Compress"]),
    ([.boolean, .any], ["Where"]),
    ([.boolean], ["And", "If", "Not", "Or", "Xor"]),
    ([.whole, .boolean, .any], ["Loop"]),
    ([.number, .number, .any], ["OneHot"]),
    ([.whole], ["BlackmanWindow", "ConstantOfShape", "HammingWindow", "HannWindow"]),
    ([.whole, .whole, .whole, .real], ["MelWeightMatrix"]),
    ([.real, .whole, .real], ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"]),
    ([.real, .real, .boolean], ["Dropout"]),
    ([.real, .real, .whole], ["RoiAlign"]),
    ([.real, .real, .real, .whole], ["Resize", "RotaryEmbedding"]),
    ([.real, .whole, .real, .whole], ["STFT"]),
    ([.real, .real, .real, .real, .whole, .real], ["GRU", "LSTM", "RNN"]),
    ([.real, .real, .real, .mask, .real, .real, .whole], ["Attention"]),
  ]
}
