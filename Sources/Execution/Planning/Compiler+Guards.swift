import Graph

/// Parts that are skipped where no sample needs them.
extension Guards {
  /// The parts of a program of which some nodes are to be computed.
  init(_ program: Program, isNeeded: [Bool], samples: Int) {
    self.init(
      program.nodes, from: 0, where: { isNeeded[$0] }, outputs: program.outputs,
      samples: samples)
  }
}

extension Compiler {
  /// Makes the steps of a part, and one before them that looks whether they are needed.
  mutating func lowerGuarded(_ part: Guards.Part, _ items: [Schedule.Item]) throws {
    let condition = try placement(part.condition)
    var guarded: [Step] = []
    swap(&guarded, &steps)
    try lower(items)
    swap(&guarded, &steps)
    guard !guarded.isEmpty else { return }
    var step = Step(
      reads: [condition.buffer] + guarded.flatMap(\.reads), writes: guarded.flatMap(\.writes),
      scratchBytes: 0
    ) { addresses in
      GuardKernel(
        condition: addresses.operand(condition), count: condition.count,
        stride: condition.collapsedAxes([condition.strides]).first?.strides[0] ?? 0,
        isTrue: part.isTrue)
    }
    step.guarded = guarded
    steps.append(step)
  }

  /// Puts all steps into one list: those that a step guards behind it.
  mutating func layOutGuarded() {
    guard steps.contains(where: { !$0.guarded.isEmpty }) else { return }
    var list: [Step] = []
    func append(_ steps: [Step]) {
      for var step in steps {
        let place = list.count
        list.append(step)
        guard !step.guarded.isEmpty else { continue }
        append(step.guarded)
        // The conditions are what it reads itself.
        step = Step(reads: [step.reads[0]], writes: [], scratchBytes: 0, make: step.make)
        step.guardedCount = list.count - place - 1
        list[place] = step
      }
    }
    append(steps)
    steps = list
  }

  /// The kernels of some steps, each with those that it guards.
  func kernels(_ steps: ArraySlice<Step>, _ addresses: Addresses) -> [Kernel] {
    var kernels: [Kernel] = []
    var place = steps.startIndex
    while place < steps.endIndex {
      let step = steps[place]
      let kernel = step.make(addresses)
      let end = place + 1 + step.guardedCount
      (kernel as? GuardKernel)?.take(self.kernels(steps[place + 1..<end], addresses))
      kernels.append(kernel)
      place = end
    }
    return kernels
  }
}
