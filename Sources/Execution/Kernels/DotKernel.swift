import CKernels
import COpenBLAS
import Tensors

/// A labelled product of real tensors, as matrix products with a packed or plain right operand.
final class DotKernel: Kernel {
  private let a: Operand
  private let b: Operand
  private let y: Operand
  private let scratch: Operand
  private let sizes: Sizes
  private let outer: PlainArray<Loop>
  private let sums: PlainArray<Loop>
  private let isSingle: Bool
  private let epilogue: Epilogue
  private let matrix: PackedMatrix?
  private let packed: UnsafeMutableRawPointer?
  private let isDouble: Bool
  private let usesBLAS: Bool
  private let packed64: netjac_product_f64?
  private let packed32: netjac_product_f32?
  private let plain64: netjac_product_strided_f64?
  private let plain32: netjac_product_strided_f32?

  private struct Sizes {
    let m: Int
    let n: Int
    let k: Int
    let aRow: Int
    let aColumn: Int
    let bRow: Int
    let bColumn: Int
    let yRow: Int

    init(_ plan: DotPlan) {
      m = plan.m.dim
      n = plan.n.dim
      k = plan.k.dim
      aRow = plan.m.strides[0]
      aColumn = plan.k.strides[0]
      bRow = plan.k.strides[1]
      bColumn = plan.n.strides[1]
      yRow = plan.m.strides[2]
    }
  }

  private struct Loop {
    let dim: Int
    let a: Int
    let b: Int
    let y: Int
  }

  override var name: String {
    let kind = usesBLAS ? "gemm" : packed != nil ? "packed-product" : "product"
    return ([kind] + epilogue.words).joined(separator: "+")
      + " \(sizes.m)x\(sizes.n)x\(sizes.k)"
  }

  /// `constant` holds b's elements where they are known, to be packed once, unless `matrix` is what comes
  /// of that.
  init(
    _ plan: DotPlan, a: Operand, b: Operand, y: Operand, scratch: Operand, element: ElementType,
    constant: UnsafeRawPointer?, matrix: PackedMatrix? = nil, epilogue: Epilogue = Epilogue()
  ) {
    self.a = a
    self.b = b
    self.y = y
    self.scratch = scratch
    self.epilogue = epilogue
    isDouble = element == .float64
    sizes = Sizes(plan)
    isSingle = plan.isSingle
    func loops(_ axes: [LoopAxis]) -> [Loop] {
      axes.map { Loop(dim: $0.dim, a: $0.strides[0], b: $0.strides[1], y: $0.strides[2]) }
    }
    outer = PlainArray(loops(plan.outer))
    sums = PlainArray(loops(plan.outerSums))
    let (m, n, k) = (Int64(sizes.m), Int64(sizes.n), Int64(sizes.k))
    usesBLAS = DotKernel.prefersBLAS(plan)
    if let constant, DotKernel.packsOnce(plan) {
      self.matrix = matrix ?? PackedMatrix(constant, plan, isDouble: isDouble)
    } else {
      self.matrix = nil
    }
    packed = self.matrix?.memory
    packed64 = netjac_find_product_f64(m, n, k)
    packed32 = netjac_find_product_f32(m, n, k)
    plain64 = netjac_find_product_strided_f64()
    plain32 = netjac_find_product_strided_f32()
  }

  deinit {
    outer.free()
    sums.free()
  }

  /// Whether a known right operand is packed once: not if loops take another part of it each time.
  static func packsOnce(_ plan: DotPlan) -> Bool {
    !prefersBLAS(plan) && (plan.outer + plan.outerSums).allSatisfy { $0.strides[1] == 0 }
  }

  /// Scratch to pack a right operand in every run.
  static func scratchBytes(_ plan: DotPlan, _ element: ElementType, isKnown: Bool) -> Int {
    if isKnown, packsOnce(plan) { return 0 }
    let (n, k) = (Int64(plan.n.dim), Int64(plan.k.dim))
    return Int(
      element == .float64 ? netjac_packed_size_f64(k, n) * 8 : netjac_packed_size_f32(k, n) * 4)
  }

  /// Whether OpenBLAS multiplies matrices of these sizes faster, and can take these strides.
  ///
  /// Measured, the packed products win up to matrices that no longer fit the second-level cache.
  static func prefersBLAS(_ plan: DotPlan) -> Bool {
    let sizes = Sizes(plan)
    guard sizes.m >= 256, sizes.n >= 1024, sizes.k >= 1024, BLAS.knowsProcessor else {
      return false
    }
    return (sizes.aRow == 1 || sizes.aColumn == 1) && (sizes.bRow == 1 || sizes.bColumn == 1)
      && sizes.aRow >= 1 && sizes.aColumn >= 1 && sizes.bRow >= 1 && sizes.bColumn >= 1
      && sizes.yRow >= sizes.n && plan.n.strides[2] == 1
  }

  override func run(_ bases: Bases) {
    let a = a.pointer(bases)
    let b = b.pointer(bases)
    let y = y.pointer(bases)
    let scratch = scratch.pointer(bases)
    if isSingle {
      multiply(a, b, y, scratch, bases, accumulates: false)
    } else {
      loop(0, a, b, y, scratch, bases)
    }
  }

  private func loop(
    _ level: Int, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
    _ y: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer, _ bases: Bases
  ) {
    guard level < outer.count else {
      return sum(0, a, b, y, scratch, bases, accumulates: false)
    }
    let size = isDouble ? 8 : 4
    let axis = outer.start[level]
    for index in 0..<axis.dim {
      loop(
        level + 1, a + index * axis.a * size, b + index * axis.b * size, y + index * axis.y * size,
        scratch, bases)
    }
  }

  private func sum(
    _ level: Int, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
    _ y: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer, _ bases: Bases,
    accumulates: Bool
  ) {
    guard level < sums.count else {
      return multiply(a, b, y, scratch, bases, accumulates: accumulates)
    }
    let size = isDouble ? 8 : 4
    let axis = sums.start[level]
    for index in 0..<axis.dim {
      sum(
        level + 1, a + index * axis.a * size, b + index * axis.b * size, y, scratch, bases,
        accumulates: accumulates || index > 0)
    }
  }

  @inline(__always)
  private func multiply(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ bases: Bases, accumulates: Bool
  ) {
    if isDouble {
      multiply64(a, b, y, scratch, bases, accumulates)
    } else {
      multiply32(a, b, y, scratch, bases, accumulates)
    }
  }

  private func multiply64(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ bases: Bases, _ accumulates: Bool
  ) {
    let a = a.assumingMemoryBound(to: Double.self)
    let b = b.assumingMemoryBound(to: Double.self)
    let y = y.assumingMemoryBound(to: Double.self)
    if usesBLAS {
      cblas_dgemm(
        CblasRowMajor, sizes.aColumn == 1 ? CblasNoTrans : CblasTrans,
        sizes.bColumn == 1 ? CblasNoTrans : CblasTrans, Int32(truncatingIfNeeded: sizes.m),
        Int32(truncatingIfNeeded: sizes.n), Int32(truncatingIfNeeded: sizes.k), 1, a,
        Int32(truncatingIfNeeded: sizes.aColumn == 1 ? sizes.aRow : sizes.aColumn), b,
        Int32(truncatingIfNeeded: sizes.bColumn == 1 ? sizes.bRow : sizes.bColumn),
        accumulates ? 1 : 0, y, Int32(truncatingIfNeeded: sizes.yRow))
      return
    }
    var last = netjac_epilogue_f64(epilogue, bases, yRow: sizes.yRow)
    if accumulates, epilogue.addend == nil {
      last.addend = UnsafePointer(y)
      last.addend_stride = Int64(sizes.yRow)
    }
    if let packed {
      packed64?(
        y, Int64(sizes.yRow), a, Int64(sizes.aRow), Int64(sizes.aColumn),
        packed.assumingMemoryBound(to: Double.self), Int64(sizes.m), Int64(sizes.n), Int64(sizes.k),
        &last)
    } else {
      plain64?(
        y, Int64(sizes.yRow), a, Int64(sizes.aRow), Int64(sizes.aColumn), b, Int64(sizes.bRow),
        Int64(sizes.bColumn), Int64(sizes.m), Int64(sizes.n), Int64(sizes.k), &last,
        scratch.assumingMemoryBound(to: Double.self))
    }
  }

  private func multiply32(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ bases: Bases, _ accumulates: Bool
  ) {
    let a = a.assumingMemoryBound(to: Float.self)
    let b = b.assumingMemoryBound(to: Float.self)
    let y = y.assumingMemoryBound(to: Float.self)
    if usesBLAS {
      cblas_sgemm(
        CblasRowMajor, sizes.aColumn == 1 ? CblasNoTrans : CblasTrans,
        sizes.bColumn == 1 ? CblasNoTrans : CblasTrans, Int32(truncatingIfNeeded: sizes.m),
        Int32(truncatingIfNeeded: sizes.n), Int32(truncatingIfNeeded: sizes.k), 1, a,
        Int32(truncatingIfNeeded: sizes.aColumn == 1 ? sizes.aRow : sizes.aColumn), b,
        Int32(truncatingIfNeeded: sizes.bColumn == 1 ? sizes.bRow : sizes.bColumn),
        accumulates ? 1 : 0, y, Int32(truncatingIfNeeded: sizes.yRow))
      return
    }
    var last = netjac_epilogue_f32(epilogue, bases, yRow: sizes.yRow)
    if accumulates, epilogue.addend == nil {
      last.addend = UnsafePointer(y)
      last.addend_stride = Int64(sizes.yRow)
    }
    if let packed {
      packed32?(
        y, Int64(sizes.yRow), a, Int64(sizes.aRow), Int64(sizes.aColumn),
        packed.assumingMemoryBound(to: Float.self), Int64(sizes.m), Int64(sizes.n), Int64(sizes.k),
        &last)
    } else {
      plain32?(
        y, Int64(sizes.yRow), a, Int64(sizes.aRow), Int64(sizes.aColumn), b, Int64(sizes.bRow),
        Int64(sizes.bColumn), Int64(sizes.m), Int64(sizes.n), Int64(sizes.k), &last,
        scratch.assumingMemoryBound(to: Float.self))
    }
  }
}
