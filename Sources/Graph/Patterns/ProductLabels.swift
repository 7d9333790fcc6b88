import Tensors

/// The labels of a product of an image (or its windows) with a kernel, by what they do in a
/// convolution or in a transposed one; axes of length one have none.
///
/// The simplifier, the compiler and the writers of files recognise convolutions through it. A length is
/// a number, or for a writer one that may grow with the batch.
package struct ProductLabels<Length: Equatable> {
  package let image: [Int?]
  package let kernel: [Int?]
  package let result: [Int]
  package let lengths: [Int: Length]
  private let one: Length

  /// `length` gives that of an axis of an operand.
  package init(
    _ dot: Dot, imageSide: Int, one: Length, length: (_ operand: Int, _ axis: Int) -> Length
  ) {
    var lengths: [Int: Length] = [:]
    for (operand, labels) in [dot.a, dot.b].enumerated() {
      for (axis, label) in labels.enumerated() { lengths[label] = length(operand, axis) }
    }
    let sides = [dot.a, dot.b].map { labels in
      labels.map { lengths[$0] == one ? nil : Optional($0) }
    }
    image = sides[imageSide]
    kernel = sides[1 - imageSide]
    result = dot.y.filter { lengths[$0] != one }
    self.lengths = lengths
    self.one = one
  }

  // MARK: - What a label does

  package func isSummed(_ label: Int?) -> Bool { label.map { !result.contains($0) } ?? true }
  /// Whether only the image has it, so that it stays in the result; as an axis of length one may.
  package func isOfImage(_ label: Int?) -> Bool { label.map { !kernel.contains($0) } ?? true }
  package func isOfKernel(_ label: Int?) -> Bool { label.map { !image.contains($0) } ?? true }

  /// Labels by what they do in a convolution.
  package struct Kinds {
    package var batches: [Int] = []
    package var groups: [Int] = []
    package var channels: [Int] = []
    package var features: [Int] = []
    package var image: [Int] { batches + groups + channels }
  }

  /// `outer` gives the order; the rest of the kernel's labels but `places` are features.
  package func kinds(_ outer: [Int?], besides places: [Int?]) -> Kinds {
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
  package func roles(
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
  package func seen(_ labels: [Int?], as shape: some Sequence<Length>) -> [Int?]? {
    var rest = labels.compactMap { $0 }[...]
    var seen: [Int?] = []
    for length in shape {
      if length == one {
        seen.append(nil)
      } else {
        guard let label = rest.popFirst(), lengths[label] == length else { return nil }
        seen.append(label)
      }
    }
    return rest.isEmpty ? seen : nil
  }

  /// The order that brings axes with `labels` into that of `wanted`, axes of length one first.
  package func order(_ labels: [Int?], _ wanted: [Int]) -> [Int] {
    labels.indices.filter { labels[$0] == nil } + wanted.compactMap { labels.firstIndex(of: $0) }
  }
}
