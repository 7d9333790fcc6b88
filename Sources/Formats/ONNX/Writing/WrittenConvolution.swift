import Graph
import Tensors

/// A value with its axes in another order, taken together to the shape that an operator wants.
struct Arrangement {
  let value: Value
  let order: [Int]
  let shape: [BatchedProgram.Length]
}

/// The axes of an operator's result by their labels, and the order in which the program has them.
struct LabelledResult {
  let lengths: [BatchedProgram.Length]
  let order: [Int]
  var isInOrder: Bool { order == Array(order.indices) }
}

/// A product of windows with a kernel.
struct WrittenConvolution {
  let axes: [WindowAxis]
  let groups: Int
  let image: Arrangement
  let place: SlidingPlace
  let kernel: Arrangement
  let result: LabelledResult
  var bias: Value?
}

/// The padding of a transposed convolution.
struct TransposedPlace {
  private(set) var low: [Int] = []
  private(set) var high: [Int] = []
  /// Elements that the operator adds at the end.
  private(set) var extra: [Int] = []
  /// Zeros to be put around the result.
  private(set) var zerosBefore: [Int] = []
  private(set) var zerosAfter: [Int] = []

  /// Nil where nothing would be left.
  init?(_ axes: [WindowAxis], _ spatial: [Int]) {
    for (window, length) in zip(axes, spatial) {
      guard window.size > 0, window.count > 0, length > 0 else { return nil }
      let full = window.end + window.low
      let missing = length - window.end
      // Runtimes add less than a step.
      let added = (0..<window.stride).contains(missing) ? missing : 0
      let zeros = max(missing - added, 0)
      guard window.low < full, -missing < full, length - zeros - max(-window.low, 0) > 0 else {
        return nil
      }
      low.append(max(window.low, 0))
      high.append(max(-missing, 0))
      extra.append(added)
      zerosBefore.append(max(-window.low, 0))
      zerosAfter.append(zeros)
    }
  }
}

/// A fold of a product of an image with a kernel.
struct TransposedConvolution {
  let axes: [WindowAxis]
  let groups: Int
  let image: Arrangement
  let kernel: Arrangement
  let place: TransposedPlace
  let result: LabelledResult
  let features: Int
  let spatial: [Int]
}

extension BatchedProgram {
  /// The product of windows with a kernel that a node is, if an operator of ONNX computes it.
  func convolution(_ dot: Dot, _ node: Node) -> WrittenConvolution? {
    guard isConvolved(node.type) else { return nil }
    for side in 0..<2 {
      let windows = program.unshaped(node.operands[side])
      guard let window = program.nodes[windows.index].primitive as? Window,
        hasSameWindows(windows),
        let found = try? convolution(
          window, windows, labels(dot, node, imageSide: side), node.operands, side)
      else { continue }
      return found
    }
    return nil
  }

  private func convolution(
    _ window: Window, _ windows: Value, _ labels: ProductLabels<Length>, _ operands: [Value],
    _ side: Int
  ) throws -> WrittenConvolution? {
    let image = program.nodes[windows.index].operands[0]
    let rank = window.axes.count
    guard (1...3).contains(rank), program.type(image).count > 0,
      let spatial = fixedLengths(image, last: rank),
      let all = labels.seen(labels.image, as: shape(windows)),
      let (axes, places, outputs) = labels.roles(
        window.axes, all.suffix(2 * rank), isPlace: labels.isSummed),
      let place = SlidingPlace(axes, spatial)
    else { return nil }
    let outer = Array(all.dropLast(2 * rank))
    let kinds = labels.kinds(outer, besides: places)
    guard let groups = labels.count(kinds.groups), let channels = labels.count(kinds.channels),
      let features = labels.count(kinds.features)
    else { return nil }
    let kernel = operands[1 - side]
    return WrittenConvolution(
      axes: axes, groups: groups,
      image: Arrangement(
        value: image, order: labels.order(outer, kinds.image) + (0..<rank).map { outer.count + $0 },
        shape: [try labels.merged(kinds.batches), .fixed(groups * channels)]
          + spatial.map { .fixed($0) }),
      place: place,
      kernel: Arrangement(
        value: kernel,
        order: labels.order(
          labels.kernel, kinds.groups + kinds.features + kinds.channels + places),
        shape: [groups * features, channels].map { .fixed($0) } + axes.map { .fixed($0.size) }),
      result: labels.arranged(
        kinds.batches + kinds.groups + kinds.features + outputs, as: labels.result))
  }

  /// A convolution to which a number for each channel is added, and which nothing else uses.
  func biasedConvolution(_ node: Node, _ useCounts: [Int]) -> WrittenConvolution? {
    for side in 0..<2 {
      var value = node.operands[side]
      while program.nodes[value.index].primitive is Reshape, useCounts[value.index] == 1 {
        value = program.nodes[value.index].operands[0]
      }
      guard useCounts[value.index] == 1,
        let dot = program.nodes[value.index].primitive as? Dot,
        let bias = program.nodes[node.operands[1 - side].index].primitive as? Broadcast,
        var found = convolution(dot, program.nodes[value.index]),
        found.result.isInOrder
      else { continue }
      let numbers = program.nodes[node.operands[1 - side].index].operands[0]
      let channels = found.kernel.shape[0]
      // The axis of the channels is the one behind the batch, whatever axes of length one there are.
      let lengths = shape(node.operands[side])
      let isBatched = found.image.shape[0] != .fixed(1)
      let long = lengths.indices.filter { lengths[$0] != .fixed(1) }
      let place = isBatched ? 1 : 0
      guard channels != .fixed(1), shape(numbers) == [channels], long.indices.contains(place),
        bias.axes == [long[place]], lengths[long[place]] == channels,
        !isBatched || lengths[long[0]] == found.image.shape[0]
      else { continue }
      found.bias = numbers
      return found
    }
    return nil
  }

  /// The fold of a product that a node is, if an operator of ONNX computes it.
  func transposedConvolution(_ fold: Fold, _ value: Value, _ node: Node)
    -> TransposedConvolution?
  {
    let product = program.unshaped(node.operands[0])
    guard isConvolved(node.type), let dot = program.nodes[product.index].primitive as? Dot,
      hasSameWindows(value)
    else { return nil }
    for side in 0..<2 {
      let inner = program.nodes[product.index]
      let labels = self.labels(dot, inner, imageSide: side)
      if let found = try? transposedConvolution(
        fold, shape(node.operands[0]), labels, inner.operands, side)
      {
        return found
      }
    }
    return nil
  }

  private func transposedConvolution(
    _ fold: Fold, _ windows: [Length], _ labels: ProductLabels<Length>, _ operands: [Value],
    _ side: Int
  ) throws -> TransposedConvolution? {
    let rank = fold.axes.count
    guard (1...3).contains(rank), program.type(operands[side]).count > 0,
      let all = labels.seen(labels.result, as: windows),
      let (axes, places, outputs) = labels.roles(
        fold.axes, all.suffix(2 * rank), isPlace: labels.isOfKernel),
      let place = TransposedPlace(axes, fold.spatial)
    else { return nil }
    let outer = Array(all.dropLast(2 * rank))
    let sums = labels.kernel.compactMap { $0 }.filter { labels.isSummed($0) }
    let kinds = labels.kinds(outer + sums, besides: places)
    guard let groups = labels.count(kinds.groups), let channels = labels.count(kinds.channels),
      let features = labels.count(kinds.features)
    else { return nil }
    return TransposedConvolution(
      axes: axes, groups: groups,
      image: Arrangement(
        value: operands[side],
        order: labels.order(labels.image, kinds.image + outputs),
        shape: [try labels.merged(kinds.batches), .fixed(groups * channels)]
          + axes.map { .fixed($0.count) }),
      kernel: Arrangement(
        value: operands[1 - side],
        order: labels.order(
          labels.kernel, kinds.groups + kinds.channels + kinds.features + places),
        shape: [groups * channels, features].map { .fixed($0) } + axes.map { .fixed($0.size) }),
      place: place,
      result: labels.arranged(
        kinds.batches + kinds.groups + kinds.features, as: outer.compactMap { $0 },
        spatial: fold.spatial), features: groups * features, spatial: fold.spatial)
  }

  private func labels(_ dot: Dot, _ node: Node, imageSide: Int) -> ProductLabels<Length> {
    ProductLabels(dot, imageSide: imageSide, one: .fixed(1)) { length(node.operands[$0], $1) }
  }
}

extension ProductLabels<BatchedProgram.Length> {
  fileprivate func merged(_ labels: [Int]) throws -> BatchedProgram.Length {
    try BatchedProgram.merged(labels.map { lengths[$0] ?? .fixed(1) })
  }
  /// How many elements axes have together, where the batch does not decide it.
  fileprivate func count(_ labels: [Int]) -> Int? {
    BatchedProgram.fixed(labels.map { lengths[$0] ?? .fixed(1) })?.reduce(1, *)
  }

  /// What an operator gives, whose axes have `labels`, as the program has it: in the order of
  /// `wanted`, with `spatial` axes behind.
  fileprivate func arranged(_ labels: [Int], as wanted: [Int], spatial: [Int] = [])
    -> LabelledResult
  {
    LabelledResult(
      lengths: labels.map { lengths[$0] ?? .fixed(1) } + spatial.map { .fixed($0) },
      order: wanted.compactMap { labels.firstIndex(of: $0) }
        + spatial.indices.map { labels.count + $0 })
  }
}
