import Tensors

/// A product with a known matrix of which many terms and columns are zero at run time, as behind a
/// relu. Rows come in groups that share what is zero, such as the seeds of one sample.
final class ActiveDotKernel<Real: KernelReal>: Kernel {
  /// Tells by its zeros what is zero: a row of it for each group of rows.
  struct Mask {
    let operand: Operand
    let row: Int
  }

  private let a: Operand
  private let y: Operand
  private let scratch: Operand
  private let groups: Int
  private let m: Int
  private let n: Int
  private let k: Int
  private let terms: Mask?
  private let columns: Mask?
  private let epilogue: Epilogue<Operand>
  /// The matrix as rows, and packed for where little is zero, unless it is too large to be held twice.
  private let rows: ElementMemory
  private let whole: ElementMemory?
  private let matrix: UnsafeMutableRawPointer
  private let packed: UnsafeMutablePointer<Real>?
  private let active = Real.activeProduct
  private let plain: PackedProduct
  private let stridedProduct = Real.stridedProduct

  override var name: String {
    (["active-product"] + epilogue.words).joined(separator: "+") + " \(groups * m)x\(n)x\(k)"
  }

  /// `known` holds b, whose strides the plan tells; `m` is the number of rows in a group.
  init(
    _ plan: DotPlan, rows m: Int, a: Operand, y: Operand, scratch: Operand,
    known: KnownMatrix, terms: Mask?, columns: Mask?, epilogue: Epilogue<Operand>
  ) {
    self.a = a
    self.y = y
    self.scratch = scratch
    self.m = m
    groups = plan.m.dim / m
    n = plan.n.dim
    k = plan.k.dim
    self.terms = terms
    self.columns = columns
    self.epilogue = epilogue
    // Made once for both.
    let plain = known.constant.plain
    defer { withExtendedLifetime(plain) {} }
    rows = known.rows(
      k, row: plan.k.strides[1], columns: n, column: plan.n.strides[1], stride: n, Real.self)
    whole =
      n * k * Real.size < ActiveDotKernel.largestHeldTwice ? known.packed(plan, Real.self) : nil
    matrix = rows.start
    packed = whole?.start.assumingMemoryBound(to: Real.self)
    self.plain = Real.packedProduct(m: m, n: n, k: k)
  }

  /// Matrices up to this size stay in the second-level cache, and packed ones are read up to twice as fast.
  /// What is larger waits for memory, of which two copies take twice as much.
  private static var largestHeldTwice: Int { 1 << 22 }

  static func scratchBytes(_ plan: DotPlan, rows m: Int) -> Int {
    Real.activeBytes(m: m, n: plan.n.dim, k: plan.k.dim)
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let first = EpilogueArguments(epilogue, bases, yRow: n)
    for group in 0..<groups {
      let last = first.moved(rows: group * m, size: Real.size)
      let y = y.pointer(bases, as: Real.self) + group * m * n
      let a = a.pointer(bases, as: Real.self) + group * m * k
      withUnsafePointer(to: last) { last in
        let isDone = active(
          y, a, k, matrix, mask(terms, group, bases), mask(columns, group, bases), m, n, k, last,
          scratch.pointer(bases))
        guard isDone == 0 else { return }
        if let packed {
          plain(y, n, a, k, 1, packed, m, n, k, last)
        } else {
          stridedProduct(y, n, a, k, 1, matrix, n, 1, m, n, k, 0, last, scratch.pointer(bases))
        }
      }
    }
  }

  @inline(__always)
  private func mask(_ mask: Mask?, _ group: Int, _ bases: Bases) -> UnsafeRawPointer? {
    guard let mask else { return nil }
    return UnsafeRawPointer(mask.operand.pointer(bases, as: Real.self) + group * mask.row)
  }
}
