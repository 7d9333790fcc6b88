import CKernels
import Graph
import Tensors

extension Compiler {
  /// The group's nodes whose values are needed by anything but the group itself.
  func valuesUsed(outside group: Set<Int>) -> Set<Int> {
    group.filter { index in
      isKept[index] || users[index].contains { !group.contains($0) }
    }
  }

  /// A product and the elementwise group behind it, which it takes as much of as it can.
  mutating func lowerProductAndGroup(_ product: Int, views: [Int], _ members: [Int]) throws {
    guard let dot = program.nodes[product].primitive as? Dot else { return }
    let (plan, a, b) = try planAndOperands(dot, product)
    guard plan.indexed != nil || plan.isSingle && !plan.prefersBLAS else {
      try lower(plan, a, b, product)
      for view in views { try lowerView(view) }
      return try lowerGroup(members)
    }
    let operands = operandPlacements(members)
    let match = EpilogueMatch(
      program, product: product, aliases: Set(views + [product]), members: members,
      usedOutside: valuesUsed(outside: Set(members)), plan: plan,
      placement: { operands[$0.index] })
    guard !match.absorbed.isEmpty else {
      try lower(plan, a, b, product)
      for view in views { try lowerView(view) }
      return try lowerGroup(members)
    }
    // The slope has its place before the result, the result before what it is without the scale.
    if let slope = match.epilogue.slope { _ = newPlacement(for: slope.index) }
    let y = wantedPlacement(for: match.result, by: Writer(plan), absorbed: match.absorbed)
    if let unscaled = match.epilogue.unscaled {
      _ = newPlacement(for: unscaled.index)
      if unscaled.index == product { for view in views { try lowerView(view) } }
    }
    let last = try match.epilogue.map(placement)
    try multiply(planned(plan, a, b, y, last, match.steps))
    noteSigns(of: y, last, match.steps)
    try lowerGroup(members.filter { !match.absorbed.contains($0) })
  }

  /// Where the operands of some nodes are: those alone, since a copy of all placements would make each
  /// product cost as much as the program has nodes.
  private func operandPlacements(_ members: [Int]) -> [Int: Placement] {
    var found: [Int: Placement] = [:]
    for member in members {
      for operand in program.nodes[member].operands {
        found[operand.index] = placements[operand.index]
      }
    }
    return found
  }

  /// Remembers which zeros a relu's slope leaves in a product's result.
  private mutating func noteSigns(
    of y: Placement, _ last: Epilogue<Placement>, _ steps: IndexedPlan.EpilogueSteps
  ) {
    if last.activation == NETJAC_ACTIVATION_RELU, let slope = last.slope {
      signMasks.addSlope(slope)
    }
    guard fillsBuffer(y) else { return }
    if last.activation == NETJAC_ACTIVATION_RELU {
      if last.scale == nil, let columns = y.dims.last {
        signMasks.add(.init(placement: y, row: columns, rowsPerGroup: 1), of: y)
      }
    }
    if let scale = last.scale, steps.scale.isEmpty, last.activation == NETJAC_ACTIVATION_NONE,
      signMasks.slopes.contains(scale.buffer)
    {
      signMasks.add(
        .init(placement: scale, row: last.scaleRow, rowsPerGroup: last.rowsPerScale), of: y)
    }
  }

  /// Whether a value has its buffer to itself: what is noted of the buffer holds for all of it.
  private func fillsBuffer(_ placement: Placement) -> Bool {
    placement.count * placement.element.byteCount == buffers[placement.buffer].bytes
  }

  mutating func lowerGroup(_ members: [Int]) throws {
    guard let first = members.first else { return }
    for index in members {
      for operand in program.nodes[index].operands { gatherConstant(operand) }
    }
    let usedOutside = valuesUsed(outside: Set(members))
    let lastUses = lastUses(members)
    let dims = program.nodes[first].type.dims
    var plan = GroupPlan(members: members, usedOutside: usedOutside, lastUses: lastUses)
    for joinsParts in [true, false] {
      let arePartsEven = placeResults(
        members.filter(usedOutside.contains), joiningParts: joinsParts)
      plan = GroupPlan(members: members, usedOutside: usedOutside, lastUses: lastUses)
      if let rows = try rowAxes(members, usedOutside, dims),
        try fill(&plan, rowsOf: rows.row.strides)
      {
        plan.rowAxes = rows.outer
        plan.rowLength = rows.row.dim
        break
      }
      guard arePartsEven else { continue }
      plan = GroupPlan(members: members, usedOutside: usedOutside, lastUses: lastUses)
      guard try fill(&plan, rowsOf: nil) else {
        let names = members.map { program.nodes[$0].primitive.name }
        throw NetJacError(.defect, "no kernel computes one of \(names) on \(dims)")
      }
      plan.rowLength = program.nodes[first].type.count
      break
    }
    append(plan)
    for index in members where program.nodes[index].primitive is Multiply {
      guard usedOutside.contains(index), let result = placements[index], fillsBuffer(result)
      else { continue }
      signMasks.multiplied(
        result, by: program.nodes[index].operands.compactMap { placements[$0.index] })
    }
  }

  /// Gives results their places, where they are wanted or, without `joiningParts`, in arrays of their own.
  /// Returns whether each of them is contiguous.
  private mutating func placeResults(_ results: [Int], joiningParts: Bool) -> Bool {
    var areContiguous = true
    for index in results {
      let y = joiningParts ? wantedPlacement(for: index, by: .rows) : newPlacement(for: index)
      if !y.isContiguous { areContiguous = false }
    }
    return areContiguous
  }

  /// A group of elementwise nodes as slots and operations.
  struct GroupPlan {
    let members: [Int]
    let usedOutside: Set<Int>
    let lastUses: [[Int]]
    var rowAxes: [LoopAxis] = []
    var rowLength = 0
    /// The arrays from and to memory, with the number of each among the strides of `rowAxes`.
    var arrays: [(slot: Int, placement: Placement, isScalar: Bool, number: Int)] = []
    var slotCount = 0
    var operations: [FusedKernel.Operation] = []
    var reads: [Int] = []
    var writes: [Int] = []
  }

  /// The group's arrays in memory, each once: operands from outside, then results used outside.
  private func arrays(_ members: [Int], _ usedOutside: Set<Int>) throws -> [Int] {
    let inGroup = Set(members)
    var found: [Int] = []
    var seen: Set<Int> = []
    for index in members {
      for operand in program.nodes[index].operands
      where !inGroup.contains(operand.index) && seen.insert(operand.index).inserted {
        found.append(operand.index)
      }
    }
    return found + members.filter(usedOutside.contains)
  }

  /// The group's shape as rows in which every array is contiguous or one element; nil where rows
  /// would be too short to pay, or where there is only one.
  private func rowAxes(
    _ members: [Int], _ usedOutside: Set<Int>, _ dims: [Int]
  ) throws -> (outer: [LoopAxis], row: LoopAxis)? {
    let strides = try arrays(members, usedOutside).map {
      try placement(Value(index: $0)).strides
    }
    var axes = collapsed(dims: dims, strides)
    guard axes.count > 1, axes.count <= FusedKernel.axisLimit, let row = axes.popLast(),
      row.dim >= FusedKernel.shortestRow, row.strides.allSatisfy({ $0 == 0 || $0 == 1 })
    else { return nil }
    return (axes, row)
  }

  /// Fills in slots and operations. With `strides`, those of each array within a row, an operand
  /// that does not move is a scalar of each row; fails where a loop lacks that form.
  private func fill(_ plan: inout GroupPlan, rowsOf strides: [Int]?) throws -> Bool {
    let numbers = try Dictionary(
      uniqueKeysWithValues: arrays(plan.members, plan.usedOutside).enumerated().map {
        ($1, $0)
      })
    var slotOfNode: [Int: Int] = [:]
    var slotOfOperand: [OperandUse: Int] = [:]
    var freeScratch: [Int] = []
    func newSlot() -> Int {
      plan.slotCount += 1
      return plan.slotCount - 1
    }
    for (position, index) in plan.members.enumerated() {
      let node = program.nodes[index]
      var isScalar = try node.operands.map { operand -> Bool in
        guard slotOfNode[operand.index] == nil, let number = numbers[operand.index] else {
          return false
        }
        return try strides.map { $0[number] == 0 } ?? placement(operand).isFill
      }
      // One array at least has to tell the loop what to walk along.
      if isScalar.allSatisfy({ $0 }) {
        if strides != nil { return false }
        isScalar[0] = false
      }
      let types = node.operands.map { program.type($0).element }
      var loop = ElementwiseFunctions.loop(
        node.primitive, operands: types, result: node.type.element, scalars: isScalar)
      if loop == nil, strides == nil {
        isScalar = isScalar.map { _ in false }
        loop = ElementwiseFunctions.loop(
          node.primitive, operands: types, result: node.type.element, scalars: isScalar)
      }
      guard let loop else { return false }
      var operands: [Int] = []
      for (operand, isScalar) in zip(node.operands, isScalar) {
        if let slot = slotOfNode[operand.index] {
          operands.append(slot)
          continue
        }
        let use = OperandUse(index: operand.index, isScalar: isScalar)
        let slot = slotOfOperand[use] ?? newSlot()
        if slotOfOperand.updateValue(slot, forKey: use) == nil {
          let source = try placement(operand)
          plan.arrays.append((slot, source, isScalar, numbers[operand.index] ?? 0))
          plan.reads.append(source.buffer)
        }
        operands.append(slot)
      }
      let result: Int
      if plan.usedOutside.contains(index) {
        let target = try placement(Value(index: index))
        result = newSlot()
        plan.arrays.append((result, target, false, numbers[index] ?? 0))
        plan.writes.append(target.buffer)
      } else {
        result = freeScratch.popLast() ?? newSlot()
      }
      slotOfNode[index] = result
      plan.operations.append(
        FusedKernel.Operation(loop: loop, result: result, operands: operands))
      for member in plan.lastUses[position] where !plan.usedOutside.contains(member) {
        if let slot = slotOfNode[member] { freeScratch.append(slot) }
      }
    }
    return true
  }

  private mutating func append(_ plan: GroupPlan) {
    let words = plan.members.map { program.nodes[$0].primitive.name }.joined(separator: "·")
    let rows = plan.rowAxes.map { "\($0.dim)x" }.joined()
    let name = "fused \(words) \(rows)\(plan.rowLength)"
    func slots(_ operand: (Placement) -> Operand) -> [FusedKernel.Slot] {
      var slots = [FusedKernel.Slot](repeating: .scratch, count: plan.slotCount)
      for array in plan.arrays {
        slots[array.slot] = Compiler.slot(
          array.placement, isScalar: array.isScalar,
          rowStrides: plan.rowAxes.map { $0.strides[array.number] }, operand(array.placement))
      }
      return slots
    }
    let origin = Operand(base: 0, offset: 0)
    let isDouble = !plan.arrays.contains { $0.placement.element == .float32 }
    steps.append(
      Step(
        reads: plan.reads, writes: plan.writes,
        scratchBytes: FusedKernel.scratchBytes(slots: slots { _ in origin })
      ) { addresses in
        FusedKernel(
          rowDims: plan.rowAxes.map(\.dim), count: plan.rowLength,
          slots: slots(addresses.operand), operations: plan.operations,
          scratch: addresses.scratch, isDouble: isDouble, name: name)
      })
  }

  private struct OperandUse: Hashable {
    let index: Int
    let isScalar: Bool
  }

  private static func slot(
    _ placement: Placement, isScalar: Bool, rowStrides: [Int], _ operand: Operand
  ) -> FusedKernel.Slot {
    let size = placement.element.byteCount
    if isScalar { return .scalar(operand, elementSize: size, strides: rowStrides) }
    if !rowStrides.isEmpty || placement.isContiguous {
      return .memory(operand, elementSize: size, strides: rowStrides)
    }
    return .fetched(
      operand, axes: placement.collapsedAxes([placement.strides]), elementSize: size)
  }

  /// For each position in a group, the members whose last use inside the group is there.
  private func lastUses(_ members: [Int]) -> [[Int]] {
    let inGroup = Set(members)
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
}
