import Graph
import Tensors

/// Turns a program into an executable: decides order, fusion, memory and kernels.
struct Compiler {
  private let program: Program
  private var buffers: [Buffer] = []
  /// Where each node's value is, once it is known.
  private var placements: [Placement?]
  private var steps: [Step] = []
  private var constants: [ConstantMemory] = []

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
    let make: (Addresses) -> Kernel
  }

  /// Turns buffers into operands of kernels.
  struct Addresses {
    let offsets: [Int: Int]
    let bases: [Int]

    func operand(_ placement: Placement) -> Operand {
      Operand(
        base: bases[placement.buffer],
        offset: (offsets[placement.buffer] ?? 0)
          + placement.offset * placement.element.byteCount)
    }

    let scratch = Operand(base: Executable.scratchBase, offset: 0)
  }

  static func compile(_ program: Program) throws -> Executable {
    var compiler = Compiler(program)
    return try compiler.compiled(foldsConstants: true)
  }

  private init(_ program: Program) {
    self.program = program
    placements = [Placement?](repeating: nil, count: program.nodes.count)
  }

  private mutating func compiled(foldsConstants: Bool) throws -> Executable {
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

    let schedule = Schedule(program, isDone: placements.map { $0 != nil })
    claimOutputs(computed: schedule)
    for item in schedule.items {
      switch item {
      case .view(let index): try lowerView(index)
      case .group(let members): try lowerGroup(members)
      case .single(let index): try lowerSingle(index)
      }
    }
    try copyOutputs()
    return finished()
  }

  // MARK: - Buffers

  private mutating func addBuffer(_ place: Buffer.Place, _ bytes: Int) -> Int {
    buffers.append(Buffer(place: place, bytes: bytes))
    return buffers.count - 1
  }

  private mutating func place(_ tensor: Tensor) -> Placement {
    constants.append(ConstantMemory(tensor))
    let buffer = addBuffer(.constant(constants.count - 1), constants[constants.count - 1].byteCount)
    // A fill is one element, repeated.
    if tensor.count > 0, tensor.fill != nil {
      return Placement(
        buffer: buffer, offset: 0, dims: tensor.type.dims, strides: tensor.type.dims.map { _ in 0 },
        element: tensor.type.element)
    }
    return Placement(buffer: buffer, tensor.type)
  }

  /// The buffers that program outputs are written to directly, by node.
  private var outputBuffers: [Int: Int] = [:]

  private mutating func claimOutputs(computed schedule: Schedule) {
    var written: Set<Int> = []
    for item in schedule.items {
      switch item {
      case .view: break
      case .group(let members): written.formUnion(members)
      case .single(let index): written.insert(index)
      }
    }
    for (position, output) in program.outputs.enumerated() {
      // Through views that keep the elements in their order, the source is written in place.
      var index = output.index
      while program.nodes[index].primitive is Reshape || program.nodes[index].primitive is Detach {
        index = program.nodes[index].operands[0].index
      }
      guard written.contains(index), outputBuffers[index] == nil else { continue }
      outputBuffers[index] = addBuffer(.output(position), program.nodes[index].type.byteCount)
      directOutputs.insert(position)
    }
  }

  /// Outputs that no copy is needed for.
  private var directOutputs: Set<Int> = []

  private mutating func newPlacement(for index: Int) -> Placement {
    let type = program.nodes[index].type
    let buffer = outputBuffers[index] ?? addBuffer(.arena, type.byteCount)
    let placement = Placement(buffer: buffer, type)
    placements[index] = placement
    return placement
  }

  private func placement(_ value: Value) throws -> Placement {
    guard let placement = placements[value.index] else {
      throw NetJacError(.defect, "value \(value.index) is used before it is computed")
    }
    return placement
  }

  /// The value's elements side by side, copied together if they are not.
  private mutating func contiguous(_ value: Value) throws -> Placement {
    let source = try placement(value)
    if source.isContiguous { return source }
    return copied(source, program.type(value))
  }

  private mutating func copied(_ source: Placement, _ type: TensorType) -> Placement {
    let target = Placement(buffer: addBuffer(.arena, type.byteCount), type)
    copy(source, to: target)
    return target
  }

  private mutating func copy(_ source: Placement, to target: Placement) {
    steps.append(
      Step(reads: [source.buffer], writes: [target.buffer], scratchBytes: 0) { addresses in
        CopyKernel(
          from: addresses.operand(source), source.strides, to: addresses.operand(target),
          target.strides, dims: target.dims, elementSize: target.element.byteCount)
      })
  }

  private mutating func copyOutputs() throws {
    for (position, output) in program.outputs.enumerated() where !directOutputs.contains(position) {
      let type = program.type(output)
      copy(
        try placement(output),
        to: Placement(buffer: addBuffer(.output(position), type.byteCount), type))
    }
  }

  // MARK: - Constants

  /// Computes, once and with the same kernels, what depends on constants alone.
  private mutating func foldConstants() throws {
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
    var compiler = Compiler(constantProgram)
    let executable = try compiler.compiled(foldsConstants: false)
    for (value, tensor) in zip(sources, try executable.tensors()) {
      placements[value.index] = place(tensor)
    }
  }

  private func isConstantOrView(_ index: Int) -> Bool {
    var index = index
    while program.nodes[index].isView { index = program.nodes[index].operands[0].index }
    return program.nodes[index].primitive is Constant
  }

  /// The memory of a known value, for kernels that pack it.
  private func constantMemory(_ placement: Placement) -> UnsafeRawPointer? {
    guard case .constant(let index) = buffers[placement.buffer].place else { return nil }
    return UnsafeRawPointer(constants[index].memory) + placement.offset
      * placement.element.byteCount
  }

  // MARK: - Lowering

  private mutating func lowerView(_ index: Int) throws {
    let node = program.nodes[index]
    let source = try placement(node.operands[0])
    switch node.primitive {
    case let reshape as Reshape:
      if let view = source.reshaped(reshape.shape) {
        placements[index] = view
      } else {
        placements[index] = copied(source, program.type(node.operands[0])).reshaped(reshape.shape)
      }
    case let transpose as Transpose: placements[index] = source.transposed(transpose.axes)
    case let broadcast as Broadcast:
      placements[index] = source.broadcast(broadcast.shape, axes: broadcast.axes)
    case let slice as Slice:
      placements[index] = source.sliced(
        starts: slice.starts, sizes: slice.sizes, steps: slice.steps)
    case let reverse as Reverse: placements[index] = source.reversed(reverse.axes)
    default: placements[index] = source
    }
  }

  private mutating func lowerGroup(_ members: [Int]) throws {
    let inGroup = Set(members)
    var usedOutside: Set<Int> = Set(program.outputs.map(\.index)).intersection(inGroup)
    for (index, node) in program.nodes.enumerated() where !inGroup.contains(index) {
      for operand in node.operands where inGroup.contains(operand.index) {
        usedOutside.insert(operand.index)
      }
    }
    var slots: [FusedKernel.Slot] = []
    var slotPlacements: [(slot: Int, placement: Placement, isScalar: Bool)] = []
    var slotOfNode: [Int: Int] = [:]
    var slotOfOperand: [OperandUse: Int] = [:]
    var operations: [FusedKernel.Operation] = []
    var reads: [Int] = []
    var writes: [Int] = []
    let freeAt = lastUses(members, inGroup)
    var freeScratch: [Int] = []

    for (position, index) in members.enumerated() {
      let node = program.nodes[index]
      let types = node.operands.map(program.type)
      var external: [Placement?] = []
      for operand in node.operands {
        external.append(slotOfNode[operand.index] == nil ? try placement(operand) : nil)
      }
      var isScalar = external.map { $0.map { $0.isFill } ?? false }
      // One array at least has to tell the loop what to walk along.
      if isScalar.allSatisfy({ $0 }) { isScalar[0] = false }
      var loop = ElementwiseFunctions.loop(
        node.primitive, operands: types.map(\.element), result: node.type.element,
        scalars: isScalar)
      if loop == nil {
        isScalar = isScalar.map { _ in false }
        loop = ElementwiseFunctions.loop(
          node.primitive, operands: types.map(\.element), result: node.type.element,
          scalars: isScalar)
      }
      guard let loop else {
        throw NetJacError(
          .defect, "no kernel computes \(node.primitive.name) of \(types) as \(node.type)")
      }
      var operands: [Int] = []
      for (place, operand) in node.operands.enumerated() {
        if let slot = slotOfNode[operand.index] {
          operands.append(slot)
          continue
        }
        guard let source = external[place] else { continue }
        let use = OperandUse(index: operand.index, isScalar: isScalar[place])
        if let slot = slotOfOperand[use] {
          operands.append(slot)
          continue
        }
        slots.append(.scratch)
        slotPlacements.append((slots.count - 1, source, isScalar[place]))
        slotOfOperand[use] = slots.count - 1
        operands.append(slots.count - 1)
        reads.append(source.buffer)
      }
      let result: Int
      if usedOutside.contains(index) {
        let target = newPlacement(for: index)
        slots.append(.scratch)
        slotPlacements.append((slots.count - 1, target, false))
        writes.append(target.buffer)
        result = slots.count - 1
      } else if let slot = freeScratch.popLast() {
        result = slot
      } else {
        slots.append(.scratch)
        result = slots.count - 1
      }
      slotOfNode[index] = result
      operations.append(FusedKernel.Operation(loop: loop, result: result, operands: operands))
      for member in freeAt[position] where !usedOutside.contains(member) {
        if let slot = slotOfNode[member] { freeScratch.append(slot) }
      }
    }

    let count = program.nodes[members[0]].type.count
    let name =
      "fused " + members.map { program.nodes[$0].primitive.name }.joined(separator: "·") + " \(count)"
    let finalSlots = slots
    let finalPlacements = slotPlacements
    let finalOperations = operations
    // Scratch for every slot that is not walked through in memory.
    let kinds = finalPlacements.reduce(into: finalSlots) { slots, entry in
      let origin = Operand(base: 0, offset: 0)
      slots[entry.slot] = Compiler.slot(entry.placement, isScalar: entry.isScalar, origin)
    }
    steps.append(
      Step(
        reads: reads, writes: writes, scratchBytes: FusedKernel.scratchBytes(slots: kinds)
      ) { addresses in
        let slots = finalPlacements.reduce(into: finalSlots) { slots, entry in
          slots[entry.slot] = Compiler.slot(
            entry.placement, isScalar: entry.isScalar, addresses.operand(entry.placement))
        }
        return FusedKernel(
          count: count, slots: slots, operations: finalOperations, scratch: addresses.scratch,
          name: name)
      })
  }

  private struct OperandUse: Hashable {
    let index: Int
    let isScalar: Bool
  }

  private static func slot(
    _ placement: Placement, isScalar: Bool, _ operand: Operand
  ) -> FusedKernel.Slot {
    if isScalar { return .scalar(operand) }
    if placement.isContiguous {
      return .memory(operand, elementSize: placement.element.byteCount)
    }
    return .fetched(
      operand, axes: placement.collapsedAxes([placement.strides]),
      elementSize: placement.element.byteCount)
  }

  /// For each position in a group, the members whose last use inside the group is there.
  private func lastUses(_ members: [Int], _ inGroup: Set<Int>) -> [[Int]] {
    var last: [Int: Int] = [:]
    for (position, index) in members.enumerated() {
      last[index] = position
      for operand in program.nodes[index].operands where inGroup.contains(operand.index) {
        last[operand.index] = position
      }
    }
    var result = [[Int]](repeating: [], count: members.count)
    for (index, position) in last { result[position].append(index) }
    return result.map { $0.sorted() }
  }

  private mutating func lowerSingle(_ index: Int) throws {
    let node = program.nodes[index]
    switch node.primitive {
    case let dot as Dot: try lower(dot, index)
    case let reduce as ReduceSum: try lowerReduction(.sum, reduce.axes, index)
    case let reduce as ReduceExtreme:
      try lowerReduction(reduce.kind == .maximum ? .maximum : .minimum, reduce.axes, index)
    case let concatenate as Concatenate: try lower(concatenate, index)
    case let pad as Pad: try lower(pad, index)
    case let fold as Fold: try lower(fold, index)
    case let window as Window: try lowerTable(window, rows: window.rows(program.type(node.operands[0])), index)
    case is Diagonal, is DiagonalPart:
      guard let movement = node.primitive as? any Movement else { break }
      let rows = node.type.dims.dropLast(node.primitive is Diagonal ? 2 : 1).reduce(1, *)
      try lowerTable(movement, rows: rows, index)
    default: try lowerPlain(index)
    }
  }

  private mutating func lower(_ dot: Dot, _ index: Int) throws {
    let node = program.nodes[index]
    let (a, b) = (try placement(node.operands[0]), try placement(node.operands[1]))
    let y = newPlacement(for: index)
    let dims = dot.lengths(node.operands.map(program.type))
    guard node.type.element.isReal else {
      let element = node.type.element
      steps.append(
        Step(reads: [a.buffer, b.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
          WholeDotKernel(
            dot, dims: dims, a: addresses.operand(a), a.strides, b: addresses.operand(b), b.strides,
            y: addresses.operand(y), element: element)
        })
      return
    }
    let plans = [false, true].map { swapped in
      DotPlan(dot, dims: dims, a: a, b: b, y: y.strides, swapped: swapped)
    }
    // A known right operand can be packed once; otherwise the larger product wins.
    let knownA = constantMemory(a) != nil
    let knownB = constantMemory(b) != nil
    var plan = plans[1].score > plans[0].score ? plans[1] : plans[0]
    if knownA != knownB, plans[0].score.0 == plans[1].score.0 {
      let preferred = knownB ? plans[0] : plans[1]
      // Not for a single column of a known operand against many of the other.
      if preferred.n.dim >= 4 || preferred.n.dim >= preferred.m.dim { plan = preferred }
    }
    let (left, right) = plan.isSwapped ? (b, a) : (a, b)
    let constant = constantMemory(right)
    let element = node.type.element
    let chosen = plan
    steps.append(
      Step(
        reads: [a.buffer, b.buffer], writes: [y.buffer],
        scratchBytes: DotKernel.scratchBytes(plan, element)
      ) { addresses in
        DotKernel(
          chosen, a: addresses.operand(left), b: addresses.operand(right), y: addresses.operand(y),
          scratch: addresses.scratch, element: element, constant: constant)
      })
  }

  private mutating func lowerReduction(
    _ operation: ReduceKernel.Operation, _ axes: [Int], _ index: Int
  ) throws {
    let node = program.nodes[index]
    let x = try placement(node.operands[0])
    let y = newPlacement(for: index)
    steps.append(
      Step(reads: [x.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
        ReduceKernel(
          operation, from: addresses.operand(x), x.strides, dims: x.dims, axes: axes,
          to: addresses.operand(y), element: x.element)
      })
  }

  private mutating func lower(_ concatenate: Concatenate, _ index: Int) throws {
    let node = program.nodes[index]
    let y = newPlacement(for: index)
    var start = 0
    for operand in node.operands {
      let x = try placement(operand)
      var starts = x.dims.map { _ in 0 }
      starts[concatenate.axis] = start
      start += x.dims[concatenate.axis]
      if x.count > 0 {
        copy(x, to: y.sliced(starts: starts, sizes: x.dims, steps: x.dims.map { _ in 1 }))
      }
    }
  }

  private mutating func lower(_ pad: Pad, _ index: Int) throws {
    let node = program.nodes[index]
    let y = newPlacement(for: index)
    let zero = place(Tensor(node.type, fill: 0.0))
    copy(zero, to: y)
    let x = try placement(node.operands[0])
    // What negative padding cuts off is left out of the copy.
    var from = x.dims.map { _ in 0 }
    var to = x.dims.map { _ in 0 }
    var sizes = x.dims
    for axis in x.dims.indices {
      let step = pad.interior[axis] + 1
      let first = pad.low[axis] >= 0 ? 0 : (-pad.low[axis] + step - 1) / step
      let end = min(
        x.dims[axis], (y.dims[axis] - pad.low[axis] + step - 1).flooredQuotient(by: step))
      from[axis] = first
      sizes[axis] = max(0, end - first)
      to[axis] = pad.low[axis] + first * step
    }
    guard !sizes.contains(0) else { return }
    copy(
      x.sliced(starts: from, sizes: sizes, steps: sizes.map { _ in 1 }),
      to: y.sliced(starts: to, sizes: sizes, steps: pad.interior.map { $0 + 1 }))
  }

  private mutating func lower(_ fold: Fold, _ index: Int) throws {
    let node = program.nodes[index]
    let x = try contiguous(node.operands[0])
    let y = newPlacement(for: index)
    let window = Window(fold.axes)
    let spatial = TensorType(x.element, Shape(fold.spatial))
    let table = window.sources(
      spatial, try window.type(of: [spatial])).map { Int32(truncatingIfNeeded: $0) }
    let targetRow = fold.spatial.reduce(1, *)
    let rows = y.dims.dropLast(fold.spatial.count).reduce(1, *)
    steps.append(
      Step(reads: [x.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
        ScatterTableKernel(
          from: addresses.operand(x), to: addresses.operand(y), table: table, rows: rows,
          targetRow: targetRow, element: x.element)
      })
  }

  /// A movement that does the same in each of `rows` rows, by a table for one of them.
  private mutating func lowerTable(_ movement: any Movement, rows: Int, _ index: Int) throws {
    let node = program.nodes[index]
    let x = try contiguous(node.operands[0])
    let y = newPlacement(for: index)
    let sourceRow = rows == 0 ? 0 : x.count / rows
    let targetRow = rows == 0 ? 0 : node.type.count / rows
    guard sourceRow < Int(Int32.max), targetRow < Int(Int32.max) else {
      throw NetJacError(
        .memory, "\(node.primitive.name) moves \(targetRow) elements at once, which is too many")
    }
    let table: [Int32]
    if rows == 0 {
      table = []
    } else {
      let all = movement.sources(program.type(node.operands[0]), node.type)
      table = all.prefix(targetRow).map { Int32(truncatingIfNeeded: $0) }
    }
    steps.append(
      Step(reads: [x.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
        TableKernel(
          from: addresses.operand(x), to: addresses.operand(y), table: table, rows: rows,
          sourceRow: sourceRow, elementSize: x.element.byteCount)
      })
  }

  /// Kernels that take contiguous operands and need nothing else.
  private mutating func lowerPlain(_ index: Int) throws {
    let node = program.nodes[index]
    let types = node.operands.map(program.type)
    var x: [Placement] = []
    for operand in node.operands { x.append(try contiguous(operand)) }
    let y = newPlacement(for: index)
    let operands = x
    let primitive = node.primitive
    var scratchBytes = 0
    switch primitive {
    case is Gather, is ScatterAdd, is CumulativeSum, is ArgExtreme: break
    case is SortOrder: scratchBytes = (types[0].dims.last ?? 0) * 8
    default: throw NetJacError(.defect, "no kernel computes \(primitive.name)")
    }
    steps.append(
      Step(reads: x.map(\.buffer), writes: [y.buffer], scratchBytes: scratchBytes) { addresses in
        let from = operands.map { addresses.operand($0) }
        let to = addresses.operand(y)
        return switch primitive {
        case let gather as Gather:
          GatherKernel(gather, from: from[0], types[0], at: from[1], types[1], to: to)
        case let scatter as ScatterAdd:
          ScatterAddKernel(scatter, from: from[0], types[0], at: from[1], types[1], to: to)
        case let sum as CumulativeSum:
          CumulativeSumKernel(
            sum, from: from[0], dims: types[0].dims, to: to, element: types[0].element)
        case let extreme as ArgExtreme:
          ArgExtremeKernel(
            extreme, from: from[0], dims: types[0].dims, to: to, element: types[0].element)
        case let order as SortOrder:
          SortOrderKernel(
            order, from: from[0], dims: types[0].dims, to: to, scratch: addresses.scratch,
            element: types[0].element)
        default: Kernel()
        }
      })
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
    return Executable(
      kernels: steps.map { $0.make(addresses) }, constants: constants,
      inputTypes: program.inputTypes, outputTypes: program.outputTypes,
      arenaBytes: plan.byteCount, scratchBytes: steps.map(\.scratchBytes).max() ?? 0,
      multiplyAdds: program.multiplyAdds)
  }
}

extension Window {
  fileprivate func rows(_ x: TensorType) -> Int { x.dims.dropLast(axes.count).reduce(1, *) }
}

extension Int {
  fileprivate func flooredQuotient(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}
