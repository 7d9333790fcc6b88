import Tensors

/// `y` is the sum over the given axes, which vanish.
package struct ReduceSum: Linear {
  package static let name = "reduce-sum"
  package let axes: [Int]
  package init(_ axes: [Int]) { self.axes = axes.sorted() }

  package var attributes: String { "axes \(axes)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    try expectAxes(axes, x[0])
    guard x[0].element != .bool else {
      throw NetJacError(.shape, "reduce-sum: the operand is bool; it must be a number")
    }
    return x[0].with(x[0].shape.removing(axes))
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let groups = groups(axes, x[0].type)
    if type.element.isReal {
      let values = x[0].reals
      return Tensor(type, reals: groups.map { $0.reduce(0) { $0 + values[$1] } })
    }
    let values = x[0].integers
    return Tensor(type, integers: groups.map { $0.reduce(0) { $0 &+ values[$1] } })
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    let shape = p.shape(x[0])
    return [
      try p.add(
        Broadcast(shape, axes: shape.dims.indices.filter { !axes.contains($0) }), [yBar])
    ]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.reduceSum(x[0], over: axes.map { $0 + 1 }) }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { try reducedPattern(axes, x[0], types[0]) }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    x[0].ofSums
  }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { x[0].count }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if axes.allSatisfy({ p.shape(x[0])[$0] == 1 }) {
      return try p.reshape(x[0], p.shape(x[0]).removing(axes))
    }
    return nil
  }
  package static let samples = [
    Sample(Self([1]), .init([2, 3])), Sample(Self([0, 2]), .init([2, 3, 2])),
    Sample(Self([0]), .init([0, 2])), Sample(Self([1]), .init([2, 3], .int64)),
  ]
}

/// The smallest or largest element along the given axes, which vanish. NaN wins; equal extremes
/// share the derivative equally.
package struct ReduceExtreme: Nonlinear {
  package static let name = "reduce-extreme"
  package let kind: Extreme.Kind
  package let axes: [Int]
  package init(_ kind: Extreme.Kind, _ axes: [Int]) {
    self.kind = kind
    self.axes = axes.sorted()
  }

  package var attributes: String { "\(kind.rawValue) axes \(axes)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    try expectAxes(axes, x[0])
    return x[0].with(x[0].shape.removing(axes))
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let groups = groups(axes, x[0].type)
    let extreme = Extreme(kind)
    if type.element.isReal {
      let values = x[0].reals
      let start = kind == .maximum ? -Double.infinity : .infinity
      return Tensor(type, reals: groups.map { $0.reduce(start) { extreme.value($0, values[$1]) } })
    }
    let values = x[0].integers
    let start =
      type.element == .bool
      ? (kind == .maximum ? 0 : 1)
      : type.element == .int32
        ? Int64(kind == .maximum ? Int32.min : .max) : (kind == .maximum ? Int64.min : .max)
    return Tensor(
      type,
      integers: groups.map { group in
        group.reduce(start) { kind == .maximum ? max($0, values[$1]) : min($0, values[$1]) }
      })
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    let shape = p.shape(x[0])
    // The extreme of no elements is no element.
    guard let dx = dx[0], shape.count > 0 else { return nil }
    let kept = shape.dims.indices.filter { !axes.contains($0) }
    let isExtreme = try p.compare(.equal, x[0], p.add(Broadcast(shape, axes: kept), [y]))
    let share = try p.convert(isExtreme, to: p.type(y).element)
    let ties = try p.reduceSum(share, over: axes)
    return try p.scaled(p.reduceSum(p.scaled(dx, by: share), over: axes), over: ties)
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(ReduceExtreme(kind, axes.map { $0 + 1 }), x) }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { try reducedPattern(axes, x[0], types[0]) }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { x[0].count }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    axes.allSatisfy({ p.shape(x[0])[$0] == 1 })
      ? try p.reshape(x[0], p.shape(x[0]).removing(axes)) : nil
  }
  package var kink: String? { "equal extremes: they share the derivative equally" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.gap(x[0], kind, over: axes)
  }
  package static let samples = [
    Sample(Self(.maximum, [1]), .init([2, 3], values: [1, 3, 2, -1, -2, 0.5])),
    Sample(Self(.minimum, [0]), .init([2, 3], values: [1, 3, 2, -1, -2, 0.5])),
    Sample(Self(.maximum, [0, 1]), .init([2, 3], .int64)),
  ]
}

/// Running sums along an axis: element k is the sum up to and with k (`exclusive`: without), from
/// the end if `reverse`.
package struct CumulativeSum: Linear {
  package static let name = "cumulative-sum"
  package let axis: Int
  package let exclusive: Bool
  package let reverse: Bool
  package init(axis: Int, exclusive: Bool = false, reverse: Bool = false) {
    self.axis = axis
    self.exclusive = exclusive
    self.reverse = reverse
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].ofSums }

  package var attributes: String {
    "axis \(axis)" + (exclusive ? " exclusive" : "") + (reverse ? " reverse" : "")
  }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    try expectAxes([axis], x[0])
    return x[0]
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let lines = groups([axis], type)
    if type.element.isReal {
      return Tensor(type, reals: running(x[0].reals, lines, zero: 0, +))
    }
    return Tensor(type, integers: running(x[0].integers, lines, zero: 0, &+))
  }
  private func running<Number>(
    _ values: [Number], _ lines: [[Int]], zero: Number, _ plus: (Number, Number) throws -> Number
  ) rethrows -> [Number] {
    var result = values
    for line in lines {
      var sum = zero
      for place in reverse ? line.reversed() : line {
        let next = try plus(sum, values[place])
        result[place] = exclusive ? sum : next
        sum = next
      }
    }
    return result
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    [try p.add(CumulativeSum(axis: axis, exclusive: exclusive, reverse: !reverse), [yBar])]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    try p.add(CumulativeSum(axis: axis + 1, exclusive: exclusive, reverse: reverse), x)
  }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern {
    try Pattern(rows: running(x[0].rows, groups([axis], type), zero: [], Pattern.union))
  }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { y.count }
  package static let samples = [
    Sample(Self(axis: 1), .init([2, 3])),
    Sample(Self(axis: 0, exclusive: true, reverse: true), .init([3, 2])),
    Sample(Self(axis: 0), .init([4], .int64)),
  ]
}

extension Primitive {
  func expectAxes(_ axes: [Int], _ x: TensorType) throws {
    guard axes.allSatisfy(x.dims.indices.contains), Set(axes).count == axes.count else {
      throw NetJacError(.shape, "\(name): axes \(axes) are not axes of \(x.shape), each once")
    }
  }

  /// For each element of the reduced shape the operand's elements that it combines, in order.
  func groups(_ axes: [Int], _ x: TensorType) -> [[Int]] {
    let strides = x.shape.strides
    let kept = x.dims.indices.filter { !axes.contains($0) }
    let inner = positions(dims: axes.map { x.dims[$0] }, strides: axes.map { strides[$0] })
    return positions(dims: kept.map { x.dims[$0] }, strides: kept.map { strides[$0] }).map {
      start in
      inner.map { start + $0 }
    }
  }

  func reducedPattern(_ axes: [Int], _ x: Pattern, _ type: TensorType) throws -> Pattern {
    guard type.element.isReal else {
      return .independent(count: type.shape.removing(axes).count)
    }
    return Pattern(
      rows: try groups(axes, type).map { group in try Pattern.union(group.map { x.rows[$0] }) })
  }
}
