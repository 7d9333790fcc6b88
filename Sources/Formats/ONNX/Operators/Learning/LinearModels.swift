import Graph
import Operations
import Tensors

/// Operators of `ai.onnx.ml` that scale features or are linear or kernel models of them.
enum LearningOperators {
  static let domain = "ai.onnx.ml"

  static let all: [ONNXOperator] = features + models

  private static let features: [ONNXOperator] = [
    ONNXOperator(
      "Scaler", domain: domain, operands: ["X": .real],
      attributes: ["offset": .reals, "scale": .reals]
    ) { node, p in
      let x = try node.reals(0, "X")
      let shifted = try p.subtract(x, node.perFeature("offset", standard: 0, like: x))
      return try p.multiply(shifted, node.perFeature("scale", standard: 1, like: x))
    },
    ONNXOperator(
      "Normalizer", domain: domain, operands: ["X": .real], attributes: ["norm": .text],
      derivative: .kinked("a row of zeros stays one, with derivative 1")
    ) { node, p in
      let x = try node.reals(0, "X")
      let axes = [p.shape(x).rank - 1]
      guard p.shape(x).rank >= 1 else { throw NetJacError(.shape, "X is a scalar") }
      let exponent: Double =
        switch try node.choice("norm", default: Norm.maximum) {
        case .maximum: .infinity
        case .absolute: 1
        case .euclidean: 2
        }
      return try p.normNormalised(x, over: axes, exponent: exponent)
    },
    ONNXOperator(
      "Binarizer", domain: domain, operands: ["X": .real], attributes: ["threshold": .real],
      derivative: .zero
    ) { node, p in
      let x = try node.input(0, "X")
      let threshold = try p.scalar(node.real("threshold", default: 0), like: x)
      return try p.convert(p.compare(.greater, x, threshold), to: p.type(x).element)
    },
    ONNXOperator(
      "ZipMap", domain: domain, operands: ["X": .real],
      attributes: ["classlabels_int64s": .integers, "classlabels_strings": .texts],
      limits: "the numbers stay a tensor, a column for each class"
    ) { node, _ in try node.input(0, "X") },
    ONNXOperator(
      "ArrayFeatureExtractor", domain: domain, operands: ["X": .number, "Y": .whole],
      limits: ComputedIndices.picking
    ) { node, p in
      let x = try node.input(0, "X")
      let rank = p.shape(x).rank
      guard rank >= 1 else { throw NetJacError(.shape, "X is a scalar; features are needed") }
      let given = try node.input(1, "Y")
      let index = try p.positive(
        p.reshape(given, Shape([p.shape(given).count])), length: p.shape(x)[rank - 1])
      let y = try p.take(x, axis: rank - 1, index)
      // A vector of features counts as a matrix with one row.
      return try rank == 1 ? p.reshape(y, p.shape(y).prepending(1)) : y
    },
    ONNXOperator(
      "FeatureVectorizer", domain: domain, operands: ["X": .several(.real)],
      attributes: ["inputdimensions": .integers]
    ) { node, p in
      let parts = try node.inputs.indices.map { try node.reals($0, "X") }
      let widths = try node.integers("inputdimensions")
      let matrices = try parts.enumerated().map { index, x in
        let matrix = try p.shape(x).rank == 1 ? p.reshape(x, Shape([p.shape(x).count, 1])) : x
        guard p.shape(matrix).rank == 2 else {
          throw NetJacError(.shape, "an input is \(p.shape(x)); a vector or matrix is needed")
        }
        let width = widths.flatMap { index < $0.count ? $0[index] : nil } ?? p.shape(matrix)[1]
        guard width >= 0, width < 1 << 30 else {
          throw NetJacError(.shape, "inputdimensions hold the width \(width)")
        }
        return try p.pad(matrix, low: [0, 0], high: [0, width - p.shape(matrix)[1]])
      }
      return try p.concatenate(matrices, axis: 1)
    },
    ONNXOperator(
      "Imputer", domain: domain, operands: ["X": .real],
      attributes: [
        "imputed_value_floats": .reals, "imputed_value_int64s": .integers,
        "replaced_value_float": .real, "replaced_value_int64": .integer,
      ]
    ) { node, p in
      let x = try node.reals(0, "X")
      let replaced = try node.optionalReal("replaced_value_float") ?? 0
      let value =
        try node.has("imputed_value_floats")
        ? node.perFeature("imputed_value_floats", standard: 0, like: x)
        : node.perFeature("imputed_value_int64s", standard: 0, like: x)
      let isMissing =
        try replaced.isNaN
        ? p.add(Classify(.isNaN), [x]) : p.compare(.equal, x, p.scalar(replaced, like: x))
      return try p.select(isMissing, value, x)
    },
  ]

  private enum Norm: String, CaseIterable {
    case maximum = "MAX"
    case absolute = "L1"
    case euclidean = "L2"
  }

  private static let models: [ONNXOperator] = [
    ONNXOperator(
      "LinearRegressor", domain: domain, operands: ["X": .real],
      attributes: [
        "coefficients": .reals, "intercepts": .reals, "post_transform": .text, "targets": .integer,
      ]
    ) { node, p in
      let x = try node.matrix(0, "X")
      let targets = try node.integer("targets", default: 1)
      let scores = try linearScores(x, node, rows: targets, in: p)
      return try PostTransform.applied(node, to: scores, in: p)
    },
    ONNXOperator(
      several: "LinearClassifier", domain: domain, operands: ["X": .real],
      attributes: [
        "classlabels_ints": .integers, "classlabels_strings": .texts, "coefficients": .reals,
        "intercepts": .reals, "multi_class": .integer, "post_transform": .text,
      ]
    ) { node, p in
      let x = try node.matrix(0, "X")
      let labels = try node.integers("classlabels_ints")
      let classes = try labels?.count ?? node.strings("classlabels_strings")?.count ?? 0
      let width = max(p.shape(x)[1], 1)
      let rows = (try node.reals("coefficients") ?? []).count / width
      var scores = try linearScores(x, node, rows: rows, in: p)
      if rows == 1, classes == 2 {
        scores = try p.concatenate([p.negate(scores), scores], axis: 1)
      }
      let y = try PostTransform.applied(node, to: scores, in: p)
      return [try label(of: y, labels, in: p), y]
    },
    ONNXOperator(
      "SVMRegressor", domain: domain, operands: ["X": .real],
      attributes: [
        "coefficients": .reals, "kernel_params": .reals, "kernel_type": .text,
        "n_supports": .integer, "one_class": .integer, "post_transform": .text, "rho": .reals,
        "support_vectors": .reals,
      ]
    ) { node, p in
      let x = try node.matrix(0, "X")
      let score = try KernelMachine(node, features: p.shape(x)[1]).score(x, in: p)
      guard try node.flag("one_class", default: false) else {
        return try PostTransform.applied(node, to: score, in: p)
      }
      return try p.select(
        p.isPositive(score), p.scalar(1, like: score), p.scalar(-1, like: score))
    },
  ]

  /// `x·coefficientsᵀ + intercepts`, a row of coefficients for each score.
  private static func linearScores(
    _ x: Value, _ node: NodeCall, rows: Int, in p: ProgramBuilder
  ) throws -> Value {
    let width = p.shape(x)[1]
    let weights = try node.table("coefficients", rows: rows, columns: width)
    let scores = try p.dot(x, weights, [0, 1], [2, 1], [0, 2])
    guard let intercepts = try node.reals("intercepts"), !intercepts.isEmpty else { return scores }
    return try p.add(scores, node.perFeature("intercepts", standard: 0, like: scores))
  }

  /// The label of the highest score; nil where labels are strings, which have no values here.
  private static func label(of scores: Value, _ labels: [Int]?, in p: ProgramBuilder) throws
    -> Value?
  {
    guard let labels, labels.count == p.shape(scores)[1], labels.count > 1 else { return nil }
    let place = try p.add(ArgExtreme(.maximum, axis: 1), [scores])
    return try p.gather(p.integers(labels), place)
  }
}

extension NodeCall {
  /// An input as real numbers; these operators take integers, too.
  func reals(_ index: Int, _ name: String) throws -> Value {
    try p.convert(input(index, name), to: p.real)
  }

  /// An input with a row for each sample.
  func matrix(_ index: Int, _ name: String) throws -> Value {
    let x = try reals(index, name)
    switch p.shape(x).rank {
    case 2: return x
    case 1: return try p.reshape(x, p.shape(x).prepending(1))
    default:
      throw NetJacError(.shape, "\(name) is \(p.shape(x)); a row for each sample is needed")
    }
  }

  /// Numbers of an attribute as a matrix.
  func table(_ name: String, rows: Int, columns: Int) throws -> Value {
    let numbers = try reals(name) ?? []
    guard rows >= 0, columns >= 0,
      rows.multipliedReportingOverflow(by: columns) == (numbers.count, false)
    else {
      throw NetJacError(
        .shape, "\(name) holds \(numbers.count) numbers; \(rows) times \(columns) are needed")
    }
    return try p.constant(
      Tensor(TensorType(p.real, Shape([rows, columns])), reals: numbers))
  }

  /// Numbers of an attribute, one for all features or one for each, in the shape of x.
  func perFeature(_ name: String, standard: Double, like x: Value) throws -> Value {
    var numbers: [Double] = []
    switch node.attributes[name] {
    case .integers(let values): numbers = values.map(Double.init)
    default: numbers = try reals(name) ?? []
    }
    if numbers.isEmpty { return try p.scalar(standard, like: x) }
    if numbers.count == 1 { return try p.scalar(numbers[0], like: x) }
    let row = try p.constant(
      Tensor(TensorType(p.real, [numbers.count]), reals: numbers))
    return try located("attribute \(name.quoted)") { try p.broadcast(row, to: p.shape(x)) }
  }
}
