import CKernels
import Tensors

/// Rows times a known matrix of few columns, which lie as rows, too. Whether it suits depends on the
/// matrix alone, so that a sample's result does not depend on how many there are.
final class RowDotsKernel: Kernel {
  private let a: Operand
  private let y: Operand
  private let isDouble: Bool
  private let m: Int
  private let aRow: Int
  private let n: Int
  private let k: Int
  private let epilogue: Epilogue
  private let matrix: UnsafeMutableRawPointer
  /// Elements from row to row: whole cache lines.
  private let stride: Int
  private let dots64: netjac_row_dots_f64?
  private let dots32: netjac_row_dots_f32?

  override var name: String {
    (["row-dots"] + epilogue.words).joined(separator: "+") + " \(m)x\(n)x\(k)"
  }

  /// `constant` holds b, whose strides the plan tells.
  init(
    _ plan: DotPlan, a: Operand, y: Operand, element: ElementType, constant: UnsafeRawPointer,
    epilogue: Epilogue
  ) {
    self.a = a
    self.y = y
    isDouble = element == .float64
    m = plan.m.dim
    aRow = plan.m.strides[0]
    n = plan.n.dim
    k = plan.k.dim
    self.epilogue = epilogue
    let size = isDouble ? 8 : 4
    stride = (k * size + 63) / 64 * 64 / size
    let (rows, columns) = (Int64(n), Int64(k))
    let (row, column) = (Int64(plan.n.strides[1]), Int64(plan.k.strides[1]))
    matrix = .allocate(byteCount: max(n * stride * size, 64), alignment: 64)
    if isDouble {
      netjac_copy2d_8(matrix, Int64(stride), 1, constant, row, column, rows, columns)
    } else {
      netjac_copy2d_4(matrix, Int64(stride), 1, constant, row, column, rows, columns)
    }
    dots64 = netjac_find_row_dots_f64()
    dots32 = netjac_find_row_dots_f32()
  }

  deinit { matrix.deallocate() }

  /// Whether packed columns would leave so much of their vectors empty that rows are faster.
  static func suits(_ plan: DotPlan, _ element: ElementType) -> Bool {
    let (n, k) = (plan.n.dim, plan.k.dim)
    guard plan.isSingle, n > 0, k >= shortestRow, plan.k.strides[0] == 1 else {
      return false
    }
    let packed = Int(
      element == .float64
        ? netjac_packed_size_f64(1, Int64(n)) : netjac_packed_size_f32(1, Int64(n)))
    return (packed - n) * 3 >= n
  }

  private static let shortestRow = 64

  override func run(_ bases: Bases) {
    if isDouble {
      var last = netjac_epilogue_f64(epilogue, bases, yRow: n)
      dots64?(
        y.pointer(bases, as: Double.self), a.pointer(bases, as: Double.self), Int64(aRow),
        matrix.assumingMemoryBound(to: Double.self), Int64(stride), Int64(m), Int64(n), Int64(k),
        &last)
    } else {
      var last = netjac_epilogue_f32(epilogue, bases, yRow: n)
      dots32?(
        y.pointer(bases, as: Float.self), a.pointer(bases, as: Float.self), Int64(aRow),
        matrix.assumingMemoryBound(to: Float.self), Int64(stride), Int64(m), Int64(n), Int64(k),
        &last)
    }
  }
}
