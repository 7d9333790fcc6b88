import Graph
import Operations
import Tensors

/// Operators that shift and scale by statistics.
enum NormalisationOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      several: "BatchNormalization",
      operands: ["X": .real, "scale": .real, "B": .real, "mean": .real, "var": .real],
      attributes: ["epsilon": .real, "is_test": .integer, "momentum": .real, "spatial": .integer]
    ) { node, p in
      guard try node.flag("is_test", default: false) else { throw trainingRefusal }
      return [try batch(node, in: p)]
    },
    ONNXOperator(
      several: "BatchNormalization", since: 7,
      attributes: ["epsilon": .real, "momentum": .real, "spatial": .integer]
    ) { node, p in
      guard (1...4).allSatisfy({ !node.wantsOutput($0) }) else { throw trainingRefusal }
      return [try batch(node, in: p)]
    },
    ONNXOperator(
      several: "BatchNormalization", since: 14,
      operands: ["X": .real, "scale": .real, "B": .real, "input_mean": .real, "input_var": .real],
      attributes: ["epsilon": .real, "momentum": .real, "training_mode": .integer]
    ) { node, p in
      guard try !node.flag("training_mode", default: false) else { throw trainingRefusal }
      return [try batch(node, in: p)]
    },
    ONNXOperator(
      "InstanceNormalization", operands: ["input": .real, "scale": .real, "B": .real],
      attributes: ["epsilon": .real]
    ) { node, p in
      let x = try node.input(0, "input")
      let axes = Array(2..<(2 + (try node.spatialDims(x).count)))
      let y = try p.normalised(x, over: axes, epsilon: node.epsilon()).y
      return try p.add(
        p.multiply(y, p.channelwise(node.input(1, "scale"), like: x, "scale")),
        p.channelwise(node.input(2, "B"), like: x, "B"))
    },
    ONNXOperator(
      several: "LayerNormalization", since: 17,
      operands: ["X": .real, "Scale": .real, "B": .optional(.real)],
      attributes: ["axis": .integer, "epsilon": .real, "stash_type": .integer], layer),
    ONNXOperator(
      "GroupNormalization", since: 18, operands: ["X": .real, "scale": .real, "bias": .real],
      attributes: ["epsilon": .real, "num_groups": .integer, "stash_type": .integer]
    ) { node, p in try group(node, in: p) },
    ONNXOperator(
      "RMSNormalization", since: 23, operands: ["X": .real, "scale": .real],
      attributes: ["axis": .integer, "epsilon": .real, "stash_type": .integer]
    ) { node, p in
      let x = try node.input(0, "X")
      let rank = p.shape(x).rank
      let axes = Array(try node.axis(node.integer("axis", default: -1), rank: rank)..<rank)
      let y = try p.rootMeanSquareNormalised(x, over: axes, epsilon: node.epsilon())
      return try p.multiply(y, p.broadcast(node.input(1, "scale"), to: p.shape(x)))
    },
    ONNXOperator(
      "MeanVarianceNormalization", since: 9, operands: ["X": .real], attributes: ["axes": .integers]
    ) { node, p in
      let x = try node.input(0, "X")
      let axes = try node.axes(node.integers("axes") ?? [0, 2, 3], rank: p.shape(x).rank)
      // The definition adds its epsilon to the deviation, not to the variance.
      let centred = try p.centred(x, over: axes)
      let deviation = try p.squareRoot(p.mean(p.multiply(centred, centred), over: axes))
      let size = try p.add(deviation, p.scalar(Double(Float(1e-9)), like: deviation))
      return try p.divide(centred, p.spread(size, over: axes, to: p.shape(x)))
    },
    ONNXOperator(
      "LpNormalization", operands: ["input": .real], attributes: ["axis": .integer, "p": .integer],
      derivative: .kinked("a line of zeros stays one, with derivative 1")
    ) { node, p in
      let x = try node.input(0, "input")
      let axis = try node.axis(node.integer("axis", default: -1), rank: p.shape(x).rank)
      let exponent = try node.integer("p", default: 2)
      guard exponent == 1 || exponent == 2 else {
        throw NetJacError(.format, "p is \(exponent); 1 or 2 is needed")
      }
      return try p.normNormalised(x, over: [axis], exponent: Double(exponent))
    },
    ONNXOperator(
      "LRN", operands: ["X": .real],
      attributes: ["alpha": .real, "beta": .real, "bias": .real, "size": .integer], localResponse),
    ONNXOperator(
      several: "Dropout", operands: ["data": .real],
      attributes: ["is_test": .integer, "ratio": .real],
      limits: "as in inference: passes its operand on"
    ) { node, p in
      try dropout(node, isTraining: false, in: p)
    },
    ONNXOperator(
      several: "Dropout", since: 12,
      operands: ["data": .real, "ratio": .optional(.real), "training_mode": .optional(.boolean)],
      attributes: ["seed": .integer]
    ) { node, p in
      let isTraining = try node.optionalConstantNumber(2, "training_mode") ?? 0 != 0
      let ratio = try node.optionalConstantNumber(1, "ratio") ?? 0.5
      return try dropout(node, isTraining: isTraining && ratio != 0, in: p)
    },
  ]

  private static let trainingRefusal = NetJacError(
    .unsupported,
    "the node is in training mode, which mixes the samples of a batch; export for inference")

  private static func batch(_ node: NodeCall, in p: ProgramBuilder) throws -> Value {
    let x = try node.input(0, "X")
    let isSpatial = try node.flag("spatial", default: true)
    func statistic(_ index: Int, _ name: String) throws -> Value {
      let value = try node.input(index, name)
      // Until opset 8 there could be one for each element of a sample.
      return try isSpatial
        ? p.channelwise(value, like: x, name) : p.broadcast(value, to: p.shape(x))
    }
    return try p.batchNormalised(
      x, mean: statistic(3, "mean"), variance: statistic(4, "var"), epsilon: node.epsilon(),
      scale: statistic(1, "scale"), offset: statistic(2, "B"))
  }

  private static let layer: @Sendable (NodeCall, ProgramBuilder) throws -> [Value?] = { node, p in
    let x = try node.input(0, "X")
    let rank = p.shape(x).rank
    let axes = Array(try node.axis(node.integer("axis", default: -1), rank: rank)..<rank)
    let (normal, mean, deviation) = try p.normalised(x, over: axes, epsilon: node.epsilon())
    var y = try p.multiply(normal, p.broadcast(node.input(1, "Scale"), to: p.shape(x)))
    if let bias = node.optionalInput(2) { y = try p.add(y, p.broadcast(bias, to: p.shape(x))) }
    let reduced = p.shape(x).withOnes(at: axes)
    return [y, try p.reshape(mean, reduced), try p.reshape(p.reciprocal(deviation), reduced)]
  }

  /// Until opset 20 scale and bias belong to groups, since opset 21 to channels.
  private static func group(_ node: NodeCall, in p: ProgramBuilder) throws -> Value {
    let x = try node.input(0, "X")
    _ = try node.spatialDims(x)
    let groups = try node.integer("num_groups")
    let normal = try p.groupNormalised(x, groups: groups, epsilon: node.epsilon())
    let dims = p.shape(x).dims
    let size = dims[1] / groups
    func factor(_ index: Int, _ name: String) throws -> Value {
      var value = try node.input(index, name)
      if node.version < 21, p.shape(value).dims == [groups] {
        value = try p.reshape(
          p.add(Broadcast(Shape([groups, size]), axes: [0]), [value]), Shape([dims[1]]))
      }
      return try p.channelwise(value, like: x, name)
    }
    return try p.add(
      p.multiply(normal, factor(1, "scale")), factor(2, "bias"))
  }

  /// `y = x/(bias + alpha/size·Σ x²)^beta`, summed over neighbouring channels.
  private static let localResponse: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "X")
    let size = try node.integer("size")
    guard p.shape(x).rank >= 2, size >= 1, size < 1 << 30 else {
      throw NetJacError(.shape, "X is \(p.shape(x)), size is \(size); channels are needed")
    }
    let rank = p.shape(x).rank
    let squares = try p.moveAxis(p.multiply(x, x), from: 1, to: rank - 1)
    let window = WindowAxis(size: size, low: (size - 1) / 2, count: p.shape(x)[1])
    let sums = try p.reduceSum(p.add(Window([window]), [squares]), over: [rank - 1])
    let sum = try p.moveAxis(sums, from: rank - 1, to: 1)
    let alpha = try node.real("alpha", default: 0.0001) / Double(size)
    let base = try p.add(
      p.multiply(sum, p.scalar(alpha, like: sum)),
      p.scalar(node.real("bias", default: 1), like: sum))
    return try p.divide(x, p.power(base, p.scalar(node.real("beta", default: 0.75), like: base)))
  }

  private static func dropout(_ node: NodeCall, isTraining: Bool, in p: ProgramBuilder) throws
    -> [Value?]
  {
    guard !isTraining else {
      throw NetJacError(
        .unsupported, "the node is in training mode, which is random; export for inference")
    }
    let x = try node.input(0, "data")
    return [x, try p.constant(Tensor(p.type(x).with(.bool), fill: Int64(1)))]
  }
}

extension NodeCall {
  fileprivate func epsilon() throws -> Double { try real("epsilon", default: 1e-5) }
}
