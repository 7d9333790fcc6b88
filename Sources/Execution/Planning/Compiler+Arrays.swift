import Graph
import Tensors

extension Compiler {
  mutating func lowerReduction(
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

  mutating func lower(_ concatenate: Concatenate, _ index: Int) throws {
    let y = concatenation(index)
    placements[index] = y
    for (place, operand) in program.nodes[index].operands.enumerated() {
      let x = try placement(operand)
      if x.count > 0, x.buffer != y.buffer {
        copy(x, to: part(place, of: concatenate, index, in: y))
      }
    }
  }

  mutating func lower(_ pad: Pad, _ index: Int) throws {
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

  mutating func lower(_ fold: Fold, _ index: Int) throws {
    let node = program.nodes[index]
    let x = try contiguous(node.operands[0])
    let y = newPlacement(for: index)
    let window = Window(fold.axes)
    let spatial = TensorType(x.element, Shape(fold.spatial))
    let table = window.sources(
      spatial, try window.type(of: [spatial])
    ).map { Int32(truncatingIfNeeded: $0) }
    let targetRow = fold.spatial.reduce(1, *)
    let rows = y.dims.dropLast(fold.spatial.count).reduce(1, *)
    steps.append(
      Step(reads: [x.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
        ScatterTableKernel.make(
          from: addresses.operand(x), to: addresses.operand(y), table: table, rows: rows,
          targetRow: targetRow, element: x.element)
      })
  }

  /// A movement that does the same in each row, a row being the last `rank` axes of its operand.
  mutating func lowerTable(_ movement: any Movement, rowRank rank: Int, _ index: Int) throws {
    let x = try contiguous(program.nodes[index].operands[0])
    let y = newPlacement(for: index)
    let row = TensorType(x.element, Shape(Array(x.dims.suffix(rank))))
    let result = try movement.type(of: [row])
    guard row.count < Int(Int32.max), result.count < Int(Int32.max) else {
      throw NetJacError(
        .memory, "\(movement.name) moves \(result.count) elements at once, which is too many")
    }
    let rows = x.dims.dropLast(rank).reduce(1, *)
    let table = movement.sources(row, result).map { Int32(truncatingIfNeeded: $0) }
    steps.append(
      Step(reads: [x.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
        TableKernel(
          from: addresses.operand(x), to: addresses.operand(y), table: table, rows: rows,
          sourceRow: row.count, elementSize: x.element.byteCount)
      })
  }

  /// Kernels that take contiguous operands and need nothing else.
  mutating func lowerPlain(_ index: Int) throws {
    let node = program.nodes[index]
    let types = node.operands.map(program.type)
    var x: [Placement] = []
    for operand in node.operands { x.append(try contiguous(operand)) }
    let y = newPlacement(for: index)
    let operands = x
    let primitive = node.primitive
    var scratchBytes = 0
    switch primitive {
    case is CumulativeSum, is ArgExtreme: break
    case is SortOrder: scratchBytes = (types[0].dims.last ?? 0) * 8
    default: throw NetJacError(.defect, "no kernel computes \(primitive.name)")
    }
    steps.append(
      Step(reads: x.map(\.buffer), writes: [y.buffer], scratchBytes: scratchBytes) { addresses in
        let from = operands.map { addresses.operand($0) }
        let to = addresses.operand(y)
        return switch primitive {
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
}

extension Int {
  fileprivate func flooredQuotient(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}
