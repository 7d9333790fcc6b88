import Graph
import Tensors

extension Compiler {
  mutating func lower(_ dot: Dot, _ index: Int) throws {
    let node = program.nodes[index]
    guard node.type.element.isReal else {
      let (a, b) = (try placement(node.operands[0]), try placement(node.operands[1]))
      let y = newPlacement(for: index)
      let dims = dot.lengths(node.operands.map(program.type))
      let element = node.type.element
      steps.append(
        Step(reads: [a.buffer, b.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
          WholeDotKernel(
            dot, dims: dims, a: addresses.operand(a), a.strides, b: addresses.operand(b), b.strides,
            y: addresses.operand(y), element: element)
        })
      return
    }
    let (plan, a, b) = try planAndOperands(dot, index)
    try lower(plan, a, b, index)
  }

  mutating func lower(_ plan: DotPlan, _ a: Placement, _ b: Placement, _ index: Int) throws {
    let y = wantedPlacement(for: index, by: Writer(plan))
    try multiply(planned(plan, a, b, y))
  }

  /// A product's plan and its operands, one of which may have had to be copied: samples whose elements do not
  /// lie side by side are summed in the same order as one whose elements do.
  mutating func planAndOperands(
    _ dot: Dot, _ index: Int
  ) throws -> (plan: DotPlan, a: Placement, b: Placement) {
    let node = program.nodes[index]
    var (a, b) = (try placement(node.operands[0]), try placement(node.operands[1]))
    let plan = self.plan(dot, index, a, b)
    guard plan.k.strides[0] != 1, known(plan.isSwapped ? a : b) != nil,
      suitsRowDots(plan, node.type.element.kernelReal)
    else { return (plan, a, b) }
    if plan.isSwapped {
      b = copied(b, program.type(node.operands[1]))
    } else {
      a = copied(a, program.type(node.operands[0]))
    }
    return (self.plan(dot, index, a, b), a, b)
  }

  private func suitsRowDots<Real: KernelReal>(_ plan: DotPlan, _ real: Real.Type) -> Bool {
    !plan.isEitherWay && plan.indexed == nil && RowDotsKernel<Real>.suits(plan)
  }

  /// The better of the two ways round of a product.
  func plan(_ dot: Dot, _ index: Int, _ a: Placement, _ b: Placement) -> DotPlan {
    let node = program.nodes[index]
    let dims = dot.lengths(node.operands.map(program.type))
    let plans = [false, true].map { swapped in
      DotPlan(dot, dims: dims, a: a, b: b, y: node.type.shape.strides, swapped: swapped)
    }
    let knownA = known(a) != nil
    let knownB = known(b) != nil
    let indexed = plans.filter { $0.indexed != nil }
    if let longest = indexed.max(by: { ($0.indexed?.run ?? 0) < ($1.indexed?.run ?? 0) }) {
      return longest
    }
    // A known right operand can be packed once, and its columns do not depend on how many samples there are.
    if knownA != knownB {
      let preferred = knownB ? plans[0] : plans[1]
      if preferred.keepsRight { return preferred }
    }
    // Otherwise the larger product wins; a sum's order must not depend on which one it is.
    var larger = plans[1].score > plans[0].score ? plans[1] : plans[0]
    larger.isEitherWay = sumsAlike
    return larger
  }

  /// `a` and `b` are the operands as the program has them.
  func planned(
    _ plan: DotPlan, _ a: Placement, _ b: Placement, _ y: Placement,
    _ epilogue: Epilogue<Placement> = Epilogue(),
    _ epilogueSteps: IndexedPlan.EpilogueSteps = .init()
  ) -> PlannedProduct {
    let (left, right) = plan.isSwapped ? (b, a) : (a, b)
    return PlannedProduct(
      plan: plan, left: left, right: right, y: y, known: plan.isEitherWay ? nil : known(right),
      epilogue: epilogue, epilogueSteps: epilogueSteps)
  }

  /// Adds the step for a product of real numbers. The first kernel that fits takes it:
  ///
  /// | product | kernel | why |
  /// | --- | --- | --- |
  /// | terms by tables of places (`IndexedPlan`) | `IndexedDotKernel` | windows are read where they are |
  /// | known matrix of few columns, long rows | `RowDotsKernel` | vectors lie along the rows: columns would leave them empty |
  /// | known matrix, zeros known behind a relu | `ActiveDotKernel` | leaves the zeros out |
  /// | any other | `DotKernel` | packed panels; OpenBLAS for matrices beyond the second-level cache |
  ///
  /// Products of `DotKernel` with a known matrix may change hands once all steps are there, see `joinProducts`
  /// and `turnProducts`:
  ///
  /// | products | kernel | why |
  /// | --- | --- | --- |
  /// | two of few rows with one matrix | `JoinedDotKernel` | the matrix is read once |
  /// | one row with a large matrix, another with its transpose | `TurnedDotKernel` | one copy serves both |
  ///
  /// Whole numbers have `WholeDotKernel`, loop by loop.
  mutating func multiply(_ product: PlannedProduct) throws {
    let step = try step(for: product, product.y.element.kernelReal)
    steps.append(step)
  }

  private mutating func step<Real: KernelReal>(
    for product: PlannedProduct, _ real: Real.Type
  ) throws -> Step {
    try indexed(product, real) ?? rowDots(product, real) ?? active(product, real)
      ?? anyProduct(product, real)
  }

  private func indexed<Real: KernelReal>(
    _ product: PlannedProduct, _ real: Real.Type
  ) throws -> Step? {
    guard let plan = product.plan.indexed else { return nil }
    guard let target = IndexedPlan.Target(plan, in: product.y) else {
      throw NetJacError(
        .defect,
        "a product of \(plan.rows) rows of \(plan.columns) cannot be written to \(product.y)")
    }
    return product.step { addresses in
      IndexedDotKernel<Real>(
        plan, a: addresses.operand(product.left), b: addresses.operand(product.right),
        y: addresses.operand(product.y), target,
        epilogue: product.epilogue.map(addresses.operand), steps: product.epilogueSteps)
    }
  }

  private mutating func active<Real: KernelReal>(
    _ product: PlannedProduct, _ real: Real.Type
  ) -> Step? {
    let (plan, last) = (product.plan, product.epilogue)
    let (rows, n, k) = (plan.m.dim, plan.n.dim, plan.k.dim)
    guard let known = product.known, plan.isSingle, !plan.prefersBLAS, rows > 0,
      n * k >= 1 << 12, n * k < 1 << 31, plan.k.strides[0] == 1,
      rows == 1 || plan.m.strides[0] == k
    else { return nil }
    let terms = signMasks.mask(of: product.left, rows: rows, columns: k)
    var columns: SignMasks.Mask?
    if let scale = last.scale, last.isScaleOnly, signMasks.slopes.contains(scale.buffer) {
      columns = .init(
        placement: scale, row: last.scaleRow, rowsPerGroup: min(last.rowsPerScale, rows))
    }
    guard let group = terms.map({ min($0.rowsPerGroup, rows) }) ?? columns?.rowsPerGroup,
      columns.map({ $0.rowsPerGroup == group }) ?? true, rows % group == 0,
      group >= 8 || rows == 1, isKnownFinite(product.right),
      last.scale == nil || group % last.rowsPerScale == 0 || last.rowsPerScale % group == 0
    else { return nil }
    return product.step(
      alsoReads: [terms?.placement.buffer].compactMap(\.self),
      scratchBytes: ActiveDotKernel<Real>.scratchBytes(plan, rows: group)
    ) { addresses in
      func mask(_ mask: SignMasks.Mask?) -> ActiveDotKernel<Real>.Mask? {
        mask.map { .init(operand: addresses.operand($0.placement), row: $0.row) }
      }
      return ActiveDotKernel<Real>(
        plan, rows: group, a: addresses.operand(product.left), y: addresses.operand(product.y),
        scratch: addresses.scratch, known: known, terms: mask(terms),
        columns: mask(columns), epilogue: last.map(addresses.operand))
    }
  }

  private func rowDots<Real: KernelReal>(_ product: PlannedProduct, _ real: Real.Type) -> Step? {
    let plan = product.plan
    guard let known = product.known, suitsRowDots(plan, real), plan.k.strides[0] == 1,
      !plan.prefersBLAS
    else { return nil }
    return product.step { addresses in
      RowDotsKernel<Real>(
        plan, a: addresses.operand(product.left), y: addresses.operand(product.y),
        known: known, epilogue: product.epilogue.map(addresses.operand))
    }
  }

  private func anyProduct<Real: KernelReal>(
    _ product: PlannedProduct, _ real: Real.Type
  ) -> Step {
    let plan = product.plan
    let isKnown = product.known != nil
    var step = product.step(
      scratchBytes: DotKernel<Real>.scratchBytes(plan, isKnown: isKnown)
    ) { addresses in DotKernel<Real>(product, addresses) }
    if isKnown, plan.isSingle, plan.packsOnce, plan.k.strides[0] == 1 { step.product = product }
    return step
  }
}

extension DotKernel {
  convenience init(
    _ product: PlannedProduct, _ addresses: Compiler.Addresses
  ) {
    let known = product.plan.packsOnce ? product.known : nil
    self.init(
      product.plan, a: addresses.operand(product.left),
      b: known == nil ? addresses.operand(product.right) : addresses.scratch,
      y: addresses.operand(product.y), scratch: addresses.scratch, known: known,
      epilogue: product.epilogue.map(addresses.operand))
  }
}
