import Tensors

/// Where the largest or smallest element of each window is: x is [Q…, S…], y is [Q…, O…] and holds
/// flat places in [S…]; the first of equal elements, or the last if `last`.
///
/// Elements outside the image never win; a window wholly outside has the place -1. Pooling gathers
/// the elements at these places, so that no window is ever laid out.
package struct WindowExtreme: Locator {
  package static let name = "window-extreme"
  package let kind: Extreme.Kind
  package let axes: [WindowAxis]
  package let last: Bool
  package init(_ kind: Extreme.Kind, _ axes: [WindowAxis], last: Bool = false) {
    self.kind = kind
    self.axes = axes
    self.last = last
  }

  package var attributes: String {
    "\(kind.rawValue) \(Window(axes).attributes)" + (last ? " last" : "")
  }
  package func type(of x: [TensorType]) throws -> TensorType {
    // Whatever holds the windows' elements one by one must be able to count them.
    let windows = try Window(axes).type(of: x)
    let outer = x[0].rank - axes.count
    return TensorType(
      .int64, Shape(Array(windows.dims.prefix(outer) + windows.dims.dropFirst(outer + axes.count))))
  }

  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let spatial = spatial(x[0].type)
    let pixels = spatial.reduce(1, *)
    let outputs = axes.reduce(1) { $0 * $1.count }
    let images = type.count / max(outputs, 1)
    var places = [Int64](repeating: -1, count: type.count)
    for (output, window) in windows(spatial).enumerated() {
      let elements = window.elements
      for image in 0..<images {
        let line = elements.map { image * pixels + $0 }
        let best =
          x[0].type.element.isReal
          ? kind.place(in: x[0].reals, along: line, last: last)
          : kind.place(in: x[0].integers, along: line, last: last)
        if let best { places[image * outputs + output] = Int64(elements[best]) }
      }
    }
    return Tensor(type, integers: places)
  }
  /// The part of one window that lies inside the image: its places along each axis.
  private struct Inside {
    /// For each axis where its elements are, in steps of the flat place.
    let steps: [[Int]]

    var elements: [Int] {
      steps.reduce([0]) { sums, steps in sums.flatMap { sum in steps.map { sum + $0 } } }
    }
    var count: Int { steps.reduce(1) { $0 * $1.count } }
  }

  /// The windows, in the order of the result.
  private func windows(_ spatial: [Int]) -> some Sequence<Inside> {
    let strides = Shape(spatial).strides
    let outputs = axes.reduce(1) { $0 * $1.count }
    return (0..<outputs).lazy.map { output in
      var rest = output
      var steps: [[Int]] = []
      for (axis, window) in axes.enumerated().reversed() {
        let position = rest % window.count
        rest /= window.count
        steps.append(
          window.inside(position, of: spatial[axis]).map {
            window.element(position, $0) * strides[axis]
          })
      }
      return Inside(steps: steps.reversed())
    }
  }

  private func spatial(_ x: TensorType) -> [Int] { Array(x.dims.suffix(axes.count)) }

  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(self, x) }

  package var kink: String? { "equal extremes: the \(last ? "last" : "first") one is taken" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    let spatial = spatial(p.type(x[0]))
    let outer = p.shape(x[0]).rank - axes.count
    let reduced = axes.indices.map { outer + $0 }
    var windows = try p.add(Window(axes), x)
    let counts = self.windows(spatial).map(\.count)
    let size = axes.reduce(1) { $0 * $1.size }
    guard counts.contains(where: { $0 < size }) else {
      return try p.gap(windows, kind, over: reduced)
    }
    let ones = try p.constant(Tensor(TensorType(.bool, Shape(spatial)), fill: Int64(1)))
    let inside = try p.broadcast(p.add(Window(axes), [ones]), to: p.shape(windows))
    let worst = kind == .maximum ? -Double.infinity : .infinity
    windows = try p.select(inside, windows, p.scalar(worst, like: windows))
    guard let gap = try p.gap(windows, kind, over: reduced) else { return nil }
    // A window with a single element, or none, has no tie.
    let mask = try p.constant(
      Tensor(
        TensorType(.bool, Shape(axes.map(\.count))), integers: counts.map { $0 > 1 ? 1 : 0 }))
    return try p.select(
      p.broadcast(mask, to: p.shape(gap)), gap, p.scalar(.infinity, like: gap))
  }

  package static let samples = [
    Sample(Self(.maximum, [WindowAxis(size: 3, low: 1, count: 5)]), .init([2, 5])),
    Sample(
      Self(
        .minimum,
        [
          WindowAxis(size: 2, stride: 2, low: 1, count: 3),
          WindowAxis(size: 3, dilation: 2, count: 2),
        ]), .init([2, 4, 6])),
    Sample(
      Self(
        .maximum,
        [
          WindowAxis(size: 2, stride: 2, count: 2), WindowAxis(size: 2, stride: 2, count: 11),
        ]), .init([3, 5, 23])),
    Sample(
      Self(
        .maximum,
        [
          WindowAxis(size: 3, low: 1, count: 4), WindowAxis(size: 3, stride: 2, low: 2, count: 12),
        ], last: true), .init([2, 1, 4, 21])),
    Sample(
      Self(.maximum, [WindowAxis(size: 4, stride: 3, dilation: 2, low: 3, count: 7)]),
      .init([2, 19])),
    // Windows wholly outside, ties and NaN.
    Sample(
      Self(.maximum, [WindowAxis(size: 2, low: 3, count: 8)]),
      .init([4], values: [1, 1, 0, 1])),
    Sample(
      Self(.maximum, [WindowAxis(size: 3, count: 4)], last: true),
      .init([6], values: [.nan, 1, 1, .nan, 0, .nan])),
    Sample(
      Self(.minimum, [WindowAxis(size: 3, count: 18)]),
      .init([20], values: (0..<20).map { $0 % 7 == 5 ? .nan : Double($0 % 3) })),
    Sample(
      Self(.maximum, [WindowAxis(size: 2, stride: 2, low: 1, count: 3)]),
      .init([2, 4], in: 0...2, .int64)),
  ]
}

extension Extreme.Kind {
  /// Which of the elements at the places of `line` is the extreme one; NaN wins, and of equal elements
  /// the first, or the last if `last`. Nil for an empty line.
  func place<Number: Comparable>(in values: [Number], along line: [Int], last: Bool) -> Int? {
    guard var best = line.indices.first else { return nil }
    for k in line.indices.dropFirst() {
      let (old, new) = (values[line[best]], values[line[k]])
      let isBetter = new != new ? old == old : self == .maximum ? new > old : new < old
      if isBetter || last && new == old { best = k }
    }
    return best
  }
}
