import Graph
import Tensors

extension Compiler {
  /// The group's nodes whose values are needed by anything but the group itself.
  func valuesUsed(outside group: Set<Int>) -> Set<Int> {
    group.filter { index in
      isOutput[index] || users[index].contains { !group.contains($0) }
    }
  }

  /// A product and the elementwise group behind it, which it takes as much of as it can.
  mutating func lowerProductAndGroup(_ product: Int, views: [Int], _ members: [Int]) throws {
    let node = program.nodes[product]
    guard let dot = node.primitive as? Dot else { return }
    let (a, b) = (try placement(node.operands[0]), try placement(node.operands[1]))
    let plan = self.plan(dot, product, a, b)
    guard plan.isSingle, !DotKernel.prefersBLAS(plan) else {
      try lower(dot, product)
      for view in views { try lowerView(view) }
      return try lowerGroup(members)
    }
    let placements = self.placements
    let match = EpilogueMatch(
      program, product: product, aliases: Set(views + [product]), members: members,
      usedOutside: valuesUsed(outside: Set(members)), rows: plan.m.dim, columns: plan.n.dim,
      placement: { placements[$0.index] })
    guard !match.absorbed.isEmpty else {
      try lower(dot, product)
      for view in views { try lowerView(view) }
      return try lowerGroup(members)
    }
    var last = EpiloguePlacements()
    last.bias = match.bias
    last.addend = match.addend
    last.activation = match.activation
    last.scale = match.scale
    last.slope = match.slope.map { newPlacement(for: $0) }
    let y = newPlacement(for: match.result)
    if let unscaled = match.unscaled {
      last.unscaled = newPlacement(for: unscaled)
      if unscaled == product { for view in views { try lowerView(view) } }
    }
    multiply(plan, a, b, y, last)
    try lowerGroup(members.filter { !match.absorbed.contains($0) })
  }

  mutating func lowerGroup(_ members: [Int]) throws {
    guard !members.isEmpty else { return }
    let inGroup = Set(members)
    let usedOutside = valuesUsed(outside: inGroup)
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

  static func slot(
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
  func lastUses(_ members: [Int], _ inGroup: Set<Int>) -> [[Int]] {
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
