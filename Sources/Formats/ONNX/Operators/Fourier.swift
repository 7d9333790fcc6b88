import Glibc
import Graph
import Operations
import Tensors

/// Discrete Fourier transforms, as products with matrices of cosines and sines, and the windows
/// that are used with them. Complex numbers are pairs in the last axis.
enum FourierOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "DFT", since: 17, operands: ["input": .real, "dft_length": .optional(.whole)],
      attributes: ["axis": .integer, "inverse": .integer, "onesided": .integer],
      limits: "dft_length and axis must be known while loading"
    ) { node, p in
      try transform(node, axis: node.integer("axis", default: 1), in: p)
    },
    ONNXOperator(
      "DFT", since: 20,
      operands: ["input": .real, "dft_length": .optional(.whole), "axis": .optional(.whole)],
      attributes: ["inverse": .integer, "onesided": .integer]
    ) { node, p in
      let axis = try node.optionalInput(2).map { _ in try node.constantInteger(2, "axis") }
      return try transform(node, axis: axis ?? -2, in: p)
    },
    ONNXOperator(
      "STFT", since: 17,
      operands: [
        "signal": .real, "frame_step": .whole, "window": .optional(.real),
        "frame_length": .optional(.whole),
      ], attributes: ["onesided": .integer],
      limits: "frame_step and frame_length must be known while loading", shortTime),
    window("HannWindow") { angle in (1 - cos(angle)) / 2 },
    window("HammingWindow") { angle in 25.0 / 46 - 21.0 / 46 * cos(angle) },
    window("BlackmanWindow") { angle in 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle) },
    ONNXOperator(
      "MelWeightMatrix", since: 17,
      operands: [
        "num_mel_bins": .whole, "dft_length": .whole, "sample_rate": .whole,
        "lower_edge_hertz": .real, "upper_edge_hertz": .real,
      ], attributes: ["output_datatype": .integer],
      limits: "operands must be known while loading", melWeights),
  ]

  private static func transform(_ node: NodeCall, axis given: Int, in p: ProgramBuilder) throws
    -> Value
  {
    var x = try node.input(0, "input")
    let rank = p.shape(x).rank
    let axis = try node.axis(given, rank: rank)
    let isInverse = try node.flag("inverse", default: false)
    let isOneSided = try node.flag("onesided", default: false)
    guard rank >= 2, axis < rank - 1, [1, 2].contains(p.shape(x)[rank - 1]) else {
      throw NetJacError(
        .shape, "input is \(p.shape(x)); a signal axis \(axis) and one or two parts are needed")
    }
    let extent = p.shape(x)[axis]
    let length =
      try node.optionalInput(1).map { _ in try node.constantInteger(1, "dft_length") }
      ?? (isInverse && isOneSided ? 2 * (extent - 1) : extent)
    guard length > 0, length < 1 << 30 else {
      throw NetJacError(.shape, "the length of the transform is \(length); at least 1 is needed")
    }
    // The inverse of a one-sided transform reads half of the spectrum only.
    let used = isInverse && isOneSided ? length / 2 + 1 : length
    var high = p.shape(x).dims.map { _ in 0 }
    high[axis] = used - extent
    x = try p.pad(x, low: high.map { _ in 0 }, high: high)
    let kind: FourierMatrix.Kind =
      isInverse ? (isOneSided ? .realInverse : .inverse) : (isOneSided ? .oneSided : .forward)
    let matrix = FourierMatrix(
      length: length, kind: kind, hasImaginary: p.shape(x)[rank - 1] == 2)
    var labels = Array(0..<rank)
    let source = labels
    (labels[axis], labels[rank - 1]) = (rank, rank + 1)
    return try p.dot(
      x, matrix.value(in: p), source, [axis, rank - 1, rank, rank + 1], labels)
  }

  /// Transforms of overlapping frames of a signal.
  private static let shortTime: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "signal")
    let dims = p.shape(x).dims
    let step = try node.constantInteger(1, "frame_step")
    let window = node.optionalInput(2)
    guard dims.count == 3, [1, 2].contains(dims[2]) else {
      throw NetJacError(
        .shape, "signal is \(p.shape(x)); batch, time and one or two parts are needed")
    }
    let length =
      try node.optionalInput(3).map { _ in try node.constantInteger(3, "frame_length") }
      ?? window.map { p.shape($0).count } ?? dims[1]
    guard step > 0, step < 1 << 30, length > 0, length <= dims[1],
      window.map({ p.shape($0).dims == [length] }) ?? true
    else {
      throw NetJacError(
        .shape, "frames of \(length) in steps of \(step) do not fit a signal of \(dims[1])")
    }
    let count = (dims[1] - length) / step + 1
    // [batch, parts, frame places, frames]
    var frames = try p.add(
      Window([WindowAxis(size: length, stride: step, count: count)]), [p.transpose(x, [0, 2, 1])])
    if let window {
      frames = try p.multiply(frames, p.add(Broadcast(p.shape(frames), axes: [2]), [window]))
    }
    let matrix = try FourierMatrix(
      length: length, kind: node.flag("onesided", default: true) ? .oneSided : .forward,
      hasImaginary: dims[2] == 2)
    return try p.dot(
      frames, matrix.value(in: p), [0, 1, 2, 3], [2, 1, 4, 5], [0, 3, 4, 5])
  }

  private static func window(_ name: String, _ value: @escaping @Sendable (Double) -> Double)
    -> ONNXOperator
  {
    ONNXOperator(
      name, since: 17, operands: ["size": .whole],
      attributes: ["output_datatype": .integer, "periodic": .integer],
      limits: "size must be known while loading"
    ) { node, p in
      let size = try node.constantInteger(0, "size")
      let isPeriodic = try node.flag("periodic", default: true)
      guard size >= 0 else {
        throw NetJacError(.shape, "a window of \(size) elements is not usable")
      }
      try p.requireNumbers(size, of: "a window")
      let period = Double(isPeriodic ? size : max(size - 1, 1))
      let numbers = (0..<size).map { value(2 * Double.pi * Double($0) / period) }
      let whole = try p.constant(Tensor(TensorType(p.real, [size]), reals: numbers))
      return try p.cast(
        whole, to: ConstantOperators.elementType(node.integer("output_datatype", default: 1)))
    }
  }

  /// Triangles that sum up a spectrum in bands of equal width on the mel scale.
  private static let melWeights: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let bands = try node.constantInteger(0, "num_mel_bins")
    let length = try node.constantInteger(1, "dft_length")
    let rate = try node.constantInteger(2, "sample_rate")
    let edges = try [3, 4].map { try node.optionalConstantNumber($0, "an edge") ?? 0 }
    guard bands >= 0, length > 0, rate > 0, bands < 1 << 20, length < 1 << 30,
      edges.allSatisfy({ $0 >= 0 && $0.isFinite })
    else {
      throw NetJacError(
        .shape, "\(bands) bands of a transform of \(length) at rate \(rate) are not usable")
    }
    let bins = length / 2 + 1
    let shape = try Shape(checking: [bins, bands])
    try p.requireNumbers(shape.count, of: "a matrix of shape \(shape)")
    let mels = edges.map { 2595 * log1p($0 / 700) / log(10) }
    let width = (mels[1] - mels[0]) / Double(bands + 2)
    let limits = try (0..<bands + 2).map { band -> Int in
      let hertz = 700 * expm1((Double(band) * width + mels[0]) / 2595 * log(10))
      let bin = (Double(length + 1) * hertz / Double(rate)).rounded(.down)
      guard let whole = Int(exactly: bin), whole >= 0, whole < bins else {
        throw NetJacError(.shape, "the band edge \(hertz) Hz lies outside the spectrum")
      }
      return whole
    }
    var weights = [Double](repeating: 0, count: shape.count)
    for band in 0..<bands {
      let (low, centre, high) = (limits[band], limits[band + 1], limits[band + 2])
      if low == centre { weights[centre * bands + band] = 1 }
      for bin in low..<max(centre, low) {
        weights[bin * bands + band] = Double(bin - low) / Double(centre - low)
      }
      for bin in centre..<max(high, centre) {
        weights[bin * bands + band] = Double(high - bin) / Double(high - centre)
      }
      if low < centre, high == centre { weights[centre * bands + band] = 1 }
    }
    let matrix = try p.constant(Tensor(TensorType(p.real, shape), reals: weights))
    return try p.cast(
      matrix, to: ConstantOperators.elementType(node.integer("output_datatype", default: 1)))
  }
}
