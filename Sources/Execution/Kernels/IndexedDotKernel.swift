import CKernels
import Tensors

/// A labelled product whose terms are found by tables of places, see `IndexedPlan`.
final class IndexedDotKernel: Kernel {
  private let a: Operand
  private let b: Operand
  private let y: Operand
  private let isDouble: Bool
  private let columns: Int
  private let yRow: Int
  private let turns: PlainArray<Turn>
  private let aPlaces: PlainArray<Int32>
  private let bPlaces: PlainArray<Int32>
  private let shape: PlainArray<netjac_indexed>
  private let epilogue: Epilogue
  private let product64: netjac_product_indexed_f64?
  private let product32: netjac_product_indexed_f32?
  private let text: String

  /// One product: where its arrays begin, in elements, and its first row of the result.
  private struct Turn {
    var a = 0
    var b = 0
    var row = 0
    var rowBias = 0
    var scale = 0
  }

  override var name: String { text }

  /// Where the result's elements go: how far its rows, and the runs of a row, lie apart.
  struct Target {
    let row: Int
    let run: Int

    /// Fails where the plan's runs do not lie side by side in `y`, each without gaps.
    init?(_ plan: IndexedPlan, in y: Placement) {
      guard let runs = y.reshaped([plan.rows, plan.runs, plan.run]),
        runs.strides[2] == 1 || plan.run == 1
      else { return nil }
      row = runs.strides[0]
      run = runs.strides[1]
    }
  }

  /// `rowBiasSteps` and `scaleSteps` are how far these arrays of the epilogue move at each turn of
  /// the plan's outer loops.
  init(
    _ plan: IndexedPlan, a: Operand, b: Operand, y: Operand, _ target: Target, element: ElementType,
    epilogue: Epilogue, rowBiasSteps: [Int], scaleSteps: [Int]
  ) {
    self.a = a
    self.b = b
    self.y = y
    self.epilogue = epilogue
    isDouble = element == .float64
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
          if level < rowBiasSteps.count { turn.rowBias += index * rowBiasSteps[level] }
          if level < scaleSteps.count { turn.scale += index * scaleSteps[level] }
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
    product64 = netjac_find_product_indexed_f64()
    product32 = netjac_find_product_indexed_f32()
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

  override func run(_ bases: Bases) {
    if isDouble {
      run(bases, netjac_epilogue_f64.self) { product64?($0, $1, $2, $3, $4, $5, $6) }
    } else {
      run(bases, netjac_epilogue_f32.self) { product32?($0, $1, $2, $3, $4, $5, $6) }
    }
  }

  @inline(__always)
  private func run<Arguments: EpilogueArguments>(
    _ bases: Bases, _ type: Arguments.Type,
    _ product: (
      UnsafeMutablePointer<Arguments.Element>, Int64, Int64, UnsafePointer<Arguments.Element>,
      UnsafePointer<Arguments.Element>, UnsafePointer<netjac_indexed>, UnsafePointer<Arguments>
    ) -> Void
  ) {
    let a = a.pointer(bases, as: Arguments.Element.self)
    let b = b.pointer(bases, as: Arguments.Element.self)
    let y = y.pointer(bases, as: Arguments.Element.self)
    let first = Arguments(epilogue, bases, yRow: columns)
    var last = first
    for k in 0..<turns.count {
      let turn = turns.start + k
      if first.row_bias != nil { last.row_bias = first.row_bias + turn.pointee.rowBias }
      if first.scale != nil { last.scale = first.scale + turn.pointee.scale }
      product(
        y, Int64(yRow), Int64(turn.pointee.row), a + turn.pointee.a, b + turn.pointee.b,
        shape.start, &last)
    }
  }
}
