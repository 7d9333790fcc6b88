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
    let y = newPlacement(for: index)
    multiply(plan, a, b, y, EpiloguePlacements())
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
    if knownA != knownB, plans[0].score.0 == plans[1].score.0 {
      let preferred = knownB ? plans[0] : plans[1]
      // Not for a single column of a known operand against many of the other.
      if preferred.n.dim >= 4 || preferred.n.dim >= preferred.m.dim { return preferred }
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
    var scale: (placement: Placement, row: Int, rowsPerScale: Int)?

    var reads: [Int] {
      [bias, addend?.placement, scale?.placement].compactMap { $0?.buffer }
    }
    var writes: [Int] { [slope, unscaled].compactMap { $0?.buffer } }
  }

  mutating func multiply(
    _ plan: DotPlan, _ a: Placement, _ b: Placement, _ y: Placement, _ last: EpiloguePlacements
  ) {
    let (left, right) = plan.isSwapped ? (b, a) : (a, b)
    let constant = constantMemory(right)
    steps.append(
      Step(
        reads: [a.buffer, b.buffer] + last.reads, writes: [y.buffer] + last.writes,
        scratchBytes: DotKernel.scratchBytes(plan, y.element, isKnown: constant != nil)
      ) { addresses in
        var epilogue = Epilogue()
        epilogue.bias = last.bias.map(addresses.operand)
        epilogue.addend = (last.addend?.placement).map(addresses.operand)
        epilogue.addendRow = last.addend?.row ?? 0
        epilogue.activation = last.activation
        epilogue.slope = last.slope.map(addresses.operand)
        epilogue.unscaled = last.unscaled.map(addresses.operand)
        epilogue.scale = (last.scale?.placement).map(addresses.operand)
        epilogue.scaleRow = last.scale?.row ?? 0
        epilogue.rowsPerScale = last.scale?.rowsPerScale ?? 1
        return DotKernel(
          plan, a: addresses.operand(left), b: addresses.operand(right), y: addresses.operand(y),
          scratch: addresses.scratch, element: y.element, constant: constant, epilogue: epilogue)
      })
  }
}
