import CKernels
import Tensors

/// One row times the transpose of a matrix that another product has packed: `product_turned` in
/// `products.h`.
final class TurnedDotKernel: Kernel {
  private let a: Operand
  private let y: Operand
  private let isDouble: Bool
  private let n: Int
  private let k: Int
  private let epilogue: Epilogue
  private let matrix: PackedMatrix
  private let packed: UnsafeMutableRawPointer
  private let turned64 = netjac_find_product_turned_f64()
  private let turned32 = netjac_find_product_turned_f32()

  override var name: String {
    (["turned-product"] + epilogue.words).joined(separator: "+") + " 1x\(n)x\(k)"
  }

  init(
    _ plan: DotPlan, a: Operand, y: Operand, element: ElementType, matrix: PackedMatrix,
    epilogue: Epilogue
  ) {
    self.a = a
    self.y = y
    self.matrix = matrix
    self.epilogue = epilogue
    packed = matrix.memory
    isDouble = element == .float64
    n = plan.n.dim
    k = plan.k.dim
  }

  override func run(_ bases: Bases) {
    if isDouble {
      var last = netjac_epilogue_f64(epilogue, bases, yRow: n)
      turned64?(
        y.pointer(bases, as: Double.self), a.pointer(bases, as: Double.self),
        packed.assumingMemoryBound(to: Double.self), Int64(n), Int64(k), &last)
    } else {
      var last = netjac_epilogue_f32(epilogue, bases, yRow: n)
      turned32?(
        y.pointer(bases, as: Float.self), a.pointer(bases, as: Float.self),
        packed.assumingMemoryBound(to: Float.self), Int64(n), Int64(k), &last)
    }
  }
}
