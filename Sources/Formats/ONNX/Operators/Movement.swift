import Graph
import Operations
import Tensors

/// Operators that join, cut and reorder tensors.
enum MovementOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator("Concat", operands: ["inputs": .several(.any)], attributes: ["axis": .integer]) {
      node, p in
      let parts = try node.allInputs()
      let rank = p.shape(parts[0]).rank
      let axis = try node.axis(node.integer("axis"), rank: rank)
      return try p.concatenate(parts, axis: axis)
    },
    ONNXOperator(
      several: "Split", since: 2, operands: ["input": .any],
      attributes: ["axis": .integer, "split": .integers],
      limits: "the split must be known while loading"
    ) { node, p in
      try split(node, node.integers("split"), in: p)
    },
    ONNXOperator(
      several: "Split", since: 13, operands: ["input": .any, "split": .optional(.whole)],
      attributes: ["axis": .integer, "num_outputs": .integer]
    ) { node, p in
      try split(node, node.optionalConstantIntegers(1, "split"), in: p)
    },
    ONNXOperator(
      "Slice", operands: ["data": .any],
      attributes: ["axes": .integers, "ends": .integers, "starts": .integers],
      limits: "starts, ends, axes and steps must be known while loading"
    ) { node, p in
      guard let starts = try node.integers("starts"), let ends = try node.integers("ends") else {
        throw NetJacError(.format, "the attributes 'starts' and 'ends' are needed")
      }
      return try slice(node, starts, ends, node.integers("axes"), nil, in: p)
    },
    ONNXOperator(
      "Slice", since: 10,
      operands: [
        "data": .any, "starts": .whole, "ends": .whole, "axes": .optional(.whole),
        "steps": .optional(.whole),
      ], attributes: [:]
    ) { node, p in
      try slice(
        node, node.constantIntegers(1, "starts"), node.constantIntegers(2, "ends"),
        node.optionalConstantIntegers(3, "axes"), node.optionalConstantIntegers(4, "steps"), in: p)
    },
    ONNXOperator(
      "Trilu", since: 14, operands: ["input": .any, "k": .optional(.whole)],
      attributes: ["upper": .integer], limits: "k must be known while loading"
    ) { node, p in
      let x = try node.input(0, "input")
      let shape = p.shape(x)
      guard shape.rank >= 2 else {
        throw NetJacError(.shape, "the input is \(shape); at least 2 axes are needed")
      }
      let offset = try node.optionalInput(1).map { _ in try node.constantInteger(1, "k") } ?? 0
      let isUpper = try node.flag("upper", default: true)
      let kept = try p.band(shape, matrix: shape.rank - 2..<shape.rank) { row, column in
        isUpper ? column - row >= offset : column - row <= offset
      }
      return try p.select(kept, x, p.scalar(0, like: x))
    },
    ONNXOperator(
      "ReverseSequence", since: 10, operands: ["input": .any, "sequence_lens": .whole],
      attributes: ["batch_axis": .integer, "time_axis": .integer],
      limits: "sequence_lens must be known while loading", reverseSequence),
    ONNXOperator(
      "CenterCropPad", since: 18, operands: ["input_data": .any, "shape": .whole],
      attributes: ["axes": .integers], limits: "the shape must be known while loading",
      centerCropPad),
  ]

  private static func split(_ node: NodeCall, _ given: [Int]?, in p: ProgramBuilder) throws
    -> [Value?]
  {
    let x = try node.input(0, "input")
    let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(x).rank)
    let length = p.shape(x)[axis]
    guard given == nil || !node.has("num_outputs") else {
      throw NetJacError(.format, "the parts are given both as 'split' and as 'num_outputs'")
    }
    let sizes = try given ?? equalParts(node, length)
    guard sizes.count == node.node.outputs.count else {
      throw NetJacError(
        .format, "there are \(sizes.count) parts and \(node.node.outputs.count) outputs for them")
    }
    guard sizes.allSatisfy({ $0 >= 0 && $0 <= length }), sizes.reduce(0, +) == length else {
      throw NetJacError(
        .shape, "the parts \(sizes) do not make up the length \(length) of axis \(axis)")
    }
    var start = 0
    return try sizes.map { size in
      defer { start += size }
      return try p.slice(x, axis: axis, start: start, size: size)
    }
  }

  /// Without sizes, the parts are equal; since opset 18 the last may be shorter.
  private static func equalParts(_ node: NodeCall, _ length: Int) throws -> [Int] {
    let count = try node.integer("num_outputs", default: node.node.outputs.count)
    guard count > 0, count <= max(length, node.node.outputs.count) else {
      throw NetJacError(.shape, "a length of \(length) cannot be split into \(count) parts")
    }
    let size = (length + count - 1) / count
    guard size * count == length || node.has("num_outputs") else {
      throw NetJacError(
        .shape, "a length of \(length) cannot be split into \(count) equal parts")
    }
    return (0..<count).map { max(min(size, length - $0 * size), 0) }
  }

  private static func slice(
    _ node: NodeCall, _ starts: [Int], _ ends: [Int], _ axes: [Int]?, _ steps: [Int]?,
    in p: ProgramBuilder
  ) throws -> Value {
    let x = try node.input(0, "data")
    let dims = p.shape(x).dims
    let axes = try node.axes(axes ?? Array(starts.indices), rank: dims.count)
    let steps = steps ?? axes.map { _ in 1 }
    guard starts.count == axes.count, ends.count == axes.count, steps.count == axes.count else {
      throw NetJacError(
        .shape,
        """
        there are \(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \
        \(steps.count) steps; the counts must be equal
        """)
    }
    var low = dims.map { _ in 0 }
    var sizes = dims
    var strides = dims.map { _ in 1 }
    var reversed: [Int] = []
    for (place, axis) in axes.enumerated() {
      guard steps[place] != 0 else { throw NetJacError(.shape, "a step is 0") }
      let length = dims[axis]
      // Longer steps than the axis has elements reach one element only.
      let step = min(max(steps[place], -max(length, 1)), max(length, 1))
      // Backwards, a start before the axis is its first element, which ONNX has otherwise than NumPy.
      let first = clamped(starts[place], length, backwards: step < 0)
      let start = step < 0 ? min(max(first, 0), length - 1) : first
      let end = clamped(ends[place], length, backwards: step < 0)
      let span = step > 0 ? end - start : start - end
      sizes[axis] = max((span + abs(step) - 1) / abs(step), 0)
      strides[axis] = abs(step)
      guard sizes[axis] > 0 else {
        (sizes[axis], strides[axis]) = (0, 1)
        continue
      }
      low[axis] = step > 0 ? start : start - (sizes[axis] - 1) * -step
      if step < 0 { reversed.append(axis) }
    }
    let part = try p.slice(x, starts: low, sizes: sizes, steps: strides)
    return reversed.isEmpty ? part : try p.reverse(part, reversed)
  }

  /// A position as NumPy reads it: negative ones count from the end, others are moved to the
  /// nearest end; going backwards, the place before the first element is an end, too.
  private static func clamped(_ position: Int, _ length: Int, backwards: Bool) -> Int {
    // Far positions are cut first, since adding the length could overflow.
    let near = min(max(position, -length - 1), length)
    let absolute = near < 0 ? near + length : near
    return backwards ? min(max(absolute, -1), length - 1) : min(max(absolute, 0), length)
  }

  /// Reverses the first `lengths[k]` elements along the time axis of sequence k.
  private static let reverseSequence: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "input")
    let shape = p.shape(x)
    let time = try node.axis(node.integer("time_axis", default: 0), rank: shape.rank, "time_axis")
    let batch = try node.axis(
      node.integer("batch_axis", default: 1), rank: shape.rank, "batch_axis")
    let lengths = try node.constantIntegers(1, "sequence_lens")
    guard time != batch, lengths.count == shape[batch],
      lengths.allSatisfy({ $0 >= 0 && $0 <= shape[time] })
    else {
      throw NetJacError(
        .shape,
        """
        sequence_lens \(lengths) do not fit \(shape[batch]) sequences of length \(shape[time]) \
        with time_axis \(time) and batch_axis \(batch)
        """)
    }
    return try p.reorderSequences(x, time: time, batch: batch) { sequence, step in
      step < lengths[sequence] ? lengths[sequence] - 1 - step : step
    }
  }

  private static let centerCropPad: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "input_data")
    let dims = p.shape(x).dims
    let target = try node.constantIntegers(1, "shape")
    let axes = try node.axes(node.integers("axes") ?? Array(dims.indices), rank: dims.count)
    guard target.count == axes.count, target.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
      throw NetJacError(.shape, "shape \(target) does not fit axes \(axes)")
    }
    var low = dims.map { _ in 0 }
    var high = low
    for (axis, length) in zip(axes, target) {
      // The half that is rounded down comes first, for padding as for cropping.
      let change = length - dims[axis]
      low[axis] = change >= 0 ? change / 2 : -(-change / 2)
      high[axis] = change - low[axis]
    }
    return try p.pad(x, low: low, high: high)
  }
}
