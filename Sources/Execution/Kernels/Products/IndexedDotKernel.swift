import CKernels

/// A labelled product whose terms are found by tables of places, see `IndexedPlan`.
final class IndexedDotKernel<Real: KernelReal>: Kernel {
  private let a: Operand
  private let b: Operand
  private let y: Operand
  private let columns: Int
  private let yRow: Int
  private let turns: PlainArray<Turn>
  private let aPlaces: PlainArray<Int32>
  private let bPlaces: PlainArray<Int32>
  private let shape: PlainArray<netjac_indexed>
  private let epilogue: Epilogue<Operand>
  private let product = Real.indexedProduct
  private let text: String

  override var name: String { text }

  /// `steps` are how far arrays of the epilogue move at each turn of the plan's outer loops.
  init(
    _ plan: IndexedPlan, a: Operand, b: Operand, y: Operand, _ target: IndexedPlan.Target,
    epilogue: Epilogue<Operand>, steps: IndexedPlan.EpilogueSteps
  ) {
    self.a = a
    self.b = b
    self.y = y
    self.epilogue = epilogue
    columns = plan.columns
    yRow = target.row
    var turns = [Turn()]
    for (level, axis) in plan.outer.enumerated() {
      turns = turns.flatMap { turn in
        (0..<axis.dim).map { index in
          var turn = turn
          turn.a += index * axis.strides[0]
          turn.b += index * axis.strides[1]
          turn.row += index * axis.strides[2]
          if level < steps.rowBias.count { turn.rowBias += index * steps.rowBias[level] }
          if level < steps.scale.count { turn.scale += index * steps.scale[level] }
          return turn
        }
      }
    }
    self.turns = PlainArray(turns)
    aPlaces = PlainArray(plan.aPlaces)
    bPlaces = PlainArray(plan.bPlaces)
    shape = PlainArray([
      netjac_indexed(
        m: Int64(plan.m), k: Int64(plan.k), run: Int64(plan.run), runs: Int64(plan.runs),
        run_stride: Int64(plan.runStride), y_run_stride: Int64(target.run),
        a_row_stride: Int64(plan.aRow),
        a_places: aPlaces.start, b_places: bPlaces.start)
    ])
    let sizes = "\(plan.m)x\(plan.columns)x\(plan.k)"
    text =
      (["indexed-product"] + epilogue.words).joined(separator: "+") + " "
      + (turns.count == 1 ? sizes : "\(turns.count)x\(sizes)")
  }

  deinit {
    turns.free()
    shape.free()
    aPlaces.free()
    bPlaces.free()
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let a = a.pointer(bases, as: Real.self)
    let b = b.pointer(bases, as: Real.self)
    let y = y.pointer(bases)
    let first = EpilogueArguments(epilogue, bases, yRow: columns)
    for k in 0..<turns.count {
      let turn = turns.start + k
      let last = first.moved(
        rowBias: turn.pointee.rowBias, scale: turn.pointee.scale, size: Real.size)
      withUnsafePointer(to: last) {
        product(y, yRow, turn.pointee.row, a + turn.pointee.a, b + turn.pointee.b, shape.start, $0)
      }
    }
  }
}

/// One product: where its arrays begin, in elements, and its first row of the result.
private struct Turn {
  var a = 0
  var b = 0
  var row = 0
  var rowBias = 0
  var scale = 0
}
