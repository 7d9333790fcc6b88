import Graph
import Tensors

/// Products with one known matrix that share its memory.
extension Compiler {
  /// Lets products of one row with a matrix and with its transpose, those of a layer's value and of its
  /// cotangent, read the same memory.
  mutating func turnProducts() {
    for first in steps.indices {
      guard let one = steps[first].product, one.isWorthTurning else { continue }
      for second in steps.indices.dropFirst(first + 1) {
        guard let two = steps[second].product, two.isWorthTurning,
          two.hasTransposedMatrix(of: one)
        else { continue }
        turn(first, one, second, two, one.y.element.kernelReal)
        break
      }
    }
  }

  private mutating func turn<Real: KernelReal>(
    _ first: Int, _ one: PlannedProduct, _ second: Int, _ two: PlannedProduct, _ real: Real.Type
  ) {
    guard let constant = one.constant else { return }
    let matrix = PackedMatrix<Real>(constant, one.plan)
    steps[first] = one.step(scratchBytes: steps[first].scratchBytes) { addresses in
      DotKernel<Real>(one, addresses, matrix: matrix)
    }
    steps[second] = two.step { addresses in
      TurnedDotKernel<Real>(
        two.plan, a: addresses.operand(two.left), y: addresses.operand(two.y), matrix: matrix,
        epilogue: two.epilogue.map(addresses.operand))
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
        join(place, partner, first.y.element.kernelReal)
      }
      place += 1
    }
  }

  /// Moves what depends on the first product behind the second and joins the two, unless the second
  /// depends on more of the first than a slope that it scales with.
  private mutating func join<Real: KernelReal>(_ first: Int, _ second: Int, _ real: Real.Type) {
    guard let one = steps[first].product, let two = steps[second].product,
      let constant = one.constant
    else { return }
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
    let scale = two.epilogue.scale?.buffer
    let slope = one.epilogue.slope?.buffer
    let needed = Set(
      [two.left.buffer]
        + two.epilogue.reads.map(\.buffer).filter { $0 != scale || slope != scale })
    guard needed.isDisjoint(with: written),
      scale.map({ !written.contains($0) || $0 == slope }) ?? true
    else { return }
    let joined = Step(
      reads: steps[first].reads + steps[second].reads,
      writes: steps[first].writes + steps[second].writes,
      scratchBytes: JoinedDotKernel<Real>.scratchBytes(one.plan, two.plan)
    ) { addresses in
      func part(_ product: PlannedProduct) -> JoinedDotKernel<Real>.Part {
        JoinedDotKernel<Real>.Part(
          product.plan, a: addresses.operand(product.left), y: addresses.operand(product.y),
          epilogue: product.epilogue.map(addresses.operand))
      }
      return JoinedDotKernel<Real>(
        part(one), part(two), one.plan, scratch: addresses.scratch, constant: constant)
    }
    steps.replaceSubrange(first...second, with: kept + [joined] + delayed)
  }
}

extension PlannedProduct {
  /// Whether the matrix is too large to stay in the first-level cache from one product to the next, and the
  /// rows are too few to keep the multipliers busy while it is read.
  fileprivate var isWorthJoining: Bool { matrixBytes >= 24 << 10 && plan.m.dim <= 8 }

  /// Whether turning the matrix in registers is faster for one row than reading another copy: two copies of
  /// this size do not fit in the second-level cache, as one does, or hardly.
  fileprivate var isWorthTurning: Bool { matrixBytes >= 3 << 18 && plan.m.dim == 1 }
}
