import Tensors

/// A constant from one of its elements on, as the right operand of products.
struct KnownMatrix: Hashable {
  let constant: ConstantMemory
  /// The first element's place in the constant.
  let offset: Int

  static func == (a: KnownMatrix, b: KnownMatrix) -> Bool {
    a.constant === b.constant && a.offset == b.offset
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(constant))
    hasher.combine(offset)
  }

  /// The right operand of a plan in the order in which packed products read it.
  func packed<Real: KernelReal>(_ plan: DotPlan, _ real: Real.Type) -> ElementMemory {
    let (n, k) = (plan.n.dim, plan.k.dim)
    let layout = ConstantLayout(
      arrangement: .packed, offset: offset, row: plan.k.strides[1], column: plan.n.strides[1],
      rows: k, columns: n)
    return constant.arranged(
      layout, byteCount: max(Real.packedSize(k: k, n: n), 1) * Real.size
    ) { target, elements in
      Real.pack(
        target.assumingMemoryBound(to: Real.self), elements.assumingMemoryBound(to: Real.self),
        row: layout.row, column: layout.column, k: k, n: n)
    }
  }

  /// Rows of elements `row` apart, whose own elements are `column` apart, with `stride` elements from
  /// row to row.
  func rows<Real: KernelReal>(
    _ rows: Int, row: Int, columns: Int, column: Int, stride: Int, _ real: Real.Type
  ) -> ElementMemory {
    if offset == 0, column == 1, row == stride { return constant.plain }
    let layout = ConstantLayout(
      arrangement: .rows(stride), offset: offset, row: row, column: column, rows: rows,
      columns: columns)
    return constant.arranged(layout, byteCount: rows * stride * Real.size) { target, elements in
      Real.copyRows(
        to: target, stride, from: elements, row: row, column: column, rows: rows, columns: columns)
    }
  }
}
