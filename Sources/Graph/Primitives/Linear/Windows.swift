import Tensors

extension [WindowAxis] {
  fileprivate var description: String {
    map { "\($0.size)/\($0.stride)/\($0.dilation)/\($0.low)→\($0.count)" }.joined(separator: " ")
  }

  /// For each element of [K…, O…] the flat place in [S…], or -1 outside.
  fileprivate func sources(_ spatial: [Int]) -> [Int] {
    guard allSatisfy({ $0.size > 0 && $0.count > 0 }) else { return [] }
    let strides = Shape(spatial).strides
    let sizes = map(\.size)
    var place = sizes.map { _ in 0 }
    var result: [Int] = []
    result.reserveCapacity(sizes.reduce(1, *) * map(\.count).reduce(1, *))
    for _ in 0..<sizes.reduce(1, *) {
      var line = [0]
      for (axis, window) in enumerated() {
        let steps = (0..<window.count).map { output -> Int in
          let index = output * window.stride + place[axis] * window.dilation - window.low
          return index >= 0 && index < spatial[axis] ? index * strides[axis] : -1
        }
        line = line.flatMap { base in steps.map { base < 0 || $0 < 0 ? -1 : base + $0 } }
      }
      result.append(contentsOf: line)
      var axis = count - 1
      while axis >= 0 {
        place[axis] += 1
        if place[axis] < sizes[axis] { break }
        place[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}

/// All windows over the last axes: x is [Q…, S…], y is [Q…, K…, O…], zero outside x.
///
/// A convolution is the dot product of windows with a kernel, pooling a reduction over K.
package struct Window: Movement {
  package static let name = "window"
  package let axes: [WindowAxis]
  package init(_ axes: [WindowAxis]) { self.axes = axes }

  package var attributes: String { axes.description }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard x[0].rank >= axes.count, axes.allSatisfy(\.isValid) else {
      throw NetJacError(.shape, "window: \(attributes) does not fit \(x[0].shape)")
    }
    return x[0].with(
      try Shape(
        checking: x[0].dims.dropLast(axes.count) + axes.map(\.size) + axes.map(\.count)))
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    let spatial = Array(x.dims.suffix(axes.count))
    let outer = x.dims.dropLast(axes.count).reduce(1, *)
    let inner = axes.sources(spatial)
    let size = spatial.reduce(1, *)
    return (0..<outer).flatMap { row in inner.map { $0 < 0 ? -1 : row * size + $0 } }
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    [try p.add(Fold(axes, spatial: Array(p.shape(x[0]).dims.suffix(axes.count))), [yBar])]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(self, x) }
  package static let samples = [
    Sample(Self([WindowAxis(size: 3, low: 1, count: 5)]), .init([2, 5])),
    Sample(
      Self([
        WindowAxis(size: 2, stride: 2, dilation: 1, low: 1, count: 3),
        WindowAxis(size: 3, stride: 1, dilation: 2, low: 0, count: 2),
      ]), .init([2, 4, 6])),
  ]
}

/// The transpose of `Window`: x is [Q…, K…, O…], and y [Q…, S…] sums what each window holds of an
/// element.
package struct Fold: Linear {
  package static let name = "fold"
  package let axes: [WindowAxis]
  package let spatial: [Int]
  package init(_ axes: [WindowAxis], spatial: [Int]) {
    self.axes = axes
    self.spatial = spatial
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].ofSums }

  package var attributes: String { "\(axes.description) onto \(spatial)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard x[0].rank >= 2 * axes.count, spatial.count == axes.count, axes.allSatisfy(\.isValid),
      Array(x[0].dims.suffix(2 * axes.count)) == axes.map(\.size) + axes.map(\.count)
    else {
      throw NetJacError(.shape, "fold: \(attributes) does not fit \(x[0].shape)")
    }
    return x[0].with(try Shape(checking: x[0].dims.dropLast(2 * axes.count) + spatial))
  }
  private func targets(_ x: TensorType) -> [Int] {
    let outer = x.dims.dropLast(2 * axes.count).reduce(1, *)
    let inner = axes.sources(spatial)
    let size = spatial.reduce(1, *)
    return (0..<outer).flatMap { row in inner.map { $0 < 0 ? -1 : row * size + $0 } }
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let targets = targets(x[0].type)
    guard type.element.isReal else {
      var result = [Int64](repeating: 0, count: type.count)
      for (target, value) in zip(targets, x[0].integers) where target >= 0 {
        result[target] &+= value
      }
      return Tensor(type, integers: result)
    }
    var result = [Double](repeating: 0, count: type.count)
    for (target, value) in zip(targets, x[0].reals) where target >= 0 { result[target] += value }
    return Tensor(type, reals: result)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.add(Window(axes), [yBar])] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(self, x) }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern {
    try PatternMemory.takeLists(type.count)
    var parts = [[Pattern.Row]](repeating: [], count: type.count)
    for (k, target) in targets(types[0]).enumerated() where target >= 0 {
      parts[target].append(x[0].rows[k])
    }
    return Pattern(rows: try parts.map { try Pattern.union($0) })
  }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { x[0].count }

  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.convolution(folding: self, x[0])
  }
  package static let samples = [
    Sample(
      Self([WindowAxis(size: 3, low: 1, count: 5)], spatial: [5]), .init([2, 3, 5])),
    Sample(
      Self(
        [
          WindowAxis(size: 2, stride: 2, dilation: 1, low: 1, count: 3),
          WindowAxis(size: 3, stride: 1, dilation: 2, low: 0, count: 2),
        ], spatial: [4, 6]), .init([2, 2, 3, 3, 2])),
  ]
}
