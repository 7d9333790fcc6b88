import COpenBLAS
import Tensors

/// A labelled product of real tensors, as matrix products with a packed or plain right operand.
final class DotKernel<Real: KernelReal>: Kernel {
  private let a: Operand
  private let b: Operand
  private let y: Operand
  private let scratch: Operand
  private let sizes: DotPlan.Sizes
  private let outer: PlainArray<ProductLoop>
  private let sums: PlainArray<ProductLoop>
  private let isSingle: Bool
  private let epilogue: Epilogue<Operand>
  private let matrix: ElementMemory?
  private let packed: UnsafeMutablePointer<Real>?
  private let usesBLAS: Bool
  private let isEitherWay: Int32
  private let packedProduct: PackedProduct
  private let stridedProduct = Real.stridedProduct

  override var name: String {
    let kind = usesBLAS ? "gemm" : packed != nil ? "packed-product" : "product"
    return ([kind] + epilogue.words).joined(separator: "+")
      + " \(sizes.m)x\(sizes.n)x\(sizes.k)"
  }

  /// `known` holds b's elements where they are packed once; b is not read then.
  init(
    _ plan: DotPlan, a: Operand, b: Operand, y: Operand, scratch: Operand,
    known: KnownMatrix?, epilogue: Epilogue<Operand>
  ) {
    self.a = a
    self.b = b
    self.y = y
    self.scratch = scratch
    self.epilogue = epilogue
    sizes = plan.sizes
    isSingle = plan.isSingle
    outer = PlainArray(plan.outer.map(ProductLoop.init))
    sums = PlainArray(plan.outerSums.map(ProductLoop.init))
    usesBLAS = plan.prefersBLAS
    isEitherWay = plan.isEitherWay ? 1 : 0
    matrix = known?.packed(plan, Real.self)
    packed = matrix?.start.assumingMemoryBound(to: Real.self)
    packedProduct = Real.packedProduct(m: sizes.m, n: sizes.n, k: sizes.k)
  }

  deinit {
    outer.free()
    sums.free()
  }

  /// Scratch to pack a right operand in every run.
  static func scratchBytes(_ plan: DotPlan, isKnown: Bool) -> Int {
    if isKnown, plan.packsOnce { return 0 }
    return Real.packedSize(k: plan.k.dim, n: plan.n.dim) * Real.size
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let a = a.pointer(bases, as: Real.self)
    let b = b.pointer(bases, as: Real.self)
    let y = y.pointer(bases, as: Real.self)
    if isSingle {
      multiply(a, b, y, bases, accumulates: false)
    } else {
      outer.turns { at in sum(a + at.a, b + at.b, y + at.y, bases) }
    }
  }

  private typealias Pointer = UnsafeMutablePointer<Real>

  private func sum(_ a: Pointer, _ b: Pointer, _ y: Pointer, _ bases: Bases) {
    var accumulates = false
    sums.turns { at in
      multiply(a + at.a, b + at.b, y, bases, accumulates: accumulates)
      accumulates = true
    }
  }

  @inline(__always)
  private func multiply(
    _ a: Pointer, _ b: Pointer, _ y: Pointer, _ bases: Bases, accumulates: Bool
  ) {
    if usesBLAS { return multiplyBLAS(a, b, y, accumulates: accumulates) }
    var last = EpilogueArguments(epilogue, bases, yRow: sizes.yRow)
    if accumulates, epilogue.addend == nil {
      last.addend = UnsafeRawPointer(y).assumingMemoryBound(to: Double.self)
      last.addend_stride = Int64(sizes.yRow)
    }
    withUnsafePointer(to: last) { last in
      if let packed {
        packedProduct(
          y, sizes.yRow, a, sizes.aRow, sizes.aColumn, packed, sizes.m, sizes.n, sizes.k, last)
      } else {
        stridedProduct(
          y, sizes.yRow, a, sizes.aRow, sizes.aColumn, b, sizes.bRow, sizes.bColumn, sizes.m,
          sizes.n, sizes.k, isEitherWay, last, scratch.pointer(bases))
      }
    }
  }

  private func multiplyBLAS(_ a: Pointer, _ b: Pointer, _ y: Pointer, accumulates: Bool) {
    func order(_ column: Int) -> CBLAS_TRANSPOSE { column == 1 ? CblasNoTrans : CblasTrans }
    func row(_ row: Int, _ column: Int) -> Int32 {
      Int32(truncatingIfNeeded: column == 1 ? row : column)
    }
    Real.multiplyBLAS(
      y, Int32(truncatingIfNeeded: sizes.yRow), a, order(sizes.aColumn),
      row(sizes.aRow, sizes.aColumn), b, order(sizes.bColumn), row(sizes.bRow, sizes.bColumn),
      Int32(truncatingIfNeeded: sizes.m), Int32(truncatingIfNeeded: sizes.n),
      Int32(truncatingIfNeeded: sizes.k), accumulates: accumulates)
  }
}

/// A loop around matrix products, and how far their operands move at each turn.
struct ProductLoop {
  let dim: Int
  let a: Int
  let b: Int
  let y: Int

  init(_ axis: LoopAxis) {
    dim = axis.dim
    (a, b, y) = (axis.strides[0], axis.strides[1], axis.strides[2])
  }
}

extension PlainArray<ProductLoop> {
  /// Where the operands of a product are at a turn of all loops.
  typealias Place = (a: Int, b: Int, y: Int)

  /// Calls `body` at every turn, the last loop being the innermost.
  func turns(_ level: Int = 0, at place: Place = (0, 0, 0), _ body: (Place) -> Void) {
    guard level < count else { return body(place) }
    let axis = self[level]
    for turn in 0..<axis.dim {
      let (a, b, y) = (turn * axis.a, turn * axis.b, turn * axis.y)
      turns(level + 1, at: (place.a + a, place.b + b, place.y + y), body)
    }
  }
}
