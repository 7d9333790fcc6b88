import CKernels
import Glibc
import Tensors

/// A group of elementwise operations over one shape, run piece by piece so that what passes between
/// them stays in the first-level cache.
///
/// The shape is seen as rows: within a row every array is contiguous or one repeated element, and
/// from row to row each moves by strides of its own.
final class FusedKernel: Kernel {
  /// Where an array of the group lives while it runs.
  enum Slot {
    /// Elements in memory, walked through piece by piece; `strides` are elements from row to row.
    case memory(Operand, elementSize: Int, strides: [Int])
    /// One element a row, for loops that take it as a scalar.
    case scalar(Operand, elementSize: Int, strides: [Int])
    /// Repeated or strided elements, brought into a piece-sized scratch array.
    case fetched(Operand, axes: [LoopAxis], elementSize: Int)
    /// A piece-sized scratch array.
    case scratch
  }

  struct Operation {
    let loop: ElementwiseLoop
    let result: Int
    let operands: [Int]
  }

  /// The longest piece, in elements: pieces of eight-byte elements of a dozen arrays fit in 48 KiB.
  static let pieceLength = 512

  private struct PlainSlot {
    let operand: Operand
    /// Bytes to move on after each element of a piece; 0 for scalars and scratch.
    let step: Int
  }

  private struct Step {
    let unary: UnaryLoop?
    let binary: BinaryLoop?
    let ternary: TernaryLoop?
    let result: Int
    let a: Int
    let b: Int
    let c: Int
  }

  private struct Fetch {
    let slot: Int
    let operand: Operand
    let size: Int
    /// The loops around the innermost one.
    let outer: PlainArray<FetchAxis>
    let inner: FetchAxis
  }

  private struct FetchAxis {
    let dim: Int
    let stride: Int
  }

  /// Elements of a row.
  private let count: Int
  /// The lengths of the axes that rows are enumerated by, and for each axis every slot's step in
  /// bytes.
  private let rowDims: PlainArray<Int>
  private let rowSteps: PlainArray<Int>
  private let rowCount: Int
  private let slots: PlainArray<PlainSlot>
  private let steps: PlainArray<Step>
  private let fetches: PlainArray<Fetch>
  private let scratch: Operand
  private let text: String

  /// Bytes of scratch that a group with so many slots needs: tables of addresses and the arrays.
  static func scratchBytes(slots: [Slot]) -> Int {
    tableBytes(slots.count)
      + slots.reduce(0) { sum, slot in
        switch slot {
        case .scratch, .fetched: sum + pieceLength * 8
        case .memory, .scalar: sum
        }
      }
  }

  /// Two addresses for each slot, and a place for each axis.
  private static func tableBytes(_ slots: Int) -> Int {
    (slots * 16 + axisLimit * 8 + 63) / 64 * 64
  }
  static let axisLimit = 8

  override var name: String { text }

  init(
    rowDims: [Int], count: Int, slots: [Slot], operations: [Operation], scratch: Operand,
    name: String
  ) {
    self.count = count
    self.rowDims = PlainArray(rowDims)
    rowCount = rowDims.reduce(1, *)
    self.scratch = scratch
    text = name
    var scratchOffset = scratch.offset + FusedKernel.tableBytes(slots.count)
    var plain: [PlainSlot] = []
    var fetches: [Fetch] = []
    var slotStrides: [[Int]] = []
    for (index, slot) in slots.enumerated() {
      switch slot {
      case .memory(let operand, let size, let strides):
        plain.append(PlainSlot(operand: operand, step: size))
        slotStrides.append(strides.map { $0 * size })
      case .scalar(let operand, let size, let strides):
        plain.append(PlainSlot(operand: operand, step: 0))
        slotStrides.append(strides.map { $0 * size })
      case .scratch, .fetched:
        slotStrides.append(rowDims.map { _ in 0 })
        plain.append(
          PlainSlot(
            operand: Operand(base: scratch.base, offset: scratchOffset), step: 0))
        scratchOffset += FusedKernel.pieceLength * 8
        if case .fetched(let operand, let axes, let size) = slot {
          let loops = axes.map { FetchAxis(dim: $0.dim, stride: $0.strides[0]) }
          fetches.append(
            Fetch(
              slot: index, operand: operand, size: size,
              outer: PlainArray(Array(loops.dropLast())),
              inner: loops.last ?? FetchAxis(dim: 1, stride: 0)))
        }
      }
    }
    rowSteps = PlainArray(rowDims.indices.flatMap { axis in slotStrides.map { $0[axis] } })
    self.slots = PlainArray(plain)
    self.fetches = PlainArray(fetches)
    steps = PlainArray(
      operations.map { operation in
        var unary: UnaryLoop?
        var binary: BinaryLoop?
        var ternary: TernaryLoop?
        switch operation.loop {
        case .unary(let loop): unary = loop
        case .binary(let loop): binary = loop
        case .ternary(let loop): ternary = loop
        }
        let operands = operation.operands
        return Step(
          unary: unary, binary: binary, ternary: ternary, result: operation.result,
          a: operands[0], b: operands.count > 1 ? operands[1] : 0,
          c: operands.count > 2 ? operands[2] : 0)
      })
  }

  deinit {
    for k in 0..<fetches.count { fetches[k].outer.free() }
    rowDims.free()
    rowSteps.free()
    slots.free()
    steps.free()
    fetches.free()
  }

  override func run(_ bases: Bases) {
    let rows = scratch.pointer(bases, as: UnsafeMutableRawPointer.self)
    for k in 0..<slots.count { rows[k] = slots.start[k].operand.pointer(bases) }
    guard rowDims.count > 0 else { return runRow(bases, rows, first: rows) }
    let table = rows + slots.count
    let place = UnsafeMutableRawPointer(table + slots.count).assumingMemoryBound(to: Int.self)
    for axis in 0..<rowDims.count { place[axis] = 0 }
    for _ in 0..<rowCount {
      runRow(bases, count > FusedKernel.pieceLength ? table : rows, first: rows)
      var axis = rowDims.count - 1
      while axis >= 0 {
        let steps = rowSteps.start + axis * slots.count
        place[axis] += 1
        for k in 0..<slots.count { rows[k] += steps[k] }
        guard place[axis] == rowDims.start[axis] else { break }
        for k in 0..<slots.count { rows[k] -= steps[k] * place[axis] }
        place[axis] = 0
        axis -= 1
      }
    }
  }

  /// Runs one row; `table` becomes the addresses of one piece after another, from those in `first`.
  @inline(__always)
  private func runRow(
    _ bases: Bases, _ table: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    first: UnsafeMutablePointer<UnsafeMutableRawPointer>
  ) {
    if table != first { table.update(from: first, count: slots.count) }
    var start = 0
    while start < count {
      let length = min(FusedKernel.pieceLength, count - start)
      for k in 0..<fetches.count {
        fetch(fetches.start + k, bases, into: table[fetches.start[k].slot], start, length)
      }
      for k in 0..<steps.count {
        let step = steps.start + k
        let result = table[step.pointee.result]
        let a = UnsafeRawPointer(table[step.pointee.a])
        if let loop = step.pointee.unary {
          loop(result, a, Int64(length))
        } else if let loop = step.pointee.binary {
          loop(result, a, UnsafeRawPointer(table[step.pointee.b]), Int64(length))
        } else if let loop = step.pointee.ternary {
          loop(
            result, a, UnsafeRawPointer(table[step.pointee.b]),
            UnsafeRawPointer(table[step.pointee.c]), Int64(length))
        }
      }
      start += length
      if start < count {
        for k in 0..<slots.count { table[k] += slots.start[k].step * length }
      }
    }
  }

  /// Brings elements `start` to `start + length` of a repeated or strided array together.
  private func fetch(
    _ fetch: UnsafeMutablePointer<Fetch>, _ bases: Bases, into target: UnsafeMutableRawPointer,
    _ start: Int, _ length: Int
  ) {
    let source = fetch.pointee.operand.pointer(bases)
    switch fetch.pointee.size {
    case 8: gather(fetch, source, target, start, length, UInt64.self)
    case 4: gather(fetch, source, target, start, length, UInt32.self)
    default: gather(fetch, source, target, start, length, UInt8.self)
    }
  }

  @inline(__always)
  private func gather<Element>(
    _ fetch: UnsafeMutablePointer<Fetch>, _ source: UnsafeMutableRawPointer,
    _ target: UnsafeMutableRawPointer, _ start: Int, _ length: Int, _ type: Element.Type
  ) {
    let x = source.assumingMemoryBound(to: type)
    var y = target.assumingMemoryBound(to: type)
    let inner = fetch.pointee.inner
    let outer = fetch.pointee.outer
    var row = start / inner.dim
    var column = start % inner.dim
    var left = length
    while left > 0 {
      var rest = row
      var offset = 0
      for level in stride(from: outer.count - 1, through: 0, by: -1) {
        let axis = outer.start[level]
        offset += rest % axis.dim * axis.stride
        rest /= axis.dim
      }
      let run = min(inner.dim - column, left)
      let line = x + offset + column * inner.stride
      if inner.stride == 1 {
        for k in 0..<run { y[k] = line[k] }
      } else if inner.stride == 0 {
        let value = line[0]
        for k in 0..<run { y[k] = value }
      } else {
        for k in 0..<run { y[k] = line[k * inner.stride] }
      }
      y += run
      left -= run
      row += 1
      column = 0
    }
  }
}
