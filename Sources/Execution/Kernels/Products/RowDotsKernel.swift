import Tensors

/// Rows times a known matrix of few columns, which lie as rows, too. Whether it suits depends on the
/// matrix alone, so that a sample's result does not depend on how many there are.
final class RowDotsKernel<Real: KernelReal>: Kernel {
  private let a: Operand
  private let y: Operand
  private let outer: PlainArray<ProductLoop>
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
    outer = PlainArray(plan.outer.map(ProductLoop.init))
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

  deinit { outer.free() }

  /// Whether packed columns would leave so much of their vectors empty that rows are faster, once a row's
  /// terms lie side by side.
  static func suits(_ plan: DotPlan) -> Bool {
    let n = plan.n.dim
    guard n > 0, plan.k.dim >= 64, plan.sumsLastAxis, plan.outerSums.isEmpty, plan.packsOnce,
      plan.m.dim == 1 || plan.m.strides[2] == n, n == 1 || plan.n.strides[2] == 1
    else { return false }
    return (Real.packedSize(k: 1, n: n) - n) * 3 >= n
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let last = EpilogueArguments(epilogue, bases, yRow: n)
    let (a, y) = (a.pointer(bases, as: Real.self), y.pointer(bases, as: Real.self))
    withUnsafePointer(to: last) { last in
      outer.turns { at in product(y + at.y, a + at.a, aRow, matrix, stride, m, n, k, last) }
    }
  }
}
