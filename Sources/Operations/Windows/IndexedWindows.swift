import Graph
import Tensors

extension ProgramBuilder {
  /// What `GatherND` picks where its known indices [K…, O…, n] are those of windows that slide over the
  /// first n axes of x; nil where they are not.
  ///
  /// So are convolutions written in double precision, for which runtimes have no operator.
  package func windows(_ x: Value, _ indices: Value) throws -> Value? {
    guard let axes = try windowAxes(indices, over: shape(x).dims) else { return nil }
    let outer = shape(x).rank - axes.count
    let image = try transpose(x, (0..<outer).map { axes.count + $0 } + Array(0..<axes.count))
    return try transpose(
      windows(axes, image), (0..<2 * axes.count).map { outer + $0 } + Array(0..<outer))
  }

  /// What `ScatterND` adds to zeros where its indices are those of windows, nil where they are not.
  package func fold(_ updates: Value, _ indices: Value, onto dims: [Int]) throws -> Value? {
    guard type(updates).element.isReal, let axes = try windowAxes(indices, over: dims) else {
      return nil
    }
    let outer = dims.count - axes.count
    let windows = try transpose(
      updates, (0..<outer).map { 2 * axes.count + $0 } + Array(0..<2 * axes.count))
    let image = try add(Fold(axes, spatial: Array(dims.prefix(axes.count))), [windows])
    return try transpose(image, axes.indices.map { outer + $0 } + Array(0..<outer))
  }

  /// Windows of an image, with zeros that were put around it as their own padding.
  private func windows(_ axes: [WindowAxis], _ image: Value) throws -> Value {
    let outer = shape(image).rank - axes.count
    guard let pad = node(image).primitive as? Pad, pad.interior.allSatisfy({ $0 == 0 }),
      (pad.low + pad.high).allSatisfy({ (0..<1 << 29).contains($0) }),
      (pad.low.prefix(outer) + pad.high.prefix(outer)).allSatisfy({ $0 == 0 })
    else { return try add(Window(axes), [image]) }
    let moved = zip(axes, pad.low.dropFirst(outer)).map { $0.moved(by: $1) }
    return try add(Window(moved), node(image).operands)
  }

  /// How windows slide that read what known indices [K…, O…, n] name in the first n axes of `lengths`.
  private func windowAxes(_ indices: Value, over lengths: [Int]) throws -> [WindowAxis]? {
    let dims = Array(shape(indices).dims.dropLast())
    let width = shape(indices).dims.last ?? 0
    // With these bounds nothing below can overflow.
    guard width > 0, dims.count == 2 * width, width <= lengths.count,
      dims.allSatisfy({ (1..<1 << 29).contains($0) }),
      let table = try constantTensor(of: indices)?.integers,
      table.allSatisfy({ (0..<1 << 29).contains($0) })
    else { return nil }
    let strides = Shape(dims).strides
    var axes: [WindowAxis] = []
    for axis in 0..<width {
      func entry(_ place: Int) -> Int { Int(table[place * width + axis]) }
      func step(_ other: Int) -> Int { dims[other] > 1 ? entry(strides[other]) - entry(0) : 1 }
      let (dilation, stride) = (step(axis), step(width + axis))
      guard stride >= 1, dilation >= 1 else { return nil }
      let window = WindowAxis(
        size: dims[axis], stride: stride, dilation: dilation, low: -entry(0),
        count: dims[width + axis])
      for place in 0..<table.count / width {
        let k = place / strides[axis] % dims[axis]
        let o = place / strides[width + axis] % dims[width + axis]
        let index = entry(place)
        guard index == window.element(o, k), (0..<lengths[axis]).contains(index) else {
          return nil
        }
      }
      axes.append(window)
    }
    return axes
  }
}
