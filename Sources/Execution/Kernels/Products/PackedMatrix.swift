/// The right operand of products, in the order in which they read it.
final class PackedMatrix<Real: KernelReal> {
  let memory: UnsafeMutablePointer<Real>

  /// Packs a plan's right operand, which begins at `matrix`.
  init(_ matrix: UnsafeRawPointer, _ plan: DotPlan) {
    let (n, k) = (plan.n.dim, plan.k.dim)
    let bytes = max(Real.packedSize(k: k, n: n), 1) * Real.size
    memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .assumingMemoryBound(to: Real.self)
    Real.pack(
      memory, matrix.assumingMemoryBound(to: Real.self), row: plan.k.strides[1],
      column: plan.n.strides[1], k: k, n: n)
  }

  deinit { UnsafeMutableRawPointer(memory).deallocate() }
}
