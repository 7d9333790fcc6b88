import CKernels
import Tensors

/// Two products of few rows with one known matrix, which is read once: a layer's value and its
/// tangents.
final class JoinedDotKernel: Kernel {
  struct Part {
    let rows: Int
    let aRow: Int
    let a: Operand
    let y: Operand
    let epilogue: Epilogue

    init(_ plan: DotPlan, a: Operand, y: Operand, epilogue: Epilogue) {
      rows = plan.m.dim
      aRow = plan.m.strides[0]
      self.a = a
      self.y = y
      self.epilogue = epilogue
    }
  }

  private let first: Part
  private let second: Part
  private let scratch: Operand
  private let isDouble: Bool
  private let n: Int
  private let k: Int
  private let matrix: PackedMatrix
  private let packed: UnsafeMutableRawPointer
  private let joined64: netjac_product_joined_f64?
  private let joined32: netjac_product_joined_f32?

  override var name: String {
    let words = [first, second].map { part in
      (["\(part.rows)"] + part.epilogue.words).joined(separator: "+")
    }
    return "joined-product (\(words.joined(separator: ", ")))x\(n)x\(k)"
  }

  /// `constant` holds b, whose strides the plan tells.
  init(
    _ first: Part, _ second: Part, _ plan: DotPlan, scratch: Operand, element: ElementType,
    constant: UnsafeRawPointer
  ) {
    self.first = first
    self.second = second
    self.scratch = scratch
    isDouble = element == .float64
    n = plan.n.dim
    k = plan.k.dim
    matrix = PackedMatrix(constant, plan, isDouble: isDouble)
    packed = matrix.memory
    joined64 = netjac_find_product_joined_f64()
    joined32 = netjac_find_product_joined_f32()
  }

  static func scratchBytes(_ first: DotPlan, _ second: DotPlan, _ element: ElementType) -> Int {
    (first.m.dim + second.m.dim) * (first.k.dim + 64) * element.byteCount
  }

  override func run(_ bases: Bases) {
    if isDouble {
      var one = netjac_epilogue_f64(first.epilogue, bases, yRow: n)
      var two = netjac_epilogue_f64(second.epilogue, bases, yRow: n)
      joined64?(
        first.y.pointer(bases, as: Double.self), first.a.pointer(bases, as: Double.self),
        Int64(first.aRow), Int64(first.rows), &one, second.y.pointer(bases, as: Double.self),
        second.a.pointer(bases, as: Double.self), Int64(second.aRow), Int64(second.rows), &two,
        packed.assumingMemoryBound(to: Double.self), Int64(n), Int64(k),
        scratch.pointer(bases, as: Double.self))
    } else {
      var one = netjac_epilogue_f32(first.epilogue, bases, yRow: n)
      var two = netjac_epilogue_f32(second.epilogue, bases, yRow: n)
      joined32?(
        first.y.pointer(bases, as: Float.self), first.a.pointer(bases, as: Float.self),
        Int64(first.aRow), Int64(first.rows), &one, second.y.pointer(bases, as: Float.self),
        second.a.pointer(bases, as: Float.self), Int64(second.aRow), Int64(second.rows), &two,
        packed.assumingMemoryBound(to: Float.self), Int64(n), Int64(k),
        scratch.pointer(bases, as: Float.self))
    }
  }
}
