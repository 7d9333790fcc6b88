import Tensors

/// A product of real numbers, placed, as a step to come.
struct PlannedProduct {
  let plan: DotPlan
  let left: Placement
  let right: Placement
  let y: Placement
  /// The right operand where it is known and its columns, not sizes, made it the right one.
  let known: KnownMatrix?
  let epilogue: Epilogue<Placement>
  let epilogueSteps: IndexedPlan.EpilogueSteps

  func step(
    alsoReads: [Int] = [], scratchBytes: Int = 0,
    make: @escaping (Compiler.Addresses) -> Kernel
  ) -> Compiler.Step {
    Compiler.Step(
      reads: [left.buffer, right.buffer] + alsoReads + epilogue.reads.map(\.buffer),
      writes: [y.buffer] + epilogue.writes.map(\.buffer), scratchBytes: scratchBytes, make: make)
  }

  /// What two products have in common that read the same matrix the same way.
  struct Matrix: Hashable {
    let known: KnownMatrix?
    let element: ElementType
    let columns: Int
    let terms: Int
    let columnStride: Int
    let termStride: Int

    var transposed: Matrix {
      Matrix(
        known: known, element: element, columns: terms, terms: columns,
        columnStride: termStride, termStride: columnStride)
    }
  }

  var matrix: Matrix {
    Matrix(
      known: known, element: right.element, columns: plan.n.dim, terms: plan.k.dim,
      columnStride: plan.n.strides[1], termStride: plan.k.strides[1])
  }

  private var matrixBytes: Int { plan.n.dim * plan.k.dim * y.element.byteCount }

  /// Whether the matrix is too large to stay in the first-level cache from one product to the next, and the
  /// rows are too few to keep the multipliers busy while it is read.
  var isWorthJoining: Bool { matrixBytes >= 24 << 10 && plan.m.dim <= 8 }

  /// Whether turning the matrix in registers is faster for one row than reading another copy: two copies of
  /// this size do not fit in the second-level cache, as one does, or hardly.
  var isWorthTurning: Bool { matrixBytes >= 3 << 18 && plan.m.dim == 1 }
}
