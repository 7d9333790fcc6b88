import Graph
import Operations
import Tensors

/// TensorFlow's `StridedSlice`: slices as Python writes them, with an ellipsis, new axes and axes that
/// vanish, each told by a bit of an attribute.
enum StridedSlice {
  static let operation = TFOperator(
    "StridedSlice",
    attributes: [
      "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask",
    ]
  ) { node, p in
    let x = try node.input(0, "input")
    let begin = try node.constantIntegers(1, "begin")
    let end = try node.constantIntegers(2, "end")
    let strides = try node.constantIntegers(3, "strides")
    guard begin.count == end.count, begin.count == strides.count, begin.count < 60 else {
      throw NetJacError(
        .shape, "begin \(begin), end \(end) and strides \(strides) differ in length")
    }
    func mask(_ name: String) throws -> (Int) -> Bool {
      let bits = try node.integer(name, default: 0)
      return { bits >> $0 & 1 == 1 }
    }
    let (beginMask, endMask) = (try mask("begin_mask"), try mask("end_mask"))
    let (ellipsis, newAxis) = (try mask("ellipsis_mask"), try mask("new_axis_mask"))
    let shrink = try mask("shrink_axis_mask")

    let dims = p.shape(x).dims
    // Axes of x that entries name; the others are those that an ellipsis stands for.
    let named = begin.indices.count { !ellipsis($0) && !newAxis($0) }
    guard named <= dims.count, begin.indices.count(where: ellipsis) <= 1 else {
      throw NetJacError(
        .shape, "\(named) axes are sliced; the value is \(p.shape(x))")
    }
    var (starts, sizes) = (dims.map { _ in 0 }, dims)
    var steps = dims.map { _ in 1 }
    var reversed: [Int] = []
    var result: [Int] = []
    var axis = 0
    for entry in begin.indices {
      if ellipsis(entry) {
        let skipped = dims.count - named
        result += dims[axis..<axis + skipped]
        axis += skipped
        continue
      }
      if newAxis(entry) {
        result.append(1)
        continue
      }
      let length = dims[axis]
      defer { axis += 1 }
      if shrink(entry) {
        let place = begin[entry] < 0 ? begin[entry].addingSaturated(length) : begin[entry]
        guard place >= 0, place < length else {
          throw NetJacError(
            .shape, "index \(begin[entry]) lies outside axis \(axis) of length \(length)")
        }
        (starts[axis], sizes[axis]) = (place, 1)
        continue
      }
      let part = try Run(
        begin: beginMask(entry) ? nil : begin[entry], end: endMask(entry) ? nil : end[entry],
        step: strides[entry], length: length)
      (starts[axis], sizes[axis], steps[axis]) = (part.start, part.count, part.step)
      if part.isReversed { reversed.append(axis) }
      result.append(part.count)
    }
    result += dims[axis...]
    var y = try p.slice(x, starts: starts, sizes: sizes, steps: steps)
    if !reversed.isEmpty { y = try p.reverse(y, reversed) }
    return try p.reshape(y, Shape(checking: result))
  }

  /// The elements of an axis that a slice names: the lowest, how many, how far apart, and whether they
  /// stand in reverse.
  private struct Run {
    let start: Int
    let count: Int
    let step: Int
    let isReversed: Bool

    init(begin: Int?, end: Int?, step given: Int, length: Int) throws {
      guard given != 0 else { throw NetJacError(.shape, "a stride is 0") }
      let isReversed = given < 0
      // Longer steps than the axis has elements reach one element only.
      let step = min(max(given, -max(length, 1)), max(length, 1))
      let bounds = isReversed ? -1...max(length - 1, -1) : 0...length
      func clamped(_ position: Int) -> Int {
        // Far positions are cut first, since adding the length could overflow.
        let near = min(max(position, -length - 1), length)
        let absolute = near < 0 ? near + length : near
        return min(max(absolute, bounds.lowerBound), bounds.upperBound)
      }
      let first = begin.map(clamped) ?? (isReversed ? bounds.upperBound : bounds.lowerBound)
      let last = end.map(clamped) ?? (isReversed ? bounds.lowerBound : bounds.upperBound)
      let span = isReversed ? first - last : last - first
      let size = abs(step)
      count = max((span + size - 1) / size, 0)
      self.isReversed = isReversed
      self.step = count > 0 ? size : 1
      start = count == 0 ? 0 : isReversed ? first - (count - 1) * size : first
    }
  }
}
