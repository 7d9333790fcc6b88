import Tensors

/// Joins products of few rows with the same matrix, each with the next one, where what lies between
/// allows it.
///
/// Steps stay where they were made; their order is a list of numbers, so moving them costs little.
struct ProductJoining {
  private var steps: [Compiler.Step]
  /// The steps in order; nil where one has gone.
  private var order: [Int?]
  /// Where each step stands in the order.
  private var places: [Int]
  private var byMatrix = StepsByMatrix()
  private let written: Marks
  private let delayedReads: Marks

  /// The steps with their products joined, and so for what each of them guards.
  static func joined(
    _ steps: [Compiler.Step], _ written: Marks, _ delayedReads: Marks
  ) -> [Compiler.Step] {
    var joining = ProductJoining(steps, written, delayedReads)
    joining.join()
    return joining.order.compactMap { place in
      guard let place else { return nil }
      var step = joining.steps[place]
      if !step.guarded.isEmpty { step.guarded = joined(step.guarded, written, delayedReads) }
      return step
    }
  }

  private init(_ steps: [Compiler.Step], _ written: Marks, _ delayedReads: Marks) {
    self.steps = steps
    self.written = written
    self.delayedReads = delayedReads
    order = steps.indices.map { $0 }
    places = Array(steps.indices)
    for (index, step) in steps.enumerated() {
      if let product = step.product, product.isWorthJoining {
        byMatrix.append(index, product.matrix)
      }
    }
  }

  private mutating func join() {
    for place in order.indices {
      guard let first = order[place], let product = steps[first].product, product.isWorthJoining,
        let second = byMatrix.first(
          product.matrix, where: { places[$0] > place && steps[$0].product != nil }),
        places[second] - place <= ProductJoining.farthest
      else { continue }
      join(first, second)
    }
  }

  /// What lies between two products is looked at for each pair.
  private static let farthest = 4096

  /// Moves what depends on the first product behind the second and joins the two, unless the second
  /// depends on more of the first than a slope that it scales with.
  private mutating func join(_ first: Int, _ second: Int) {
    guard let one = steps[first].product, let two = steps[second].product,
      let known = one.known
    else { return }
    let (start, end) = (places[first], places[second])
    written.clear()
    delayedReads.clear()
    written.add(steps[first].writes)
    var delayed: [Int] = []
    var kept: [Int] = []
    for case let index? in order[start + 1..<end] {
      let step = steps[index]
      if written.containsAny(of: step.reads) || written.containsAny(of: step.writes)
        || step.writes.contains(where: steps[first].reads.contains)
      {
        written.add(step.writes)
        delayedReads.add(step.reads)
        delayed.append(index)
      } else {
        kept.append(index)
      }
    }
    // What stays before the pair must not need, nor overwrite, what has been moved behind it.
    guard !kept.contains(where: { delayedReads.containsAny(of: steps[$0].writes) }),
      !delayedReads.containsAny(of: steps[second].writes),
      !written.containsAny(of: steps[second].writes)
    else { return }
    let scale = two.epilogue.scale?.buffer
    let slope = one.epilogue.slope?.buffer
    let reads = two.epilogue.reads.map(\.buffer)
    let needed = [two.left.buffer] + reads.filter { $0 != scale || slope != scale }
    guard !written.containsAny(of: needed),
      scale.map({ !written.contains($0) || $0 == slope }) ?? true
    else { return }
    steps[first] = ProductJoining.step(
      of: steps[first], one, steps[second], two, known, one.y.element.kernelReal)
    put(kept + [first] + delayed, from: start, to: end)
  }

  /// Puts steps into their new order; the last place stays empty.
  private mutating func put(_ moved: [Int], from start: Int, to end: Int) {
    order[end] = nil
    var blocks: [PlannedProduct.Matrix: [Int]] = [:]
    var place = start
    for index in moved {
      order[place] = index
      places[index] = place
      place += 1
      if let product = steps[index].product, product.isWorthJoining {
        blocks[product.matrix, default: []].append(index)
      }
    }
    // Some of the range's places may have been empty before.
    while place < end {
      order[place] = nil
      place += 1
    }
    for (matrix, block) in blocks { byMatrix.reorder(block, matrix) }
  }

  private static func step<Real: KernelReal>(
    of first: Compiler.Step, _ one: PlannedProduct, _ second: Compiler.Step, _ two: PlannedProduct,
    _ known: KnownMatrix, _ real: Real.Type
  ) -> Compiler.Step {
    Compiler.Step(
      reads: first.reads + second.reads, writes: first.writes + second.writes,
      scratchBytes: JoinedDotKernel<Real>.scratchBytes(one.plan, two.plan)
    ) { addresses in
      func part(_ product: PlannedProduct) -> JoinedDotKernel<Real>.Part {
        JoinedDotKernel<Real>.Part(
          product.plan, a: addresses.operand(product.left), y: addresses.operand(product.y),
          epilogue: product.epilogue.map(addresses.operand))
      }
      return JoinedDotKernel<Real>(
        part(one), part(two), one.plan, scratch: addresses.scratch, known: known)
    }
  }
}

/// A set of buffers that is cleared at once. An object, since making one takes as long as there are buffers and
/// all lists of steps use the same.
final class Marks {
  private var marks: [Int]
  private var mark = 1

  init(count: Int) { marks = [Int](repeating: 0, count: count) }

  func clear() { mark += 1 }
  func add(_ buffers: [Int]) { for buffer in buffers { marks[buffer] = mark } }
  func contains(_ buffer: Int) -> Bool { marks[buffer] == mark }
  func containsAny(of buffers: [Int]) -> Bool { buffers.contains { marks[$0] == mark } }
}
