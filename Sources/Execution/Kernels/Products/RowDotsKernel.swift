import Tensors

/// Rows times a known matrix of few columns, which lie as rows, too. Whether it suits depends on the
/// matrix alone, so that a sample's result does not depend on how many there are.
final class RowDotsKernel<Real: KernelReal>: Kernel {
  private let a: Operand
  private let y: Operand
  private let m: Int
  private let aRow: Int
  private let n: Int
  private let k: Int
  private let epilogue: Epilogue<Operand>
  private let rows: ElementMemory
  private let matrix: UnsafeMutableRawPointer
  /// Elements from row to row: whole cache lines.
  private let stride: Int
  private let product = Real.rowDots

  override var name: String {
    (["row-dots"] + epilogue.words).joined(separator: "+") + " \(m)x\(n)x\(k)"
  }

  /// `known` holds b, whose strides the plan tells.
  init(
    _ plan: DotPlan, a: Operand, y: Operand, known: KnownMatrix,
    epilogue: Epilogue<Operand>
  ) {
    self.a = a
    self.y = y
    m = plan.m.dim
    aRow = plan.m.strides[0]
    n = plan.n.dim
    k = plan.k.dim
    self.epilogue = epilogue
    stride = Real.inLines(k)
    rows = known.rows(
      n, row: plan.n.strides[1], columns: k, column: plan.k.strides[1], stride: stride, Real.self)
    matrix = rows.start
  }

  /// Whether packed columns would leave so much of their vectors empty that rows are faster.
  static func suits(_ plan: DotPlan) -> Bool {
    let n = plan.n.dim
    guard plan.isSingle, n > 0, plan.k.dim >= 64, plan.k.strides[0] == 1 else { return false }
    return (Real.packedSize(k: 1, n: n) - n) * 3 >= n
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let last = EpilogueArguments(epilogue, bases, yRow: n)
    withUnsafePointer(to: last) {
      product(y.pointer(bases), a.pointer(bases), aRow, matrix, stride, m, n, k, $0)
    }
  }
}
