/// The zeros that windows see around an array, and the part of the array that they see.
package struct Margins {
  /// Zeros before and behind each axis; negative where windows leave elements out.
  package let low: [Int]
  package let high: [Int]
  /// The array's part that is copied between the zeros.
  package let sourceStarts: [Int]
  package let sizes: [Int]

  package init(_ window: Window, _ dims: [Int]) {
    let outer = dims.count - window.axes.count
    var low = [Int](repeating: 0, count: outer)
    var high = low
    var starts = low
    var sizes = Array(dims.prefix(outer))
    for (axis, dim) in zip(window.axes, dims.dropFirst(outer)) {
      let start = max(0, -axis.low)
      low.append(axis.low)
      high.append(axis.end - dim)
      starts.append(start)
      sizes.append(max(0, min(dim, axis.end) - start))
    }
    self.low = low
    self.high = high
    sourceStarts = starts
    self.sizes = sizes
  }

  /// Whether no window leaves the array.
  package var isNone: Bool { low.allSatisfy { $0 <= 0 } && high.allSatisfy { $0 <= 0 } }

  package var targetStarts: [Int] { low.map { max(0, $0) } }

  package func paddedDims(_ dims: [Int]) -> [Int] {
    isNone
      ? dims : zip(dims, zip(low, high)).map { $0 + $1.0 + $1.1 }
  }
}
