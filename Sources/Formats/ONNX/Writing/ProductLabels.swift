import Graph
import Tensors

/// The labels of a product of an image (or its windows) with a kernel; axes of length one have none.
struct ProductLabels {
  let image: [Int?]
  let kernel: [Int?]
  let result: [Int]
  private let lengths: [Int: BatchedProgram.Length]

  init(_ dot: Dot, _ node: Node, imageSide: Int, in batched: BatchedProgram) {
    var lengths: [Int: BatchedProgram.Length] = [:]
    for (labels, operand) in zip([dot.a, dot.b], node.operands) {
      for (axis, label) in labels.enumerated() { lengths[label] = batched.length(operand, axis) }
    }
    let sides = [dot.a, dot.b].map { labels in
      labels.map { lengths[$0] == .fixed(1) ? nil : Optional($0) }
    }
    image = sides[imageSide]
    kernel = sides[1 - imageSide]
    result = dot.y.filter { lengths[$0] != .fixed(1) }
    self.lengths = lengths
  }

  // MARK: - What a label does

  func isSummed(_ label: Int?) -> Bool { label.map { !result.contains($0) } ?? true }
  /// Whether only the image has it, so that it stays in the result; as an axis of length one may.
  func isOfImage(_ label: Int?) -> Bool { label.map { !kernel.contains($0) } ?? true }
  func isOfKernel(_ label: Int?) -> Bool { label.map { !image.contains($0) } ?? true }

  /// Labels by what they do in a convolution.
  struct Kinds {
    var batches: [Int] = []
    var groups: [Int] = []
    var channels: [Int] = []
    var features: [Int] = []
    var image: [Int] { batches + groups + channels }
  }

  /// `outer` gives the order; the rest of the kernel's labels but `places` are features.
  func kinds(_ outer: [Int?], besides places: [Int?]) -> Kinds {
    var kinds = Kinds()
    let kernelLabels = kernel.compactMap { $0 }.filter { !places.contains($0) }
    for label in outer.compactMap({ $0 }) + kernelLabels {
      if isOfKernel(label) {
        if !kinds.features.contains(label) { kinds.features.append(label) }
      } else if isOfImage(label) {
        kinds.batches.append(label)
      } else if isSummed(label) {
        if !kinds.channels.contains(label) { kinds.channels.append(label) }
      } else if !kinds.groups.contains(label) {
        kinds.groups.append(label)
      }
    }
    // The kernel is turned rather than the result.
    kinds.features = result.filter(kinds.features.contains)
    return kinds
  }

  /// For each axis of windows [K…, O…] how it slides, and which labels are those of the places in a
  /// window and of the windows: a window and its place are alike, so they may have changed roles.
  func roles(
    _ axes: [WindowAxis], _ labels: some Collection<Int?>, isPlace: (Int?) -> Bool
  ) -> (axes: [WindowAxis], places: [Int], outputs: [Int])? {
    var result: (axes: [WindowAxis], places: [Int], outputs: [Int]) = ([], [], [])
    for (window, pair) in zip(axes, zip(labels, labels.dropFirst(axes.count))) {
      let isTurned = !(isPlace(pair.0) && isOfImage(pair.1))
      guard !isTurned || isPlace(pair.1) && isOfImage(pair.0) else { return nil }
      result.axes.append(isTurned ? window.turned : window)
      result.places.append(contentsOf: [isTurned ? pair.1 : pair.0].compactMap { $0 })
      result.outputs.append(contentsOf: [isTurned ? pair.0 : pair.1].compactMap { $0 })
    }
    return result
  }

  // MARK: - Axes

  /// The labels of axes seen through a reshape that only adds or leaves out axes of length one.
  func seen(_ labels: [Int?], as shape: [BatchedProgram.Length]) -> [Int?]? {
    var rest = labels.compactMap { $0 }[...]
    var seen: [Int?] = []
    for length in shape {
      if length == .fixed(1) {
        seen.append(nil)
      } else {
        guard let label = rest.popFirst(), lengths[label] == length else { return nil }
        seen.append(label)
      }
    }
    return rest.isEmpty ? seen : nil
  }

  /// The order that brings axes with `labels` into that of `wanted`, axes of length one first.
  func order(_ labels: [Int?], _ wanted: [Int]) -> [Int] {
    labels.indices.filter { labels[$0] == nil } + wanted.compactMap { labels.firstIndex(of: $0) }
  }

  func merged(_ labels: [Int]) throws -> BatchedProgram.Length {
    try BatchedProgram.merged(labels.map { lengths[$0] ?? .fixed(1) })
  }
  /// How many elements axes have together, where the batch does not decide it.
  func count(_ labels: [Int]) -> Int? {
    BatchedProgram.fixed(labels.map { lengths[$0] ?? .fixed(1) })?.reduce(1, *)
  }

  /// What an operator gives, whose axes have `labels`, as the program has it: in the order of
  /// `wanted`, with `spatial` axes behind.
  func arranged(_ labels: [Int], as wanted: [Int], spatial: [Int] = []) -> LabelledResult {
    LabelledResult(
      lengths: labels.map { lengths[$0] ?? .fixed(1) } + spatial.map { .fixed($0) },
      order: wanted.compactMap { labels.firstIndex(of: $0) }
        + spatial.indices.map { labels.count + $0 })
  }
}

extension WindowAxis {
  /// The axis with windows and places exchanged.
  fileprivate var turned: WindowAxis {
    WindowAxis(size: count, stride: dilation, dilation: stride, low: low, count: size)
  }
}
