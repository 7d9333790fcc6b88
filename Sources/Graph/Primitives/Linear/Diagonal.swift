import Tensors

/// A diagonal matrix from its diagonal: x is [B…, n], y is [B…, n, n].
///
/// The identity seeds of a Jacobian are one, and so is the Jacobian of an elementwise function;
/// products with it become scalings, so that it is rarely computed.
package struct Diagonal: Movement {
  package static let name = "diagonal"
  package init() {}

  package var foldsEagerly: Bool { false }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard let n = x[0].dims.last else {
      throw NetJacError(.shape, "diagonal: the operand is a scalar; it needs an axis")
    }
    return x[0].with(try Shape(checking: x[0].dims + [n]))
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    let n = x.dims.last ?? 0
    return (0..<y.count).map { k in
      let row = k / n
      return row % n == k % n ? row : -1
    }
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.add(DiagonalPart(), [yBar])] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(self, x) }
  package static let samples = [Sample(Self(), .init([3])), Sample(Self(), .init([2, 3]))]
}

/// The diagonal of square matrices: x is [B…, n, n], y is [B…, n].
package struct DiagonalPart: Movement {
  package static let name = "diagonal-part"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] }

  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard x[0].rank >= 2, x[0].dims[x[0].rank - 1] == x[0].dims[x[0].rank - 2] else {
      throw NetJacError(.shape, "diagonal-part: the operand is \(x[0]); it must be square")
    }
    return x[0].with(Shape(Array(x[0].dims.dropLast())))
  }
  package func sources(_ x: TensorType, _ y: TensorType) -> [Int] {
    let n = x.dims.last ?? 0
    return (0..<y.count).map { $0 * n + $0 % n }
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.add(Diagonal(), [yBar])] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value { try p.add(self, x) }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    let operand = p.node(x[0])
    if operand.isA(Diagonal.self) { return operand.operands[0] }
    // Repeated rows [B…, new, n] or columns [B…, n, new]: the diagonal is the row or column.
    if let broadcast = operand.primitive as? Broadcast,
      broadcast.axes.count == broadcast.shape.rank - 1,
      broadcast.axes.dropLast() == ArraySlice(0..<broadcast.shape.rank - 2)
    {
      return operand.operands[0]
    }
    return nil
  }
  package static let samples = [Sample(Self(), .init([3, 3])), Sample(Self(), .init([2, 3, 3]))]
}

extension ProgramBuilder {
  /// The diagonal d, where `x` is diag(d), or a reshape of it to [n, dims…] with n = Π dims.
  func diagonal(of x: Value) -> Value? {
    let node = node(x)
    let inner = node.isA(Reshape.self) ? self.node(node.operands[0]) : node
    guard inner.isA(Diagonal.self) else { return nil }
    let dims = node.type.dims
    // n·n could overflow: lengths are checked, squares of them are not.
    guard let n = dims.first, n > 0, node.type.count / n == n, node.type.count % n == 0 else {
      return nil
    }
    return inner.type.dims == [n, n] ? inner.operands[0] : nil
  }

  /// An elementwise primitive applied to diagonal matrices, as the diagonal matrix that it gives.
  ///
  /// Applies where one of the operands named in `deciding` is diagonal and all of them are zero off
  /// the diagonal; the primitive must be zero where they are.
  func onDiagonal(_ primitive: some Primitive, _ x: [Value], deciding: [Int]) throws -> Value? {
    guard let first = deciding.first(where: { diagonal(of: x[$0]) != nil }),
      deciding.allSatisfy({ diagonal(of: x[$0]) != nil || fill(of: x[$0]) == 0 })
    else { return nil }
    let parts = try x.map(diagonalPart)
    return try reshape(add(Diagonal(), [add(primitive, parts)]), shape(x[first]))
  }

  /// The elements that stand on the diagonal of `x`, [n, dims…] with n = Π dims.
  private func diagonalPart(of x: Value) throws -> Value {
    if let d = diagonal(of: x) { return d }
    let n = shape(x)[0]
    if let filled = node(x).constant?.refilled([n]) { return try constant(filled) }
    if let broadcast = node(x).primitive as? Broadcast, !broadcast.axes.contains(0) {
      // The same for every seed: the elements themselves are those on the diagonal.
      let full = Shape(Array(broadcast.shape.dims.dropFirst()))
      return try reshape(
        add(Broadcast(full, axes: broadcast.axes.map { $0 - 1 }), node(x).operands), [n])
    }
    return try add(DiagonalPart(), [reshape(x, [n, n])])
  }

  /// The product of diag(d) with b: row k of b scaled by d[k].
  ///
  /// Applies where the matrix's columns (all labels but the first) are summed over.
  func diagonalProduct(_ dot: Dot, _ x: Value, _ b: Value) throws -> Value? {
    guard let d = diagonal(of: x), let row = dot.a.first, dot.y.contains(row),
      !dot.b.contains(row)
    else { return nil }
    let columns = Array(dot.a.dropFirst())
    guard columns.allSatisfy({ dot.b.contains($0) && !dot.y.contains($0) }) else { return nil }
    // y[…, row, …] = d[row]·b[columns = row, …]: move b's summed axes together in the seeds' place.
    let free = dot.b.filter { !columns.contains($0) }
    let bDims = shape(b).dims
    let moved = try transpose(b, (columns + free).compactMap { dot.b.firstIndex(of: $0) })
    let freeDims = free.compactMap { dot.b.firstIndex(of: $0) }.map { bDims[$0] }
    guard let n = shape(x).dims.first else { return nil }
    let rows = try reshape(moved, Shape([n] + freeDims))
    let scaled = try scaled(rows, by: add(Broadcast(shape(rows), axes: [0]), [d]))
    let order = [row] + free
    return try transpose(scaled, dot.y.compactMap { order.firstIndex(of: $0) })
  }
}
