import Tensors

/// Where a value's elements are: a buffer, the first element's place in it, and the distance of
/// neighbours along each axis, all in elements.
struct Placement {
  let buffer: Int
  let offset: Int
  let dims: [Int]
  let strides: [Int]
  let element: ElementType

  init(buffer: Int, offset: Int, dims: [Int], strides: [Int], element: ElementType) {
    self.buffer = buffer
    self.offset = offset
    self.dims = dims
    self.strides = strides
    self.element = element
  }

  /// All of a buffer, row-major.
  init(buffer: Int, _ type: TensorType) {
    self.init(
      buffer: buffer, offset: 0, dims: type.dims, strides: type.shape.strides,
      element: type.element)
  }

  var count: Int { dims.reduce(1, *) }

  /// Whether the elements lie side by side in row-major order.
  var isContiguous: Bool {
    var expected = 1
    for axis in dims.indices.reversed() where dims[axis] != 1 {
      guard strides[axis] == expected else { return false }
      expected *= dims[axis]
    }
    return true
  }

  /// Whether there is only one element, however often it is repeated.
  var isFill: Bool { zip(dims, strides).allSatisfy { $0 == 1 || $1 == 0 } }

  // MARK: - Views

  func transposed(_ axes: [Int]) -> Placement {
    with(dims: axes.map { dims[$0] }, strides: axes.map { strides[$0] })
  }

  func broadcast(_ shape: Shape, axes: [Int]) -> Placement {
    var steps = [Int](repeating: 0, count: shape.rank)
    for (axis, stride) in zip(axes, strides) { steps[axis] = stride }
    return with(dims: shape.dims, strides: steps)
  }

  func sliced(starts: [Int], sizes: [Int], steps: [Int]) -> Placement {
    Placement(
      buffer: buffer,
      offset: sizes.contains(0) ? 0 : offset + zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
      dims: sizes, strides: zip(strides, steps).map { $0 * $1 }, element: element)
  }

  func reversed(_ axes: [Int]) -> Placement {
    guard count > 0 else { return self }
    var steps = strides
    var start = offset
    for axis in Set(axes) {
      start += (dims[axis] - 1) * strides[axis]
      steps[axis] = -strides[axis]
    }
    return Placement(
      buffer: buffer, offset: start, dims: dims, strides: steps, element: element)
  }

  /// The same elements under another shape, or nil where no strides can express it.
  func reshaped(_ shape: Shape) -> Placement? {
    if count == 0 { return with(dims: shape.dims, strides: shape.strides) }
    // Runs of axes that step evenly are one axis, which can be split anew.
    let runs = collapsedAxes([strides])
    var result = [Int](repeating: 0, count: shape.rank)
    var run = runs.count - 1
    var left = run >= 0 ? runs[run].dim : 1
    var step = run >= 0 ? runs[run].strides[0] : 1
    for axis in shape.dims.indices.reversed() {
      let dim = shape[axis]
      if dim == 1 {
        result[axis] = 0
        continue
      }
      if left == 1 {
        run -= 1
        guard run >= 0 else { return nil }
        left = runs[run].dim
        step = runs[run].strides[0]
      }
      guard left % dim == 0 else { return nil }
      result[axis] = step
      step *= dim
      left /= dim
    }
    return with(dims: shape.dims, strides: result)
  }

  private func with(dims: [Int], strides: [Int]) -> Placement {
    Placement(buffer: buffer, offset: offset, dims: dims, strides: strides, element: element)
  }

  /// The axes as few loops, see the free function.
  func collapsedAxes(_ strides: [[Int]]) -> [LoopAxis] { collapsed(dims: dims, strides) }
}

/// One loop: how often, and how far each operand moves at each turn.
struct LoopAxis {
  var dim: Int
  var strides: [Int]
}

/// Merges neighbouring axes over which every operand steps evenly, and drops axes of length one.
func collapsed(dims: [Int], _ strides: [[Int]]) -> [LoopAxis] {
  var result: [LoopAxis] = []
  for axis in dims.indices where dims[axis] != 1 {
    let steps = strides.map { $0[axis] }
    if let last = result.last,
      zip(last.strides, steps).allSatisfy({ $0 == $1 * dims[axis] })
    {
      result[result.count - 1] = LoopAxis(dim: last.dim * dims[axis], strides: steps)
    } else {
      result.append(LoopAxis(dim: dims[axis], strides: steps))
    }
  }
  return result
}
