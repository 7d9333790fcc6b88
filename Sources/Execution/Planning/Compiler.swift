import Graph
import Tensors

/// Turns a program into an executable: decides order, fusion, memory and kernels.
struct Compiler {
  let program: Program
  var buffers: [Buffer] = []
  /// The nodes that use each node's value.
  let users: [[Int]]
  /// How the operands of concatenations stand in their results, by node.
  let joinedParts: [Int: JoinedParts]
  /// The nodes whose values must be there for others than their users: outputs, conditions of guarded parts.
  private(set) var isKept: [Bool]
  /// Where each node's value is, once it is known.
  var placements: [Placement?]
  var steps: [Step] = []
  var constants: [ConstantMemory] = []
  /// Those of them that no other executable reads.
  private var ownConstants: [ConstantMemory] = []
  private let budget: MemoryBudget
  /// See `Executable.compile`.
  let sumsAlike: Bool
  /// How many samples there are; nil where all parts are computed, whether needed or not.
  let samples: Int?
  var signMasks = SignMasks()
  var destinations = Destinations()

  /// An array that a step writes or reads.
  struct Buffer {
    enum Place {
      case arena
      case constant(Int)
      case input(Int)
      case output(Int)
    }
    let place: Place
    let bytes: Int
  }

  /// One kernel to come: what it touches, and how to make it once addresses are known.
  struct Step {
    let reads: [Int]
    let writes: [Int]
    let scratchBytes: Int
    /// A product with a known matrix, which may be joined with another.
    var product: PlannedProduct?
    /// The steps that are skipped where this one finds that no sample needs them.
    var guarded: [Step] = []
    /// How many of the steps behind this one it guards, once all stand in one list.
    var guardedCount = 0
    let make: (Addresses) -> Kernel

    init(
      reads: [Int], writes: [Int], scratchBytes: Int, product: PlannedProduct? = nil,
      make: @escaping (Addresses) -> Kernel
    ) {
      self.reads = reads
      self.writes = writes
      self.scratchBytes = scratchBytes
      self.product = product
      self.make = make
    }
  }

  /// Turns buffers into operands of kernels.
  struct Addresses {
    let offsets: [Int: Int]
    let bases: [Int]
    let read = ReadBases()

    /// Where a kernel finds an array when it runs. One that packs a constant does not ask: the plain form
    /// is kept for those that do.
    func operand(_ placement: Placement) -> Operand {
      read.bases.insert(bases[placement.buffer])
      return Operand(
        base: bases[placement.buffer],
        offset: (offsets[placement.buffer] ?? 0)
          + placement.offset * placement.element.byteCount)
    }

    let scratch = Operand(base: Executable.scratchBase, offset: 0)
  }

  /// The base addresses that kernels use.
  final class ReadBases {
    var bases: Set<Int> = []
  }

  static func compile(
    _ program: Program, within budget: MemoryBudget, sumsAlike: Bool, samples: Int?
  ) throws -> Executable {
    var compiler = Compiler(program, budget, sumsAlike: sumsAlike, samples: samples)
    return try compiler.compiled(foldsConstants: true)
  }

  private init(
    _ program: Program, _ budget: MemoryBudget, sumsAlike: Bool, samples: Int?
  ) {
    self.program = program
    self.budget = budget
    self.sumsAlike = sumsAlike
    self.samples = samples
    placements = [Placement?](repeating: nil, count: program.nodes.count)
    users = program.users
    joinedParts = JoinedParts.all(program)
    isKept = [Bool](repeating: false, count: program.nodes.count)
    for output in program.outputs { isKept[output.index] = true }
  }

  mutating func compiled(foldsConstants: Bool) throws -> Executable {
    for (position, input) in program.inputs.enumerated() {
      let type = program.type(input)
      placements[input.index] = Placement(
        buffer: addBuffer(.input(position), type.byteCount), type)
    }
    for (index, node) in program.nodes.enumerated() {
      if let constant = node.primitive as? Constant {
        placements[index] = place(constant.tensor)
      }
    }
    if foldsConstants { try foldConstants() }

    let isNeeded = isNeeded()
    let guards =
      samples.map { Guards(program, isNeeded: isNeeded, samples: $0) } ?? Guards(none: program)
    for part in guards.parts.dropFirst() { isKept[part.condition.index] = true }
    let schedule = Schedule(program, isDone: isNeeded.map { !$0 }, guards)
    claimOutputs(computed: schedule)
    try lower(schedule.items)
    try copyOutputs()
    joinProducts()
    layOutGuarded()
    turnProducts()
    return finished()
  }

  mutating func lower(_ items: [Schedule.Item]) throws {
    for item in items {
      switch item {
      case .view(let index): try lowerView(index)
      case .group(let members): try lowerGroup(members)
      case .single(let index): try lowerSingle(index)
      case .productAndGroup(let product, let views, let members):
        try lowerProductAndGroup(product, views: views, members)
      case .guarded(let part, let items): try lowerGuarded(part, items)
      }
    }
  }

  /// The nodes that are yet to be computed for the outputs: not those that only known values used.
  private func isNeeded() -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: program.nodes.count)
    var pending = program.outputs.map(\.index)
    while let index = pending.popLast() {
      guard placements[index] == nil, !isNeeded[index] else { continue }
      isNeeded[index] = true
      pending.append(contentsOf: program.nodes[index].operands.map(\.index))
    }
    return isNeeded
  }

  // MARK: - Uses

  /// The only use of a value: the node, and the reshape of the value that it reads.
  struct Use {
    let user: Int
    let operand: Int
  }

  /// The only node that uses a value, if need be through reshapes; some users may be left out of account.
  func onlyUse(_ index: Int, besides ignored: Set<Int> = []) -> Use? {
    var index = index
    while true {
      let users = users[index].filter { !ignored.contains($0) }
      guard !isKept[index], users.count == 1, let user = users.first else { return nil }
      guard program.nodes[user].isA(Reshape.self) else { return Use(user: user, operand: index) }
      index = user
    }
  }

  // MARK: - Buffers

  mutating func addBuffer(_ place: Buffer.Place, _ bytes: Int) -> Int {
    buffers.append(Buffer(place: place, bytes: bytes))
    return buffers.count - 1
  }

  mutating func place(_ tensor: Tensor) -> Placement {
    if let known = budget.constants.memory(of: tensor) {
      constants.append(known)
    } else {
      constants.append(ConstantMemory(tensor))
      ownConstants.append(constants[constants.count - 1])
    }
    let buffer = addBuffer(.constant(constants.count - 1), constants[constants.count - 1].byteCount)
    // A fill is one element, repeated.
    if tensor.count > 0, tensor.fill != nil {
      return Placement(
        buffer: buffer, offset: 0, dims: tensor.type.dims, strides: tensor.type.dims.map { _ in 0 },
        element: tensor.type.element)
    }
    return Placement(buffer: buffer, tensor.type)
  }

  func placement(_ value: Value) throws -> Placement {
    guard let placement = placements[value.index] else {
      throw NetJacError(.defect, "value \(value.index) is used before it is computed")
    }
    return placement
  }

  /// The value's elements side by side, copied together if they are not.
  mutating func contiguous(_ value: Value) throws -> Placement {
    let source = try placement(value)
    if source.isContiguous { return source }
    return copied(source, program.type(value))
  }

  mutating func copied(_ source: Placement, _ type: TensorType) -> Placement {
    let target = Placement(buffer: addBuffer(.arena, type.byteCount), type)
    copy(source, to: target)
    return target
  }

  mutating func copy(_ source: Placement, to target: Placement) {
    steps.append(
      Step(reads: [source.buffer], writes: [target.buffer], scratchBytes: 0) { addresses in
        CopyKernel(
          from: addresses.operand(source), source.strides, to: addresses.operand(target),
          target.strides, dims: target.dims, elementSize: target.element.byteCount)
      })
  }

  // MARK: - Constants

  /// Computes, once and with the same kernels, what depends on constants alone.
  mutating func foldConstants() throws {
    var isKnown = [Bool](repeating: false, count: program.nodes.count)
    let isInput = Set(program.inputs.map(\.index))
    var needed: [Value] = []
    for (index, node) in program.nodes.enumerated() where !isInput.contains(index) {
      isKnown[index] = node.operands.allSatisfy { isKnown[$0.index] }
      if !isKnown[index] {
        for operand in node.operands
        where isKnown[operand.index] && !isConstantOrView(operand.index) {
          needed.append(operand)
        }
      }
    }
    for output in program.outputs where isKnown[output.index] && !isConstantOrView(output.index) {
      needed.append(output)
    }
    // Views of known values are taken of their sources.
    var sources: [Value] = []
    var seen: Set<Int> = []
    for value in needed {
      var value = value
      while program.nodes[value.index].isView { value = program.nodes[value.index].operands[0] }
      if placements[value.index] == nil, seen.insert(value.index).inserted { sources.append(value) }
    }
    guard !sources.isEmpty else { return }
    let constantProgram = program.withoutInputs.with(outputs: sources)
    var compiler = Compiler(constantProgram, budget, sumsAlike: sumsAlike, samples: nil)
    let executable = try compiler.compiled(foldsConstants: false)
    // What is computed is written, read as a tensor and copied to where kernels read it.
    let results = sources.reduce(0) { $0.addingSaturated(program.type($1).count * 24) }
    let bytes = executable.workspaceBytes.addingSaturated(results)
    let share = try MemoryBudget.Share(
      of: budget, bytes, for: "to compute what depends on no input")
    try Memory.require(bytes)
    for (value, tensor) in zip(sources, try executable.tensors()) {
      placements[value.index] = place(tensor)
    }
    withExtendedLifetime(share) {}
  }

  func isConstantOrView(_ index: Int) -> Bool {
    var index = index
    while program.nodes[index].isView { index = program.nodes[index].operands[0].index }
    return program.nodes[index].isA(Constant.self)
  }

  /// Puts the elements of a known, strided value side by side, once and for all.
  mutating func gatherConstant(_ value: Value) {
    guard let view = placements[value.index],
      case .constant(let index) = buffers[view.buffer].place,
      !view.isContiguous, view.count > 0,
      !zip(view.dims, view.strides).contains(where: { $0 > 1 && $1 == 0 })
    else { return }
    let gathered = ConstantMemory(gathering: view, from: constants[index])
    constants.append(gathered)
    ownConstants.append(gathered)
    placements[value.index] = Placement(
      buffer: addBuffer(.constant(constants.count - 1), gathered.byteCount), program.type(value))
  }

  /// A known value, for kernels that pack it.
  func known(_ placement: Placement) -> KnownMatrix? {
    guard case .constant(let index) = buffers[placement.buffer].place else { return nil }
    return KnownMatrix(constant: constants[index], offset: placement.offset)
  }

  /// Whether a value is known, real and finite throughout.
  func isKnownFinite(_ placement: Placement) -> Bool {
    guard case .constant(let index) = buffers[placement.buffer].place, placement.element.isReal
    else { return false }
    return constants[index].isFinite
  }

  // MARK: - Lowering

  mutating func lowerSingle(_ index: Int) throws {
    let node = program.nodes[index]
    // Computed already, together with what it takes its elements by.
    if placements[index] != nil { return }
    switch node.primitive {
    case let dot as Dot: try lower(dot, index)
    case let reduce as ReduceSum:
      if let (window, x) = summedWindow(index) {
        try lowerSum(of: window, x, index)
      } else {
        try lowerReduction(.sum, reduce.axes, index)
      }
    case let reduce as ReduceExtreme:
      try lowerReduction(reduce.kind == .maximum ? .maximum : .minimum, reduce.axes, index)
    case let concatenate as Concatenate: try lower(concatenate, index)
    case let pad as Pad: try lower(pad, index)
    case let fold as Fold: try lower(fold, index)
    case let window as Window:
      // A sum reads the image itself.
      if users[index].count == 1, summedWindow(users[index][0]) != nil { return }
      try lower(window, index)
    case let extreme as WindowExtreme: try lower(extreme, index)
    case let gather as Gather: try lower(gather, index)
    case let scatter as ScatterAdd:
      if try !spread(scatter, index) { try lower(scatter, index) }
    case let diagonal as Diagonal: try lowerTable(diagonal, rowRank: 1, index)
    case let part as DiagonalPart: try lowerTable(part, rowRank: 2, index)
    default: try lowerPlain(index)
    }
  }

  mutating func lowerView(_ index: Int) throws {
    let node = program.nodes[index]
    let source = try placement(node.operands[0])
    placements[index] =
      Compiler.view(node, of: source)
      ?? Compiler.view(node, of: copied(source, program.type(node.operands[0])))
  }

  // MARK: - Finishing

  private func finished() -> Executable {
    var first = [Int](repeating: Int.max, count: buffers.count)
    var last = [Int](repeating: -1, count: buffers.count)
    for (time, step) in steps.enumerated() {
      for buffer in step.reads + step.writes {
        first[buffer] = min(first[buffer], time)
        last[buffer] = max(last[buffer], time)
      }
    }
    var intervals: [MemoryPlan.Interval] = []
    for (index, buffer) in buffers.enumerated() {
      guard case .arena = buffer.place, last[index] >= 0 else { continue }
      intervals.append(
        MemoryPlan.Interval(
          id: index, bytes: buffer.bytes, first: first[index], last: last[index]))
    }
    let plan = MemoryPlan(intervals)
    let fixed = Executable.firstBase
    let bases = buffers.map { buffer -> Int in
      switch buffer.place {
      case .arena: Executable.arenaBase
      case .constant(let k): fixed + k
      case .input(let k): fixed + constants.count + k
      case .output(let k): fixed + constants.count + program.inputs.count + k
      }
    }
    let addresses = Addresses(offsets: plan.offsets, bases: bases)
    let kernels = kernels(steps[...], addresses)
    let plain = constants.enumerated().map { k, constant in
      addresses.read.bases.contains(fixed + k) ? constant.plain : nil
    }
    return Executable(
      kernels: kernels, constants: plain,
      inputTypes: program.inputTypes, outputTypes: program.outputTypes,
      arenaBytes: plan.byteCount, scratchBytes: steps.map(\.scratchBytes).max() ?? 0,
      ownConstantBytes: ownConstants.reduce(0) {
        $0.addingSaturated($1.sourceBytes).addingSaturated($1.heldBytes)
      },
      multiplyAdds: program.multiplyAdds)
  }
}
