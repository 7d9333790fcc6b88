import Graph
import Operations
import Tensors

/// Losses of classification: the negative score of each sample's class, weighted and summed up.
enum LossOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "NegativeLogLikelihoodLoss", since: 12,
      operands: ["input": .real, "target": .whole, "weight": .optional(.real)],
      attributes: ["ignore_index": .integer, "reduction": .text],
      limits: "a computed class outside picks zero"
    ) { node, p in
      try loss(node.input(0, "input"), node, in: p)
    },
    ONNXOperator(
      several: "SoftmaxCrossEntropyLoss", since: 12,
      operands: ["scores": .real, "labels": .whole, "weights": .optional(.real)],
      attributes: ["ignore_index": .integer, "reduction": .text],
      limits: "a computed class outside picks zero"
    ) { node, p in
      let scores = try node.input(0, "scores")
      guard p.shape(scores).rank >= 2 else {
        throw NetJacError(.shape, "scores are \(p.shape(scores)); batch and classes are needed")
      }
      let logarithms = try p.logSoftmax(scores, over: [1])
      return [try loss(logarithms, node, in: p), logarithms]
    },
  ]

  private enum Reduction: String, CaseIterable { case none, mean, sum }

  private static func loss(_ x: Value, _ node: NodeCall, in p: ProgramBuilder) throws -> Value {
    let target = try p.convert(node.input(1, "target"), to: .int64)
    let dims = p.shape(x).dims
    guard dims.count >= 2, p.shape(target).dims == [dims[0]] + dims.dropFirst(2) else {
      throw NetJacError(
        .shape,
        "the scores are \(p.shape(x)), target is \(p.shape(target)); one class each is needed")
    }
    let places = p.shape(target)
    let isCounted = try node.optionalInteger("ignore_index").map { ignored in
      try p.add(
        Not(),
        [
          p.compare(
            .equal, target, p.constant(Tensor(p.type(target), fill: Int64(ignored))))
        ])
    }
    func onlyCounted(_ value: Value) throws -> Value {
      try isCounted.map { try p.select($0, value, p.scalar(0, like: value)) } ?? value
    }
    // Classes last, so that each target picks one of its row.
    let rows = try p.moveAxis(x, from: 1, to: dims.count - 1)
    let place = try p.positive(onlyCounted(target), length: dims[1], fromEnd: false)
    let picked = try p.negate(p.gather(rows, place, batch: places.rank))
    var losses = try onlyCounted(picked)
    var weights: Value?
    if let perClass = node.optionalInput(2) {
      guard p.shape(perClass).dims == [dims[1]] else {
        throw NetJacError(.shape, "weight is \(p.shape(perClass)); \([dims[1]]) is needed")
      }
      weights = try onlyCounted(p.gather(perClass, place))
    } else if isCounted != nil {
      weights = try onlyCounted(p.scalar(1, like: losses))
    }
    if let weights { losses = try p.multiply(losses, weights) }

    let axes = Array(0..<places.rank)
    switch try node.choice("reduction", default: Reduction.mean) {
    case .none: return losses
    case .sum: return try p.reduceSum(losses, over: axes)
    case .mean:
      guard let weights else { return try p.mean(losses, over: axes) }
      return try p.divide(p.reduceSum(losses, over: axes), p.reduceSum(weights, over: axes))
    }
  }
}
