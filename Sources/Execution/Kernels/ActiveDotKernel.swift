import CKernels
import Tensors

/// A product with a known matrix of which many terms and columns are zero at run time, as behind a
/// relu. Rows come in groups that share what is zero, such as the seeds of one sample.
final class ActiveDotKernel: Kernel {
  /// Tells by its zeros what is zero: a row of it for each group of rows.
  struct Mask {
    let operand: Operand
    let row: Int
  }

  private let a: Operand
  private let y: Operand
  private let scratch: Operand
  private let isDouble: Bool
  private let groups: Int
  private let m: Int
  private let n: Int
  private let k: Int
  private let terms: Mask?
  private let columns: Mask?
  private let epilogue: Epilogue
  /// The matrix as rows, and packed for where little is zero.
  private let matrix: UnsafeMutableRawPointer
  private let whole: PackedMatrix
  private let packed: UnsafeMutableRawPointer
  private let active64: netjac_product_active_f64?
  private let active32: netjac_product_active_f32?
  private let packed64: netjac_product_f64?
  private let packed32: netjac_product_f32?

  override var name: String {
    (["active-product"] + epilogue.words).joined(separator: "+") + " \(groups * m)x\(n)x\(k)"
  }

  /// `constant` holds b, whose strides the plan tells; `m` is the number of rows in a group.
  init(
    _ plan: DotPlan, rows m: Int, a: Operand, y: Operand, scratch: Operand, element: ElementType,
    constant: UnsafeRawPointer, terms: Mask?, columns: Mask?, epilogue: Epilogue
  ) {
    self.a = a
    self.y = y
    self.scratch = scratch
    isDouble = element == .float64
    self.m = m
    groups = plan.m.dim / m
    n = plan.n.dim
    k = plan.k.dim
    self.terms = terms
    self.columns = columns
    self.epilogue = epilogue
    let (n, k, m) = (Int64(n), Int64(k), Int64(m))
    let (row, column) = (Int64(plan.k.strides[1]), Int64(plan.n.strides[1]))
    let size = isDouble ? 8 : 4
    matrix = .allocate(byteCount: max(Int(n * k) * size, 64), alignment: 64)
    if isDouble {
      netjac_copy2d_8(matrix, n, 1, constant, row, column, k, n)
    } else {
      netjac_copy2d_4(matrix, n, 1, constant, row, column, k, n)
    }
    whole = PackedMatrix(constant, plan, isDouble: isDouble)
    packed = whole.memory
    active64 = netjac_find_product_active_f64()
    active32 = netjac_find_product_active_f32()
    packed64 = netjac_find_product_f64(m, n, k)
    packed32 = netjac_find_product_f32(m, n, k)
  }

  deinit {
    matrix.deallocate()
  }

  static func scratchBytes(_ plan: DotPlan, rows m: Int, _ element: ElementType) -> Int {
    let (m, n, k) = (Int64(m), Int64(plan.n.dim), Int64(plan.k.dim))
    return Int(
      element == .float64 ? netjac_active_bytes_f64(m, n, k) : netjac_active_bytes_f32(m, n, k))
  }

  override func run(_ bases: Bases) {
    let (m, n, k) = (Int64(m), Int64(n), Int64(k))
    if isDouble {
      let matrix = matrix.assumingMemoryBound(to: Double.self)
      let packed = packed.assumingMemoryBound(to: Double.self)
      run(bases, netjac_epilogue_f64.self) { y, a, terms, columns, last in
        if active64?(y, a, k, matrix, terms, columns, m, n, k, last, scratch.pointer(bases)) == 0 {
          packed64?(y, n, a, k, 1, packed, m, n, k, last)
        }
      }
    } else {
      let matrix = matrix.assumingMemoryBound(to: Float.self)
      let packed = packed.assumingMemoryBound(to: Float.self)
      run(bases, netjac_epilogue_f32.self) { y, a, terms, columns, last in
        if active32?(y, a, k, matrix, terms, columns, m, n, k, last, scratch.pointer(bases)) == 0 {
          packed32?(y, n, a, k, 1, packed, m, n, k, last)
        }
      }
    }
  }

  /// Calls `multiply` for each group of rows, with its arrays and masks.
  @inline(__always)
  private func run<Arguments: EpilogueArguments>(
    _ bases: Bases, _ type: Arguments.Type,
    _ multiply: (
      UnsafeMutablePointer<Arguments.Element>, UnsafePointer<Arguments.Element>,
      UnsafePointer<Arguments.Element>?, UnsafePointer<Arguments.Element>?,
      UnsafePointer<Arguments>
    ) -> Void
  ) {
    let first = Arguments(epilogue, bases, yRow: n)
    for group in 0..<groups {
      var last = first.moved(rows: group * m, epilogue)
      multiply(
        y.pointer(bases, as: Arguments.Element.self) + group * m * n,
        a.pointer(bases, as: Arguments.Element.self) + group * m * k,
        mask(terms, group, bases), mask(columns, group, bases), &last)
    }
  }

  @inline(__always)
  private func mask<Element>(
    _ mask: Mask?, _ group: Int, _ bases: Bases
  ) -> UnsafePointer<Element>? {
    guard let mask else { return nil }
    return UnsafePointer(mask.operand.pointer(bases, as: Element.self)) + group * mask.row
  }
}
