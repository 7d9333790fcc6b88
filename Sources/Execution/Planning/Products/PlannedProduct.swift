/// A product of real numbers, placed, as a step to come.
struct PlannedProduct {
  let plan: DotPlan
  let left: Placement
  let right: Placement
  let y: Placement
  /// The right operand's memory where it is known.
  let constant: UnsafeRawPointer?
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

  var matrixBytes: Int { plan.n.dim * plan.k.dim * y.element.byteCount }

  func hasSameMatrix(as other: PlannedProduct) -> Bool {
    constant == other.constant && right.element == other.right.element
      && plan.n.dim == other.plan.n.dim && plan.k.dim == other.plan.k.dim
      && plan.n.strides[1] == other.plan.n.strides[1]
      && plan.k.strides[1] == other.plan.k.strides[1]
  }

  func hasTransposedMatrix(of other: PlannedProduct) -> Bool {
    constant == other.constant && right.element == other.right.element
      && plan.n.dim == other.plan.k.dim && plan.k.dim == other.plan.n.dim
      && plan.n.strides[1] == other.plan.k.strides[1]
      && plan.k.strides[1] == other.plan.n.strides[1]
  }
}
