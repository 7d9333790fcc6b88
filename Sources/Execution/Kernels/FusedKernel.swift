import CKernels
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

  private let group: PlainArray<netjac_fused>
  private let steps: PlainArray<netjac_fused_step>
  private let fetches: PlainArray<netjac_fetch>
  /// The group's small tables, one behind the other.
  private let numbers: PlainArray<Int64>
  /// The array of each slot, then that of each fetch.
  private let operands: PlainArray<Operand>
  private let scratch: Operand
  private let text: String

  /// Bytes of scratch that a group with so many slots needs: tables of addresses and the arrays.
  static func scratchBytes(slots: [Slot]) -> Int {
    tableBytes(slots.count) + slots.count { $0.isInScratch } * pieceBytes
  }

  private static let pieceBytes = Int(NETJAC_FUSED_PIECE) * 8

  /// Three addresses for each slot, and a place for each axis.
  private static func tableBytes(_ slots: Int) -> Int {
    (slots * 24 + axisLimit * 8 + 63) / 64 * 64
  }
  static let axisLimit = 8
  /// Rows shorter than this take longer to find than to compute.
  static let shortestRow = 16

  override var name: String { text }

  /// `isDouble` says what most of the loops work on.
  init(
    rowDims: [Int], count: Int, slots: [Slot], operations: [Operation], scratch: Operand,
    isDouble: Bool, name: String
  ) {
    self.scratch = scratch
    text = name
    var numbers = Numbers()
    var scratchOffset = scratch.offset + FusedKernel.tableBytes(slots.count)
    var operands: [Operand] = []
    var sources: [Operand] = []
    var elementBytes: [Int] = []
    var rowSteps: [[Int]] = []
    var fetches: [(fetch: netjac_fetch, dims: Int, strides: Int)] = []
    for (index, slot) in slots.enumerated() {
      switch slot {
      case .memory(let operand, let size, let strides):
        operands.append(operand)
        elementBytes.append(size)
        rowSteps.append(strides.map { $0 * size })
      case .scalar(let operand, let size, let strides):
        operands.append(operand)
        elementBytes.append(0)
        rowSteps.append(strides.map { $0 * size })
      case .scratch, .fetched:
        operands.append(Operand(base: scratch.base, offset: scratchOffset))
        scratchOffset += FusedKernel.pieceBytes
        elementBytes.append(0)
        rowSteps.append(rowDims.map { _ in 0 })
      }
      guard case .fetched(let operand, let axes, let size) = slot else { continue }
      sources.append(operand)
      var fetch = netjac_fetch()
      fetch.slot = Int64(index)
      fetch.size = Int64(size)
      fetch.length = Int64(axes.last?.dim ?? 1)
      fetch.stride = Int64(axes.last?.strides[0] ?? 0)
      fetch.axes = Int64(max(axes.count - 1, 0))
      fetches.append(
        (
          fetch, numbers.add(axes.dropLast().map(\.dim)),
          numbers.add(axes.dropLast().map { $0.strides[0] })
        ))
    }
    self.operands = PlainArray(operands + sources)
    var group = netjac_fused()
    group.step_count = Int64(operations.count)
    group.slot_count = Int64(slots.count)
    group.count = Int64(count)
    group.axes = Int64(rowDims.count)
    group.fetch_count = Int64(fetches.count)
    let tables = (
      bytes: numbers.add(elementBytes), dims: numbers.add(rowDims),
      rowBytes: numbers.add(rowDims.indices.flatMap { axis in rowSteps.map { $0[axis] } })
    )
    self.numbers = PlainArray(numbers.all)
    let start = UnsafePointer(self.numbers.start)
    group.bytes = start + tables.bytes
    group.dims = start + tables.dims
    group.row_bytes = start + tables.rowBytes
    self.fetches = PlainArray(
      fetches.map {
        var fetch = $0.fetch
        fetch.dims = start + $0.dims
        fetch.strides = start + $0.strides
        return fetch
      })
    group.fetches = UnsafePointer(self.fetches.start)
    steps = PlainArray(operations.map(\.step))
    netjac_prepare_fused(&group, steps.start, isDouble ? 1 : 0)
    group.steps = UnsafePointer(steps.start)
    self.group = PlainArray([group])
  }

  deinit {
    group.free()
    steps.free()
    fetches.free()
    numbers.free()
    operands.free()
  }

  override func run(_ bases: Bases) {
    let slots = scratch.pointer(bases, as: UnsafeMutablePointer<CChar>?.self)
    for k in 0..<operands.count {
      slots[k] = operands.start[k].pointer(bases).assumingMemoryBound(to: CChar.self)
    }
    netjac_run_fused(group.start, slots)
  }

  /// Tables of numbers, each known by where it begins.
  private struct Numbers {
    private(set) var all: [Int64] = []

    mutating func add(_ table: [Int]) -> Int {
      all.append(contentsOf: table.map(Int64.init))
      return all.count - table.count
    }
  }
}

extension FusedKernel.Slot {
  fileprivate var isInScratch: Bool {
    switch self {
    case .memory, .scalar: false
    case .scratch, .fetched: true
    }
  }
}

extension FusedKernel.Operation {
  fileprivate var step: netjac_fused_step {
    var step = netjac_fused_step()
    step.loop = loop.address
    step.operands = Int32(operands.count)
    step.result = Int32(result)
    step.a = Int32(operands[0])
    step.b = Int32(operands.count > 1 ? operands[1] : operands[0])
    step.c = Int32(operands.count > 2 ? operands[2] : operands[0])
    return step
  }
}
