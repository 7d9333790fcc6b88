import Graph
import Tensors

/// A product with a known matrix as a step to come.
struct PlannedProduct {
  let plan: DotPlan
  let left: Placement
  let right: Placement
  let y: Placement
  let constant: UnsafeRawPointer
  let epilogue: Compiler.EpiloguePlacements

  /// Matrices below this many bytes stay in the first-level cache from one product to the next.
  private static let leastBytes = 24 << 10
  /// More rows than this keep the multipliers busy while the matrix is read.
  private static let mostRows = 8

  var isWorthJoining: Bool {
    plan.n.dim * plan.k.dim * y.element.byteCount >= PlannedProduct.leastBytes
      && plan.m.dim <= PlannedProduct.mostRows
  }

  func hasSameMatrix(as other: PlannedProduct) -> Bool {
    constant == other.constant && right.element == other.right.element
      && plan.n.dim == other.plan.n.dim && plan.k.dim == other.plan.k.dim
      && plan.n.strides[1] == other.plan.n.strides[1]
      && plan.k.strides[1] == other.plan.k.strides[1]
  }
}

extension PlannedProduct {
  /// Two copies of a matrix of this size do not fit in the second-level cache, as one does, or hardly.
  private static let leastTurnedBytes = 3 << 18

  /// Whether this product of one row has the transpose of the other's matrix, which is large enough for
  /// turning it in registers to be faster than reading another copy.
  fileprivate func hasTransposedMatrix(of other: PlannedProduct) -> Bool {
    constant == other.constant && right.element == other.right.element
      && plan.m.dim == 1 && other.plan.m.dim == 1
      && plan.n.dim == other.plan.k.dim && plan.k.dim == other.plan.n.dim
      && plan.n.strides[1] == other.plan.k.strides[1]
      && plan.k.strides[1] == other.plan.n.strides[1]
      && plan.n.dim * plan.k.dim * y.element.byteCount >= PlannedProduct.leastTurnedBytes
  }
}

extension Compiler {
  /// Lets products of one row with a matrix and with its transpose, those of a layer's value and of its
  /// cotangent, read the same memory.
  mutating func turnProducts() {
    for first in steps.indices {
      guard let one = steps[first].product else { continue }
      for second in steps.indices.dropFirst(first + 1) {
        guard let two = steps[second].product, two.hasTransposedMatrix(of: one) else { continue }
        turn(first, one, second, two)
        break
      }
    }
  }

  private mutating func turn(
    _ first: Int, _ one: PlannedProduct, _ second: Int, _ two: PlannedProduct
  ) {
    let isDouble = one.y.element == .float64
    let matrix = PackedMatrix(one.constant, one.plan, isDouble: isDouble)
    steps[first] = Step(
      reads: steps[first].reads, writes: steps[first].writes,
      scratchBytes: steps[first].scratchBytes
    ) { addresses in
      DotKernel(
        one.plan, a: addresses.operand(one.left), b: addresses.operand(one.right),
        y: addresses.operand(one.y), scratch: addresses.scratch, element: one.y.element,
        constant: one.constant, matrix: matrix, epilogue: one.epilogue.epilogue(addresses))
    }
    steps[second] = Step(
      reads: steps[second].reads, writes: steps[second].writes, scratchBytes: 0
    ) { addresses in
      TurnedDotKernel(
        two.plan, a: addresses.operand(two.left), y: addresses.operand(two.y),
        element: two.y.element, matrix: matrix, epilogue: two.epilogue.epilogue(addresses))
    }
  }

  /// Joins products of few rows with the same matrix, as those of a layer's value and its tangents,
  /// so that the matrix is read once.
  mutating func joinProducts() {
    var place = 0
    while place < steps.count {
      if let first = steps[place].product, first.isWorthJoining,
        let partner = steps.indices.dropFirst(place + 1).first(where: { later in
          guard let second = steps[later].product else { return false }
          return second.isWorthJoining && second.hasSameMatrix(as: first)
        })
      {
        join(place, partner)
      }
      place += 1
    }
  }

  /// Moves what depends on the first product behind the second and joins the two, unless the second
  /// depends on more of the first than a slope that it scales with.
  private mutating func join(_ first: Int, _ second: Int) {
    guard let one = steps[first].product, let two = steps[second].product else { return }
    var written = Set(steps[first].writes)
    var delayed: [Step] = []
    var kept: [Step] = []
    for step in steps[(first + 1)..<second] {
      if step.reads.contains(where: written.contains)
        || step.writes.contains(where: written.contains)
        || !Set(step.writes).isDisjoint(with: steps[first].reads)
      {
        written.formUnion(step.writes)
        delayed.append(step)
      } else {
        kept.append(step)
      }
    }
    // What stays before the pair must not need, nor overwrite, what has been moved behind it.
    let delayedReads = Set(delayed.flatMap(\.reads))
    guard kept.allSatisfy({ Set($0.writes).isDisjoint(with: delayedReads) }),
      Set(steps[second].writes).isDisjoint(with: delayedReads.union(written))
    else { return }
    let scale = two.epilogue.scale?.placement.buffer
    let slope = one.epilogue.slope?.buffer
    let needed = Set(
      [two.left.buffer] + two.epilogue.reads.filter { $0 != scale || slope != scale })
    guard needed.isDisjoint(with: written),
      scale.map({ !written.contains($0) || $0 == slope }) ?? true
    else { return }
    let joined = Step(
      reads: steps[first].reads + steps[second].reads,
      writes: steps[first].writes + steps[second].writes,
      scratchBytes: JoinedDotKernel.scratchBytes(one.plan, two.plan, one.y.element)
    ) { addresses in
      func part(_ product: PlannedProduct) -> JoinedDotKernel.Part {
        JoinedDotKernel.Part(
          product.plan, a: addresses.operand(product.left), y: addresses.operand(product.y),
          epilogue: product.epilogue.epilogue(addresses))
      }
      return JoinedDotKernel(
        part(one), part(two), one.plan, scratch: addresses.scratch, element: one.y.element,
        constant: one.constant)
    }
    steps.replaceSubrange(first...second, with: kept + [joined] + delayed)
  }
}
