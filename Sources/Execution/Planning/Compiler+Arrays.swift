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

  /// Where a concatenation's result is, also before its parts are.
  private mutating func concatenation(_ index: Int) -> Placement {
    if let known = concatenations[index] { return known }
    let y = partOfConcatenation(index) ?? newPlacement(for: index)
    // The value is there when its last part is.
    placements[index] = nil
    concatenations[index] = y
    return y
  }

  private func part(
    _ place: Int, of concatenate: Concatenate, _ index: Int, in y: Placement
  ) -> Placement {
    let dims = program.type(program.nodes[index].operands[place]).dims
    var starts = dims.map { _ in 0 }
    starts[concatenate.axis] = joinedParts[index]?.starts[place] ?? 0
    return y.sliced(starts: starts, sizes: dims, steps: dims.map { _ in 1 })
  }

  /// The place of a value within the result of a concatenation, which uses it once. All other uses
  /// have to be products that take its rows from there as well as from an array of its own. Nil, too,
  /// where the value's kernel cannot write there; what the kernel itself `absorbed` is no further use.
  mutating func partOfConcatenation(
    _ index: Int, absorbed: Set<Int> = [], where canWrite: (Placement) -> Bool = { _ in true }
  ) -> Placement? {
    guard !isOutput[index], program.nodes[index].type.count > 0,
      let use = useByConcatenation(index),
      let concatenate = program.nodes[use.user].primitive as? Concatenate,
      placements[use.user] == nil
    else { return nil }
    let known = absorbed.union([use.first])
    let isOnlyUse = users[index].allSatisfy(known.contains)
    guard isOnlyUse || program.nodes[index].isA(Concatenate.self) else { return nil }
    // In a step of its own: as an argument it would be asked for while the compiler is held for the
    // call, and copy all that it changes.
    let whole = concatenation(use.user)
    guard
      let part = part(use.place, of: concatenate, use.user, in: whole)
        .reshaped(program.nodes[index].type.shape), canWrite(part)
    else { return nil }
    let canRead = everyReader(of: index, at: part, besides: known, readsRows)
    return canRead ? part : nil
  }

  /// The one concatenation that takes a value, once, if need be through reshapes that nothing else
  /// uses; `first` is the use on the way there.
  private func useByConcatenation(_ index: Int) -> (first: Int, user: Int, place: Int)? {
    var found: (first: Int, user: Int, place: Int)?
    for first in users[index] {
      var (value, user) = (index, first)
      while program.nodes[user].isA(Reshape.self), !isOutput[user], users[user].count == 1 {
        (value, user) = (user, users[user][0])
      }
      guard let parts = joinedParts[user] else { continue }
      guard found == nil, let place = parts.onlyPlace[value] else { return nil }
      found = (first, user, place)
    }
    return found
  }

  /// Whether a user is a product with a known matrix that takes its rows from this place.
  private func readsRows(_ user: Int, of index: Int, at place: Placement) -> Bool {
    let node = program.nodes[user]
    guard let dot = node.primitive as? Dot,
      let side = node.operands.firstIndex(where: { $0.index == index }),
      let matrix = placements[node.operands[1 - side].index], constantMemory(matrix) != nil
    else { return false }
    let plan =
      side == 0 ? self.plan(dot, user, place, matrix) : self.plan(dot, user, matrix, place)
    return plan.isSingle && plan.isSwapped == (side == 1) && plan.k.strides[0] == 1
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

/// How the operands of a concatenation stand in its result.
struct JoinedParts {
  /// How far along the axis each operand begins.
  let starts: [Int]
  /// The place among the operands of each value that is there once.
  let onlyPlace: [Int: Int]

  /// Those of all concatenations of a program, by node.
  static func all(_ program: Program) -> [Int: JoinedParts] {
    var found: [Int: JoinedParts] = [:]
    for (index, node) in program.nodes.enumerated() {
      guard let concatenate = node.primitive as? Concatenate else { continue }
      var starts: [Int] = []
      var onlyPlace: [Int: Int?] = [:]
      var start = 0
      for (place, operand) in node.operands.enumerated() {
        starts.append(start)
        start += program.type(operand).dims[concatenate.axis]
        onlyPlace[operand.index] = .some(onlyPlace[operand.index] == nil ? place : nil)
      }
      found[index] = JoinedParts(starts: starts, onlyPlace: onlyPlace.compactMapValues(\.self))
    }
    return found
  }
}
