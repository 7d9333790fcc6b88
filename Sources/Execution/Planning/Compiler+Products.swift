import CKernels
import Graph
import Tensors

extension Compiler {
  mutating func lower(_ dot: Dot, _ index: Int) throws {
    let node = program.nodes[index]
    let (a, b) = (try placement(node.operands[0]), try placement(node.operands[1]))
    guard node.type.element.isReal else {
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
    let plan = self.plan(dot, index, a, b)
    let y = placement(of: index, from: plan)
    try multiply(plan, a, b, y, EpiloguePlacements())
  }

  /// Where the result of a product and the nodes that it absorbed goes.
  mutating func placement(
    of index: Int, from plan: DotPlan, absorbed: Set<Int> = []
  ) -> Placement {
    func canWrite(_ part: Placement) -> Bool {
      plan.indexed.map { IndexedDotKernel.Target($0, in: part) != nil } ?? part.isContiguous
    }
    guard
      let part = partOfConcatenation(index, absorbed: absorbed, where: canWrite)
        ?? partOfPadding(index, absorbed: absorbed, where: canWrite)
    else { return newPlacement(for: index) }
    placements[index] = part
    return part
  }

  /// The better of the two ways round of a product.
  func plan(_ dot: Dot, _ index: Int, _ a: Placement, _ b: Placement) -> DotPlan {
    let node = program.nodes[index]
    let dims = dot.lengths(node.operands.map(program.type))
    let plans = [false, true].map { swapped in
      DotPlan(dot, dims: dims, a: a, b: b, y: node.type.shape.strides, swapped: swapped)
    }
    // A known right operand can be packed once; otherwise the larger product wins.
    let knownA = constantMemory(a) != nil
    let knownB = constantMemory(b) != nil
    let indexed = plans.filter { $0.indexed != nil }
    if let longest = indexed.max(by: { ($0.indexed?.run ?? 0) < ($1.indexed?.run ?? 0) }) {
      return longest
    }
    if knownA != knownB, plans[0].score.0 == plans[1].score.0 {
      let preferred = knownB ? plans[0] : plans[1]
      // Few columns of a known operand are better the rows. Not so where the rows are samples: a sum's
      // order must not depend on how many of them there are.
      let mayBeSamples = preferred.isSingle && preferred.k.strides[0] == 1
      if mayBeSamples || preferred.n.dim >= 4 || preferred.n.dim >= preferred.m.dim {
        return preferred
      }
    }
    return plans[1].score > plans[0].score ? plans[1] : plans[0]
  }

  /// The arrays that an epilogue reads and writes.
  struct EpiloguePlacements {
    var bias: Placement?
    var addend: (placement: Placement, row: Int)?
    var activation = NETJAC_ACTIVATION_NONE
    var slope: Placement?
    var unscaled: Placement?
    var rowBias: (placement: Placement, steps: [Int])?
    var scale: (placement: Placement, row: Int, rowsPerScale: Int)?
    var scaleSteps: [Int] = []

    var reads: [Int] {
      [bias, rowBias?.placement, addend?.placement, scale?.placement].compactMap { $0?.buffer }
    }
    var writes: [Int] { [slope, unscaled].compactMap { $0?.buffer } }

    func epilogue(_ addresses: Addresses) -> Epilogue {
      var epilogue = Epilogue()
      epilogue.bias = bias.map(addresses.operand)
      epilogue.rowBias = (rowBias?.placement).map(addresses.operand)
      epilogue.addend = (addend?.placement).map(addresses.operand)
      epilogue.addendRow = addend?.row ?? 0
      epilogue.activation = activation
      epilogue.slope = slope.map(addresses.operand)
      epilogue.unscaled = unscaled.map(addresses.operand)
      epilogue.scale = (scale?.placement).map(addresses.operand)
      epilogue.scaleRow = scale?.row ?? 0
      epilogue.rowsPerScale = scale?.rowsPerScale ?? 1
      return epilogue
    }

    /// Whether nothing but the scale is to be done.
    var isScaleOnly: Bool {
      bias == nil && rowBias == nil && addend == nil && activation == NETJAC_ACTIVATION_NONE
        && slope == nil && unscaled == nil
    }
  }

  mutating func multiply(
    _ plan: DotPlan, _ a: Placement, _ b: Placement, _ y: Placement, _ last: EpiloguePlacements
  ) throws {
    let (left, right) = plan.isSwapped ? (b, a) : (a, b)
    if let indexed = plan.indexed {
      return try multiplyIndexed(indexed, left, right, y, last)
    }
    let constant = constantMemory(right)
    if let constant, multiplyActive(plan, left, right, constant, y, last) { return }
    if let constant, RowDotsKernel.suits(plan, y.element), !DotKernel.prefersBLAS(plan) {
      steps.append(
        Step(
          reads: [left.buffer] + last.reads, writes: [y.buffer] + last.writes, scratchBytes: 0
        ) { addresses in
          RowDotsKernel(
            plan, a: addresses.operand(left), y: addresses.operand(y), element: y.element,
            constant: constant, epilogue: last.epilogue(addresses))
        })
      return
    }
    var product: PlannedProduct?
    if let constant, plan.isSingle, DotKernel.packsOnce(plan), plan.k.strides[0] == 1 {
      product = PlannedProduct(
        plan: plan, left: left, right: right, y: y, constant: constant, epilogue: last)
    }
    steps.append(
      Step(
        reads: [a.buffer, b.buffer] + last.reads, writes: [y.buffer] + last.writes,
        scratchBytes: DotKernel.scratchBytes(plan, y.element, isKnown: constant != nil),
        product: product
      ) { addresses in
        DotKernel(
          plan, a: addresses.operand(left), b: addresses.operand(right), y: addresses.operand(y),
          scratch: addresses.scratch, element: y.element, constant: constant,
          epilogue: last.epilogue(addresses))
      })
  }

  private mutating func multiplyIndexed(
    _ plan: IndexedPlan, _ left: Placement, _ right: Placement, _ y: Placement,
    _ last: EpiloguePlacements
  ) throws {
    guard let target = IndexedDotKernel.Target(plan, in: y) else {
      throw NetJacError(
        .defect, "a product of \(plan.rows) rows of \(plan.columns) cannot be written to \(y)")
    }
    steps.append(
      Step(
        reads: [left.buffer, right.buffer] + last.reads, writes: [y.buffer] + last.writes,
        scratchBytes: 0
      ) { addresses in
        IndexedDotKernel(
          plan, a: addresses.operand(left), b: addresses.operand(right),
          y: addresses.operand(y), target, element: y.element,
          epilogue: last.epilogue(addresses), rowBiasSteps: last.rowBias?.steps ?? [],
          scaleSteps: last.scaleSteps)
      })
  }

  /// A product with a known matrix that leaves out what a relu has made zero; false where nothing is
  /// known to be zero, or the product is too small to gain.
  private mutating func multiplyActive(
    _ plan: DotPlan, _ left: Placement, _ right: Placement, _ constant: UnsafeRawPointer,
    _ y: Placement, _ last: EpiloguePlacements
  ) -> Bool {
    let (rows, n, k) = (plan.m.dim, plan.n.dim, plan.k.dim)
    guard plan.isSingle, !DotKernel.prefersBLAS(plan), rows > 0, n * k >= 1 << 12,
      n * k < 1 << 31, plan.k.strides[0] == 1, rows == 1 || plan.m.strides[0] == k
    else { return false }
    let terms = activity.mask(of: left, rows: rows, columns: k)
    var columns: Activity.Mask?
    if let scale = last.scale, last.isScaleOnly, activity.slopes.contains(scale.placement.buffer) {
      columns = .init(
        placement: scale.placement, row: scale.row, rowsPerGroup: min(scale.rowsPerScale, rows))
    }
    guard let group = terms.map({ min($0.rowsPerGroup, rows) }) ?? columns?.rowsPerGroup,
      columns.map({ $0.rowsPerGroup == group }) ?? true, rows % group == 0,
      group >= 8 || rows == 1, isKnownFinite(right),
      last.scale.map({ group % $0.rowsPerScale == 0 || $0.rowsPerScale % group == 0 }) ?? true
    else { return false }
    steps.append(
      Step(
        reads: [left.buffer] + [terms?.placement.buffer].compactMap { $0 } + last.reads,
        writes: [y.buffer] + last.writes,
        scratchBytes: ActiveDotKernel.scratchBytes(plan, rows: group, y.element)
      ) { addresses in
        func mask(_ mask: Activity.Mask?) -> ActiveDotKernel.Mask? {
          mask.map { .init(operand: addresses.operand($0.placement), row: $0.row) }
        }
        return ActiveDotKernel(
          plan, rows: group, a: addresses.operand(left), y: addresses.operand(y),
          scratch: addresses.scratch, element: y.element, constant: constant, terms: mask(terms),
          columns: mask(columns), epilogue: last.epilogue(addresses))
      })
    return true
  }
}
