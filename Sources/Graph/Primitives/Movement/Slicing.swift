import Tensors

/// Every `steps[k]`-th element from `starts[k]` on, `sizes[k]` of them, along each axis k.
package struct Slice: Movement {
  package static let name = "slice"
  package let starts: [Int]
  package let sizes: [Int]
  package let steps: [Int]
  package init(starts: [Int], sizes: [Int], steps: [Int]? = nil) {
    self.starts = starts
    self.sizes = sizes
    // A step that is never taken may be any number in a file; one form keeps sums and products small.
    let steps = steps ?? sizes.map { _ in 1 }
    self.steps = steps.indices.map { axis in
      axis < sizes.count && sizes[axis] <= 1 ? 1 : steps[axis]
    }
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }

  package var attributes: String { "starts \(starts) sizes \(sizes) steps \(steps)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard starts.count == x[0].rank, sizes.count == x[0].rank, steps.count == x[0].rank,
      x[0].dims.indices.allSatisfy({ axis in
        guard starts[axis] >= 0, sizes[axis] >= 0, steps[axis] >= 1 else { return false }
        if sizes[axis] == 0 { return starts[axis] <= x[0].dims[axis] }
        let (span, overflow) = (sizes[axis] - 1).multipliedReportingOverflow(by: steps[axis])
        return !overflow && starts[axis] < x[0].dims[axis] && span < x[0].dims[axis] - starts[axis]
      })
    else {
      throw NetJacError(.shape, "slice: \(attributes) does not lie in \(x[0].shape)")
    }
    return x[0].with(try Shape(checking: sizes))
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    let strides = x.shape.strides
    return positions(
      dims: y.dims, strides: zip(strides, steps).map { $0 * $1 },
      start: zip(strides, starts).reduce(0) { $0 + $1.0 * $1.1 })
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    let dims = p.shape(x[0]).dims
    let high = dims.indices.map { axis in
      sizes[axis] == 0
        ? dims[axis] - starts[axis]
        : dims[axis] - starts[axis] - (sizes[axis] - 1) * steps[axis] - 1
    }
    return [try p.pad(yBar, low: starts, high: high, interior: steps.map { $0 - 1 })]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    try p.add(Slice(starts: [0] + starts, sizes: [size] + sizes, steps: [1] + steps), x)
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if sizes == p.shape(x[0]).dims { return x[0] }
    let operand = p.node(x[0])
    if let inner = operand.primitive as? Slice {
      return try p.add(
        Slice(
          // An empty part may begin behind the end, where the inner step would lead outside.
          starts: starts.indices.map {
            sizes[$0] == 0 ? 0 : inner.starts[$0] + starts[$0] * inner.steps[$0]
          },
          sizes: sizes, steps: steps.indices.map { steps[$0] * inner.steps[$0] }),
        operand.operands)
    }
    if let fold = operand.primitive as? Fold, let cropped = fold.cropped(self, of: p.shape(x[0])) {
      return try p.add(cropped, operand.operands)
    }
    return nil
  }
  package static let samples = [
    Sample(Self(starts: [1, 0], sizes: [2, 2], steps: [1, 2]), .init([4, 3])),
    Sample(Self(starts: [0, 2], sizes: [3, 0]), .init([3, 2])),
  ]
}

/// Zeros around (`low`, `high`; may be negative, then elements are cut off) and between
/// (`interior`) the elements along each axis.
package struct Pad: Movement {
  package static let name = "pad"
  package let low: [Int]
  package let high: [Int]
  package let interior: [Int]
  package init(low: [Int], high: [Int], interior: [Int]? = nil) {
    self.low = low
    self.high = high
    self.interior = interior ?? low.map { _ in 0 }
  }

  package var attributes: String { "low \(low) high \(high) interior \(interior)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard low.count == x[0].rank, high.count == x[0].rank, interior.count == x[0].rank,
      interior.allSatisfy({ (0..<1 << 40).contains($0) })
    else {
      throw NetJacError(.shape, "pad: \(attributes) does not fit the rank of \(x[0].shape)")
    }
    let dims = try x[0].dims.indices.map { axis -> Int in
      let gaps = max(x[0].dims[axis] - 1, 0)
      let (between, overflow) = gaps.multipliedReportingOverflow(by: interior[axis])
      guard !overflow, low[axis].magnitude < 1 << 40,
        high[axis].magnitude < 1 << 40, between < Int(1) << 40
      else { throw NetJacError(.memory, "pad: \(attributes) makes axis \(axis) too long") }
      let dim = x[0].dims[axis] + between + low[axis] + high[axis]
      guard dim >= 0 else {
        throw NetJacError(
          .shape,
          "pad: \(attributes) cuts more than the \(x[0].dims[axis]) elements of axis \(axis) of "
            + "\(x[0].shape)")
      }
      return dim
    }
    return x[0].with(try Shape(checking: dims))
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    let strides = x.shape.strides
    // Along each axis, the operand's index for a result index, or nil for a zero.
    let perAxis = y.dims.indices.map { axis in
      (0..<y.dims[axis]).map { index -> Int? in
        let place = index - low[axis]
        let step = interior[axis] + 1
        guard place >= 0, place % step == 0, place / step < x.dims[axis] else { return nil }
        return place / step * strides[axis]
      }
    }
    var result = [0]
    for axis in perAxis {
      result = result.flatMap { base in
        axis.map { offset in base < 0 ? -1 : offset.map { base + $0 } ?? -1 }
      }
    }
    return result
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    // Elements that were cut off get zero: undo negative padding first, then slice.
    let dims = p.shape(x[0]).dims
    let restored = try p.pad(
      yBar, low: low.map { max(0, -$0) }, high: high.map { max(0, -$0) },
      interior: low.map { _ in 0 })
    return [
      try p.add(
        Slice(starts: low.map { max(0, $0) }, sizes: dims, steps: interior.map { $0 + 1 }),
        [restored])
    ]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.pad(x[0], low: [0] + low, high: [0] + high, interior: [0] + interior) }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    let zeros = low.map { _ in 0 }
    let dims = p.shape(x[0]).dims
    let noGaps = dims.indices.allSatisfy { interior[$0] == 0 || dims[$0] <= 1 }
    if low == zeros, high == zeros, noGaps { return x[0] }
    if noGaps, low.allSatisfy({ $0 <= 0 }), high.allSatisfy({ $0 <= 0 }) {
      return try p.slice(
        x[0], starts: low.map { -$0 }, sizes: dims.indices.map { dims[$0] + low[$0] + high[$0] })
    }
    return nil
  }
  package static let samples = [
    Sample(Self(low: [1, 0], high: [0, 2]), .init([2, 3])),
    Sample(Self(low: [-1, 1], high: [2, -1], interior: [1, 2]), .init([3, 2])),
  ]
}

/// Reverses the order along the given axes.
package struct Reverse: Movement {
  package static let name = "reverse"
  package let axes: [Int]
  package init(_ axes: [Int]) { self.axes = axes }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }

  package var attributes: String { "\(axes)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard axes.allSatisfy(x[0].dims.indices.contains) else {
      throw NetJacError(.shape, "reverse: axes \(axes) are not axes of \(x[0].shape)")
    }
    return x[0]
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    guard y.count > 0 else { return [] }
    var strides = x.shape.strides
    var start = 0
    for axis in Set(axes) {
      start += (x.dims[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return positions(dims: y.dims, strides: strides, start: start)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.add(self, [yBar])] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(Reverse(axes.map { $0 + 1 }), x) }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if axes.allSatisfy({ p.shape(x[0])[$0] == 1 }) { return x[0] }
    let operand = p.node(x[0])
    return (operand.primitive as? Reverse) == self ? operand.operands[0] : nil
  }
  package static let samples = [
    Sample(Self([1]), .init([2, 3])), Sample(Self([0, 2]), .init([2, 1, 3])),
  ]
}

/// Joins operands along an axis.
package struct Concatenate: Primitive, Smooth {
  package static let name = "concatenate"
  package let axis: Int
  package init(axis: Int) { self.axis = axis }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    x.dropFirst().reduce(x.first ?? .all) { $0.union($1) }
  }

  package var attributes: String { "axis \(axis)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    guard let first = x.first, first.dims.indices.contains(axis) else {
      throw NetJacError(
        .shape,
        "concatenate: \(x.count) operands, axis \(axis); an operand with that axis is needed")
    }
    for operand in x
    where operand.element != first.element || operand.rank != first.rank
      || operand.dims.indices.contains(where: { $0 != axis && operand.dims[$0] != first.dims[$0] })
    {
      throw NetJacError(
        .shape,
        "concatenate: \(first) and \(operand) differ in more than the length of axis \(axis)")
    }
    var dims = first.dims
    dims[axis] = x.reduce(0) { $0 + $1.dims[axis] }
    return first.with(try Shape(checking: dims))
  }
  private func outer(_ y: TensorType) -> Int { y.dims[..<axis].reduce(1, *) }

  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if type.element.isReal {
      return Tensor(type, reals: joined(x.map(\.reals), x.map(\.type), type))
    }
    return Tensor(type, integers: joined(x.map(\.integers), x.map(\.type), type))
  }
  private func joined<Element>(
    _ parts: [[Element]], _ types: [TensorType], _ y: TensorType
  ) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(y.count)
    let outer = outer(y)
    for row in 0..<outer {
      for (part, type) in zip(parts, types) {
        let length = type.count / max(outer, 1)
        result.append(contentsOf: part[row * length..<(row + 1) * length])
      }
    }
    return result
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    guard dx.contains(where: { $0 != nil }) else { return nil }
    return try p.add(self, zip(dx, x).map { try $0 ?? p.scalar(0, like: $1) })
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    var start = 0
    return try zip(linear, x).map { isLinear, operand in
      let sizes = p.shape(operand).dims
      defer { start += sizes[axis] }
      guard isLinear else { return nil }
      var starts = sizes.map { _ in 0 }
      starts[axis] = start
      return try p.slice(yBar, starts: starts, sizes: sizes)
    }
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    try p.add(
      Concatenate(axis: axis + 1),
      zip(x, added).map { try $1 ? $0 : p.prependingAxis($0, size) })
  }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { Pattern(rows: joined(x.map(\.rows), types, type)) }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if x.count == 1 { return x[0] }
    let filled = x.filter { p.shape($0)[axis] > 0 }
    guard filled.count < x.count, let first = filled.first ?? x.first else { return nil }
    return filled.count <= 1 ? first : try p.add(self, filled)
  }
  package static let samples = [
    Sample(Self(axis: 1), .init([2, 3]), .init([2, 1]), .init([2, 2])),
    Sample(Self(axis: 0), .init([2, 2], .int64), .init([1, 2], .int64)),
  ]
}
