import CKernels

/// The right operand of products, in the order in which they read it.
final class PackedMatrix {
  let memory: UnsafeMutableRawPointer

  /// Packs a plan's right operand, which begins at `matrix`.
  init(_ matrix: UnsafeRawPointer, _ plan: DotPlan, isDouble: Bool) {
    let (n, k) = (Int64(plan.n.dim), Int64(plan.k.dim))
    let (row, column) = (Int64(plan.k.strides[1]), Int64(plan.n.strides[1]))
    let count = Int(isDouble ? netjac_packed_size_f64(k, n) : netjac_packed_size_f32(k, n))
    memory = .allocate(byteCount: max(count, 1) * (isDouble ? 8 : 4), alignment: 64)
    if isDouble {
      netjac_pack_f64(
        memory.assumingMemoryBound(to: Double.self), matrix.assumingMemoryBound(to: Double.self),
        row, column, k, n)
    } else {
      netjac_pack_f32(
        memory.assumingMemoryBound(to: Float.self), matrix.assumingMemoryBound(to: Float.self), row,
        column, k, n)
    }
  }

  deinit { memory.deallocate() }
}
