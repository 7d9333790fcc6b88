import Tensors

/// A primitive whose result is whole numbers that say where elements are: no derivative.
package protocol Locator: Primitive {}

extension Locator {
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { nil }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { throw NetJacError(.defect, "\(name) carries no derivative") }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { .independent(count: type.count) }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }

  /// Whether `a` comes before `b`: by value, NaN as the largest.
  func precedes<Number: Comparable>(_ a: Number, _ b: Number, descending: Bool) -> Bool {
    let (first, second) = descending ? (b, a) : (a, b)
    if second != second { return first == first }
    return first < second
  }
}

/// The index of the smallest or largest element along an axis, which vanishes; the first of equal
/// ones, or the last if `last`.
package struct ArgExtreme: Locator {
  package static let name = "arg-extreme"
  package let kind: Extreme.Kind
  package let axis: Int
  package let last: Bool
  package init(_ kind: Extreme.Kind, axis: Int, last: Bool = false) {
    self.kind = kind
    self.axis = axis
    self.last = last
  }

  package var attributes: String { "\(kind.rawValue) axis \(axis)" + (last ? " last" : "") }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    try expectAxes([axis], x[0])
    guard x[0].dims[axis] > 0 || x[0].shape.removing([axis]).count == 0 else {
      throw NetJacError(.shape, "arg-extreme: axis \(axis) of \(x[0].shape) is empty")
    }
    return TensorType(.int64, x[0].shape.removing([axis]))
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let lines = groups([axis], x[0].type)
    let indices =
      x[0].type.element.isReal
      ? lines.map { kind.place(in: x[0].reals, along: $0, last: last) }
      : lines.map { kind.place(in: x[0].integers, along: $0, last: last) }
    return Tensor(type, integers: indices.map { Int64($0 ?? 0) })
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(ArgExtreme(kind, axis: axis + 1, last: last), x) }
  package var kink: String? { "equal extremes: the \(last ? "last" : "first") one is taken" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.gap(x[0], kind, over: [axis])
  }
  package static let samples = [
    Sample(Self(.maximum, axis: 1), .init([2, 3])),
    Sample(Self(.minimum, axis: 0, last: true), .init([4], values: [2, 1, 1, 3])),
    Sample(Self(.maximum, axis: 0), .init([4, 2], in: 0...2, .int64)),
  ]
}

/// The order that sorts the last axis: y[…, k] is the place of the k-th element. Equal elements
/// keep their order.
package struct SortOrder: Locator {
  package static let name = "sort-order"
  package let descending: Bool
  package init(descending: Bool) { self.descending = descending }

  package var attributes: String { descending ? "descending" : "ascending" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard x[0].rank > 0 else {
      throw NetJacError(.shape, "sort-order: the operand is a scalar; it needs an axis")
    }
    return x[0].with(.int64)
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let lines = groups([type.rank - 1], type)
    let places =
      x[0].type.element.isReal
      ? lines.flatMap { order(x[0].reals, $0) } : lines.flatMap { order(x[0].integers, $0) }
    return Tensor(type, integers: places)
  }
  private func order<Number: Comparable>(_ values: [Number], _ line: [Int]) -> [Int64] {
    line.indices.sorted { i, j in
      let (a, b) = (values[line[i]], values[line[j]])
      if precedes(a, b, descending: descending) { return true }
      if precedes(b, a, descending: descending) { return false }
      return i < j
    }.map(Int64.init)
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(self, x) }
  package var kink: String? { "equal elements: their order is by place" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    // Between neighbours in the order, and between the last one used and the first that is not.
    let axis = p.shape(x[0]).rank - 1
    let count = min(p.shape(y)[axis] + 1, p.shape(x[0])[axis])
    guard count > 1 else { return nil }
    let order = try p.slice(p.add(self, x), axis: axis, start: 0, size: count)
    let sorted = try p.gather(x[0], order, batch: axis)
    return try p.absolute(
      p.subtract(
        p.slice(sorted, axis: axis, start: 1, size: count - 1),
        p.slice(sorted, axis: axis, start: 0, size: count - 1)))
  }
  package static let samples = [
    Sample(Self(descending: true), .init([2, 4])),
    Sample(Self(descending: false), .init([2, 4], in: 0...2, .int64)),
  ]
}

/// The same number, cut off from differentiation: where a composition must not depend on it, such
/// as the shift that keeps softmax from overflowing.
package struct Detach: Elementwise, Smooth {
  package static let name = "detach"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    return x[0]
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor { x[0] }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { nil }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { throw NetJacError(.defect, "\(name) carries no derivative") }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { .independent(count: type.count) }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }
  // Shows no derivative although the value depends on x, so difference tests do not apply.
  package static let samples: [Sample] = []
}
