import CKernels
import Glibc
import Tensors

/// Copies strided elements into a contiguous array, or into a strided place in one.
final class CopyKernel: Kernel {
  private let source: Operand
  private let target: Operand
  private let size: Int
  /// Outer loops, then rows and columns of the innermost two-dimensional copy.
  private let outer: PlainArray<Loop>
  private let rows: Loop
  private let columns: Loop

  struct Loop {
    let dim: Int
    let source: Int
    let target: Int
  }

  override var name: String { "copy" }

  init(
    from source: Operand, _ sourceStrides: [Int], to target: Operand, _ targetStrides: [Int],
    dims: [Int], elementSize: Int
  ) {
    self.source = source
    self.target = target
    size = elementSize
    var loops =
      dims.contains(0)
      ? [Loop(dim: 0, source: 0, target: 0)]
      : collapsed(dims: dims, [sourceStrides, targetStrides]).map {
        Loop(dim: $0.dim, source: $0.strides[0], target: $0.strides[1])
      }
    let unit = Loop(dim: 1, source: 0, target: 0)
    columns = loops.popLast() ?? unit
    rows = loops.popLast() ?? unit
    outer = PlainArray(loops)
  }

  deinit { outer.free() }

  override func run(_ bases: Bases) {
    copy(0, target.pointer(bases), source.pointer(bases))
  }

  private func copy(
    _ level: Int, _ target: UnsafeMutableRawPointer, _ source: UnsafeMutableRawPointer
  ) {
    if level < outer.count {
      let loop = outer[level]
      for k in 0..<loop.dim {
        copy(level + 1, target + k * loop.target * size, source + k * loop.source * size)
      }
      return
    }
    if columns.source == 1 && columns.target == 1 {
      for row in 0..<rows.dim {
        memcpy(
          target + row * rows.target * size, source + row * rows.source * size,
          columns.dim * size)
      }
      return
    }
    switch size {
    case 8:
      netjac_copy2d_8(
        target, Int64(rows.target), Int64(columns.target), source, Int64(rows.source),
        Int64(columns.source), Int64(rows.dim), Int64(columns.dim))
    case 4:
      netjac_copy2d_4(
        target, Int64(rows.target), Int64(columns.target), source, Int64(rows.source),
        Int64(columns.source), Int64(rows.dim), Int64(columns.dim))
    default:
      netjac_copy2d_1(
        target, Int64(rows.target), Int64(columns.target), source, Int64(rows.source),
        Int64(columns.source), Int64(rows.dim), Int64(columns.dim))
    }
  }
}

/// Moves elements by a table of places that repeats for each row: `y[r, k] = x[r, table[k]]`, zero
/// where the table holds -1.
final class TableKernel: Kernel {
  private let source: Operand
  private let target: Operand
  private let table: PlainArray<Int32>
  private let rows: Int
  private let sourceRow: Int
  private let size: Int

  override var name: String { "move" }

  init(
    from source: Operand, to target: Operand, table: [Int32], rows: Int, sourceRow: Int,
    elementSize: Int
  ) {
    self.source = source
    self.target = target
    self.table = PlainArray(table)
    self.rows = rows
    self.sourceRow = sourceRow
    size = elementSize
  }

  deinit { table.free() }

  override func run(_ bases: Bases) {
    switch size {
    case 8: move(bases, UInt64.self)
    case 4: move(bases, UInt32.self)
    default: move(bases, UInt8.self)
    }
  }

  private func move<Element: FixedWidthInteger>(_ bases: Bases, _ type: Element.Type) {
    var y = target.pointer(bases, as: type)
    var x = source.pointer(bases, as: type)
    for _ in 0..<rows {
      for k in 0..<table.count {
        let place = Int(table[k])
        y[k] = place < 0 ? 0 : x[place]
      }
      y += table.count
      x += sourceRow
    }
  }
}

/// Adds elements into places given by a table that repeats for each row:
/// `y[r, table[k]] += x[r, k]`, from zero.
final class ScatterTableKernel: Kernel {
  private let source: Operand
  private let target: Operand
  private let table: PlainArray<Int32>
  private let rows: Int
  private let targetRow: Int
  private let element: ElementType

  override var name: String { "fold" }

  init(
    from source: Operand, to target: Operand, table: [Int32], rows: Int, targetRow: Int,
    element: ElementType
  ) {
    self.source = source
    self.target = target
    self.table = PlainArray(table)
    self.rows = rows
    self.targetRow = targetRow
    self.element = element
  }

  deinit { table.free() }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: fold(bases, Double.self, +)
    case .float32: fold(bases, Float.self, +)
    case .int64: fold(bases, Int64.self, &+)
    case .int32: fold(bases, Int32.self, &+)
    case .bool: fold(bases, UInt8.self, |)
    }
  }

  @inline(__always)
  private func fold<Element: Numeric>(
    _ bases: Bases, _ type: Element.Type, _ plus: (Element, Element) -> Element
  ) {
    var y = target.pointer(bases, as: type)
    var x = source.pointer(bases, as: type)
    for _ in 0..<rows {
      y.update(repeating: 0, count: targetRow)
      for k in 0..<table.count {
        let place = Int(table[k])
        if place >= 0 { y[place] = plus(y[place], x[k]) }
      }
      y += targetRow
      x += table.count
    }
  }
}
