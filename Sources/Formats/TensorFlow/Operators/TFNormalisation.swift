import Graph
import Operations
import Tensors

/// `FusedBatchNorm`: scales and shifts channels by statistics that were learnt or, in training mode, by
/// those of the batch at hand.
enum TFNormalisationOperators {
  static let all: [TFOperator] = [
    ("FusedBatchNorm", 2), ("FusedBatchNormV2", 2), ("FusedBatchNormV3", 3),
  ].map { name, spaces in
    TFOperator(
      several: name,
      outputs: ["y", "batch_mean", "batch_variance"] + (1...spaces).map { "reserve_space_\($0)" },
      attributes: ["epsilon", "data_format", "is_training"]
    ) { node, p in
      [.tensor(try normalised(node, in: p))]
        + [TFOperand](
          repeating: .nothing("statistics of batch normalisation are for training only"),
          count: spaces + 2)
    }
  }

  private static func normalised(_ node: TFCall, in p: ProgramBuilder) throws -> Value {
    let x = try node.input(0, "x")
    let layout = try node.layout()
    let epsilon = try node.real("epsilon", default: 1e-4)
    func channels(_ index: Int, _ name: String) throws -> Value {
      try p.channelwise(node.input(index, name), like: x, name, layout)
    }
    let (scale, offset) = (try channels(1, "scale"), try channels(2, "offset"))
    guard try node.flag("is_training", default: true) else {
      return try p.batchNormalised(
        x, mean: channels(3, "mean"), variance: channels(4, "variance"), epsilon: epsilon,
        scale: scale, offset: offset)
    }
    try checkSampleByItself(node, layout, in: p)
    let rank = p.shape(x).rank
    let axes = [0] + layout.spatialAxes(rank: rank)
    let normal = try p.normalised(x, over: axes, epsilon: epsilon).y
    return try p.add(p.multiply(normal, scale), offset)
  }

  /// Keras 2 writes LayerNormalization as batch normalisation of one image, whose channels are the
  /// lines to normalise. Its statistics are those of each line; the statistics of real training mode
  /// would mix samples.
  private static func checkSampleByItself(
    _ node: TFCall, _ layout: ImageLayout, in p: ProgramBuilder
  ) throws {
    guard node.importer.hasOpenBatch else { return }
    if layout == .channelsFirst, let source = node.node.inputs.first,
      try isOneImage(source, in: node.body)
    {
      return
    }
    throw NetJacError(
      .unsupported,
      """
      batch normalisation is in training mode, where its statistics are those of the samples of a \
      call, so that one sample has no value of its own; save the model for inference \
      (training=False)
      """)
  }

  /// Whether a value was given a shape whose first length is the constant 1.
  private static func isOneImage(_ reference: TFReference, in body: TFBody) throws -> Bool {
    func node(_ reference: TFReference) -> TFNode? {
      var reference = reference
      for _ in body.nodes {
        guard let place = body.places[reference.node] else { return nil }
        guard body.nodes[place].operation == "Identity", let source = body.nodes[place].inputs.first
        else { return body.nodes[place] }
        reference = source
      }
      return nil
    }
    func firstConstant(_ node: TFNode?) throws -> Int64? {
      guard let node, node.operation == "Const",
        case .tensor(let bytes)? = try node.attributes["value"].flatMap(TFAttribute.init)
      else { return nil }
      return try TFTensor(bytes).value(real: .float64, memoryLimit: 1 << 20).integers.first
    }
    guard let reshape = node(reference), reshape.operation == "Reshape", reshape.inputs.count == 2,
      let shape = node(reshape.inputs[1])
    else { return false }
    if shape.operation == "Pack", let first = shape.inputs.first {
      return try firstConstant(node(first)) == 1
    }
    return try firstConstant(shape) == 1
  }
}
