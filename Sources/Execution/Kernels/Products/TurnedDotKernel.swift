import Tensors

/// One row times the transpose of a matrix that another product has packed: `product_turned` in
/// `products.h`.
final class TurnedDotKernel<Real: KernelReal>: Kernel {
  private let a: Operand
  private let y: Operand
  private let n: Int
  private let k: Int
  private let epilogue: Epilogue<Operand>
  private let matrix: ElementMemory
  private let packed: UnsafeMutablePointer<Real>
  private let product = Real.turnedProduct

  override var name: String {
    (["turned-product"] + epilogue.words).joined(separator: "+") + " 1x\(n)x\(k)"
  }

  /// `matrix` is the other product's.
  init(
    _ plan: DotPlan, a: Operand, y: Operand, matrix: ElementMemory, epilogue: Epilogue<Operand>
  ) {
    self.a = a
    self.y = y
    self.matrix = matrix
    self.epilogue = epilogue
    packed = matrix.start.assumingMemoryBound(to: Real.self)
    n = plan.n.dim
    k = plan.k.dim
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let last = EpilogueArguments(epilogue, bases, yRow: n)
    withUnsafePointer(to: last) { product(y.pointer(bases), a.pointer(bases), packed, n, k, $0) }
  }
}
