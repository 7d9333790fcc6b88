/// The part of `docs/operators.md` about TensorFlow: the operators of the registry as a table.
enum TFDocumentation {
  /// Where operators have kinks or jumps, and what holds there.
  static let kinks: [String: String] = [
    "Abs": "x = 0: derivative 0",
    "Relu": "x = 0: derivative 0",
    "Relu6": "at both bounds: derivative 0",
    "LeakyRelu": "x = 0: that of the negative side",
    "Elu": "x = 0: that of the negative side",
    "Selu": "x = 0: that of the negative side",
    "Softsign": "x = 0: jump of the second derivative",
    "Maximum": "equal arguments share the derivative",
    "Minimum": "equal arguments share the derivative",
    "ClipByValue": "at a bound: derivative 1",
    "FloorMod": "a/b whole: jumps",
    "Mod": "a/b whole: jumps",
    "TruncateMod": "a/b whole: jumps",
    "Max": "equal extremes share the derivative equally",
    "Min": "equal extremes share the derivative equally",
    "EuclideanNorm": "a norm of zeros has derivative 0",
    "ComplexAbs": "a norm of zeros has derivative 0",
    "MaxPool": "equal extremes: the first takes the derivative",
    "MaxPoolV2": "equal extremes: the first takes the derivative",
    "MaxPool3D": "equal extremes: the first takes the derivative",
    "TopKV2": "equal elements: their order is by place",
  ]

  /// Real operands, and a derivative that is zero wherever there is one.
  static let constants: Set = [
    "Floor", "Ceil", "Round", "Rint", "Sign", "FloorDiv", "TruncateDiv", "Bucketize",
  ]

  /// What an operator does not take, or takes only when it is known while the network loads.
  static let limits: [String: String] = [
    "While": "unrolled; option loop_limit bounds it where an input decides whether it goes on",
    "StatelessWhile":
      "unrolled; option loop_limit bounds it where an input decides whether it goes on",
    "If": "of a condition that depends on an input, both branches are computed",
    "StatelessIf": "of a condition that depends on an input, both branches are computed",
    "Case": "of a number that depends on an input, all branches are computed",
    "StatelessCase": "of a number that depends on an input, all branches are computed",
    "StopGradient": "the identity, also for derivatives",
    "FusedBatchNorm": "training mode only where it does not mix samples",
    "FusedBatchNormV2": "training mode only where it does not mix samples",
    "FusedBatchNormV3": "training mode only where it does not mix samples",
    "Where": "the operand must be known while loading, since the shape depends on it",
    "Unique": "the operand must be known while loading",
    "DenseBincount": "without weights",
    "MatrixDiagV2": "one diagonal",
    "MatrixDiagV3": "one diagonal",
    "MatrixDiagPartV2": "one diagonal",
    "MatrixDiagPartV3": "one diagonal",
    "MatrixSetDiagV3": "one diagonal",
    "Cholesky": "up to 256 rows",
    "MatrixInverse": "up to 256 rows",
    "MatrixSolve": "up to 256 rows",
    "MatrixTriangularSolve": "up to 256 rows",
    "Conv2DBackpropInput": "padding VALID or SAME, one group",
    "Conv3DBackpropInputV2": "padding VALID or SAME, one group",
    "DepthToSpace": "NHWC",
    "SpaceToDepth": "NHWC",
    "ResizeBilinear": "reals only",
    "ResizeNearestNeighbor": "reals only",
    "ResizeBicubic": "reals only",
    "ResizeArea": "reals only",
    "ScaleAndTranslate": "scale and translation must be known while loading",
    "Gather": ComputedIndices.picking,
    "GatherV2": ComputedIndices.picking,
    "GatherNd": ComputedIndices.picking,
    "ResourceGather": ComputedIndices.picking,
    "ResourceGatherNd": ComputedIndices.picking,
    "OneHot": "depth must be known while loading; an index outside marks no place",
    "ScatterNd": ComputedIndices.writing,
    "TensorScatterAdd": ComputedIndices.writing,
    "TensorScatterSub": ComputedIndices.writing,
    "TensorScatterUpdate": ComputedIndices.replacing,
    "TensorScatterMax": "indices must be known while loading",
    "TensorScatterMin": "indices must be known while loading",
    "SegmentSum": "segments must be known while loading",
    "SegmentMean": "segments must be known while loading",
    "UnsortedSegmentSum": "segments must be known while loading",
  ]

  static var text: String {
    let operators = TFOperatorRegistry.all.sorted { $0.name < $1.name }
    let names = operators.map { $0.name }
    var lines = [
      "# Operators of TensorFlow",
      "",
      """
      The \(names.count) operators that SavedModels may use. Attributes that are not listed, and that \
      say more than types, counts and how TensorFlow computes, are refused. Shapes, axes, sizes, \
      indices of lists and paddings must be known while loading, which they are where they depend on \
      shapes and constants alone. Reals are computed in the network's precision, whole numbers as int64.
      """,
      "",
      "| operator | attributes | derivatives | limits |",
      "| --- | --- | --- | --- |",
    ]
    for operation in operators {
      let attributes = operation.attributes.sorted().map { "`\($0)`" }.joined(separator: ", ")
      let derivatives =
        constants.contains(operation.name)
        ? "piecewise constant: derivative 0" : kinks[operation.name].map { "kinks: \($0)" } ?? ""
      lines.append(
        "| \(operation.name) | \(attributes) | \(derivatives) | \(limits[operation.name] ?? "") |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
