import Tensors

/// The general product of two tensors, `y[…] = Σ a[…]·b[…]`, with a label for each axis.
///
/// Labels in a, b and y are batch axes; in a and b only, summed over; in one operand and y, free.
/// A label stands once in an operand, and every operand label is in the other operand or in y.
package struct Dot: Bilinear {
  package static let name = "dot"
  package let a: [Int]
  package let b: [Int]
  package let y: [Int]

  package var notation: Notation? { .function(name, operands: 2, attributes: attributes) }

  package init(_ a: [Int], _ b: [Int], _ y: [Int]) {
    // Labels are numbered by first appearance, so that equal products are equal values.
    var names: [Int: Int] = [:]
    for label in a + b where names[label] == nil { names[label] = names.count }
    self.a = a.compactMap { names[$0] }
    self.b = b.compactMap { names[$0] }
    self.y = y.map { names[$0] ?? -1 }
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { (x[0] * x[1]).ofSums }

  package var attributes: String {
    func text(_ labels: [Int]) -> String {
      String(
        labels.map { label in
          (0..<26).contains(label) ? Character(UnicodeScalar(UInt8(97 + label))) : "?"
        })
    }
    return "\(text(a)),\(text(b))->\(text(y))"
  }

  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(2, x)
    guard a.count == x[0].rank, b.count == x[1].rank, x[0].element == x[1].element,
      x[0].element != .bool, Set(a).count == a.count, Set(b).count == b.count,
      Set(y).count == y.count,
      y.allSatisfy({ a.contains($0) || b.contains($0) }),
      a.allSatisfy({ b.contains($0) || y.contains($0) }),
      b.allSatisfy({ a.contains($0) || y.contains($0) })
    else {
      throw NetJacError(.shape, "dot \(attributes): the labels do not fit \(x[0]) and \(x[1])")
    }
    for (label, dim) in zip(a, x[0].dims) {
      if let place = b.firstIndex(of: label), x[1].dims[place] != dim {
        throw NetJacError(
          .shape,
          "dot \(attributes): a is \(x[0].shape), b is \(x[1].shape); shared axes must be equally long"
        )
      }
    }
    let dims = lengths(x)
    return x[0].with(try Shape(checking: y.map { dims[$0] }))
  }

  /// The length of each label's axis.
  package func lengths(_ x: [TensorType]) -> [Int] {
    var dims = [Int](repeating: 1, count: (a + b).max().map { $0 + 1 } ?? 0)
    for (label, dim) in zip(a, x[0].dims) { dims[label] = dim }
    for (label, dim) in zip(b, x[1].dims) { dims[label] = dim }
    return dims
  }

  package var contracted: [Int] { a.filter { !y.contains($0) } }

  private func strides(of labels: [Int], _ type: TensorType, over order: [Int]) -> [Int] {
    let strides = type.shape.strides
    return order.map { label in labels.firstIndex(of: label).map { strides[$0] } ?? 0 }
  }

  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if type.element.isReal {
      let (p, q) = (x[0].reals, x[1].reals)
      return Tensor(
        type, reals: accumulate(x.map(\.type), type, zero: 0.0) { $0 += p[$1] * q[$2] })
    }
    let (p, q) = (x[0].integers, x[1].integers)
    return Tensor(
      type,
      integers: accumulate(x.map(\.type), type, zero: Int64(0)) { $0 = $0 &+ p[$1] &* q[$2] })
  }

  private func accumulate<Number>(
    _ x: [TensorType], _ type: TensorType, zero: Number,
    _ add: (inout Number, Int, Int) -> Void
  ) -> [Number] {
    let dims = lengths(x)
    let summed = contracted
    let inA = positions(
      dims: summed.map { dims[$0] }, strides: strides(of: a, x[0], over: summed))
    let inB = positions(
      dims: summed.map { dims[$0] }, strides: strides(of: b, x[1], over: summed))
    let startsA = positions(dims: type.dims, strides: strides(of: a, x[0], over: y))
    let startsB = positions(dims: type.dims, strides: strides(of: b, x[1], over: y))
    return zip(startsA, startsB).map { startA, startB in
      var sum = zero
      for (i, j) in zip(inA, inB) { add(&sum, startA + i, startB + j) }
      return sum
    }
  }

  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    // The cotangent of one operand is the product of ȳ with the other, over the labels it lacks.
    linear[0]
      ? [try p.add(Dot(y, b, a), [yBar, x[1]]), nil]
      : [nil, try p.add(Dot(y, a, b), [yBar, x[0]])]
  }

  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    let label = -1
    return try p.add(
      Dot(
        added[0] ? [label] + a : a, added[1] ? [label] + b : b, [label] + y), x)
  }

  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern {
    let dims = lengths(types)
    let summed = contracted
    // A known zero of the other operand takes its partner out of the sum.
    let zeros = constants.map { tensor -> [Bool]? in
      guard let tensor, tensor.type.element.isReal, tensor.fill == nil else { return nil }
      let isZero = tensor.reals.map { $0 == 0 }
      return isZero.contains(true) ? isZero : nil
    }
    var rows = [Pattern.Row](repeating: [], count: type.count)
    for side in 0..<2 where constants[side] == nil && !x[side].isIndependent {
      let labels = side == 0 ? a : b
      let others = side == 0 ? b : a
      let inner = positions(
        dims: summed.map { dims[$0] }, strides: strides(of: labels, types[side], over: summed))
      let otherInner = positions(
        dims: summed.map { dims[$0] }, strides: strides(of: others, types[1 - side], over: summed))
      let starts = positions(dims: type.dims, strides: strides(of: labels, types[side], over: y))
      let otherStarts = positions(
        dims: type.dims, strides: strides(of: others, types[1 - side], over: y))
      var unions: [Int: Pattern.Row] = [:]
      for k in rows.indices {
        let union: Pattern.Row
        if let isZero = zeros[1 - side] {
          union = try Pattern.union(
            inner.indices.compactMap { i in
              isZero[otherStarts[k] + otherInner[i]] ? nil : x[side].rows[starts[k] + inner[i]]
            })
        } else if let known = unions[starts[k]] {
          union = known
        } else {
          union = try Pattern.union(inner.map { x[side].rows[starts[k] + $0] })
          unions[starts[k]] = union
        }
        rows[k] = try Pattern.union(rows[k], union)
      }
    }
    return Pattern(rows: rows)
  }

  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int {
    lengths(x).reduce(1) { $0.multipliedSaturated(by: $1) }
  }

  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if let value = try withoutUnitAxes(x, in: p) { return value }
    if let value = try p.diagonalProduct(self, x[0], x[1]) { return value }
    return try p.diagonalProduct(Dot(b, a, y), x[1], x[0])
  }

  /// Axes of length one carry no sum; without them products of one kind look alike.
  private func withoutUnitAxes(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    let types = x.map(p.type)
    let dims = lengths(types)
    guard dims.contains(1) else { return nil }
    let keep = { (label: Int) in dims[label] != 1 }
    let short = Dot(a.filter(keep), b.filter(keep), y.filter(keep))
    let operands = try zip([a, b], x).map { labels, value in
      try p.reshape(value, Shape(labels.filter(keep).map { dims[$0] }))
    }
    return try p.reshape(p.add(short, operands), Shape(y.map { dims[$0] }))
  }

  package static let samples = [
    Sample(Self([0, 1], [1, 2], [0, 2]), .init([2, 3]), .init([3, 4])),
    Sample(Self([0, 1, 2], [0, 2, 3], [0, 1, 3]), .init([5, 1, 3]), .init([5, 3, 2])),
    Sample(Self([0, 1], [1, 2], [2, 0]), .init([2, 3]), .init([3, 4])),
    Sample(Self([0], [1], [1, 0]), .init([2]), .init([3])),
    Sample(Self([0, 1], [1, 2], [0, 2]), .init([1, 0]), .init([0, 2])),
    Sample(Self([0, 1], [0], [1]), .init([2, 3]), .init([2])),
    Sample(Self([0, 1], [1, 2], [0, 2]), .init([2, 3], .int64), .init([3, 2], .int64)),
  ]
}
