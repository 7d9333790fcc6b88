import Glibc
import Tensors

/// A part of a table of places: `length` elements from `place` on, `step` apart, or zeros where
/// `place` is -1.
struct TableRun {
  let start: Int
  let place: Int
  let step: Int
  let length: Int

  /// The table as runs, in order.
  static func runs(_ table: [Int32]) -> [TableRun] {
    var runs: [TableRun] = []
    var start = 0
    while start < table.count {
      let place = Int(table[start])
      let next = start + 1 < table.count ? Int(table[start + 1]) : -1
      let step = place >= 0 && next > place ? next - place : place < 0 ? 0 : 1
      var end = start + 1
      while end < table.count, Int(table[end]) == place + (end - start) * step { end += 1 }
      runs.append(TableRun(start: start, place: place, step: step, length: end - start))
      start = end
    }
    return runs
  }
}

/// Moves elements by a table of places that repeats for each row: `y[r, k] = x[r, table[k]]`, zero
/// where the table holds -1.
final class TableKernel: Kernel {
  private let source: Operand
  private let target: Operand
  private let runs: PlainArray<TableRun>
  private let rows: Int
  private let sourceRow: Int
  private let targetRow: Int
  private let size: Int

  override var name: String { "move \(rows)x\(targetRow)" }

  init(
    from source: Operand, to target: Operand, table: [Int32], rows: Int, sourceRow: Int,
    elementSize: Int
  ) {
    self.source = source
    self.target = target
    runs = PlainArray(TableRun.runs(table))
    self.rows = rows
    self.sourceRow = sourceRow
    targetRow = table.count
    size = elementSize
  }

  deinit { runs.free() }

  override func run(_ bases: Bases) {
    switch size {
    case 8: move(bases, UInt64.self)
    case 4: move(bases, UInt32.self)
    default: move(bases, UInt8.self)
    }
  }

  @inline(__always)
  private func move<Element: FixedWidthInteger>(_ bases: Bases, _ type: Element.Type) {
    var y = target.pointer(bases, as: type)
    var x = source.pointer(bases, as: type)
    for _ in 0..<rows {
      for k in 0..<runs.count {
        let run = runs.start + k
        let part = y + run.pointee.start
        let length = run.pointee.length
        if run.pointee.place < 0 {
          for j in 0..<length { part[j] = 0 }
        } else {
          let from = x + run.pointee.place
          let step = run.pointee.step
          if step == 1 {
            for j in 0..<length { part[j] = from[j] }
          } else {
            for j in 0..<length { part[j] = from[j * step] }
          }
        }
      }
      y += targetRow
      x += sourceRow
    }
  }
}

/// Adds elements into places given by a table that repeats for each row:
/// `y[r, table[k]] += x[r, k]`, from zero.
final class ScatterTableKernel: Kernel {
  private let source: Operand
  private let target: Operand
  private let runs: PlainArray<TableRun>
  private let rows: Int
  private let sourceRow: Int
  private let targetRow: Int
  private let element: ElementType

  override var name: String { "fold \(rows)x\(targetRow)" }

  init(
    from source: Operand, to target: Operand, table: [Int32], rows: Int, targetRow: Int,
    element: ElementType
  ) {
    self.source = source
    self.target = target
    runs = PlainArray(TableRun.runs(table).filter { $0.place >= 0 })
    self.rows = rows
    sourceRow = table.count
    self.targetRow = targetRow
    self.element = element
  }

  deinit { runs.free() }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: fold(bases, Double(0)) { $0 + $1 }
    case .float32: fold(bases, Float(0)) { $0 + $1 }
    case .int64: fold(bases, Int64(0)) { $0 &+ $1 }
    case .int32: fold(bases, Int32(0)) { $0 &+ $1 }
    case .bool: fold(bases, UInt8(0)) { $0 | $1 }
    }
  }

  @inline(__always)
  private func fold<Element>(
    _ bases: Bases, _ zero: Element, _ plus: (Element, Element) -> Element
  ) {
    var y = target.pointer(bases, as: Element.self)
    var x = source.pointer(bases, as: Element.self)
    for _ in 0..<rows {
      y.update(repeating: zero, count: targetRow)
      for k in 0..<runs.count {
        let run = runs.start + k
        let part = y + run.pointee.place
        let from = x + run.pointee.start
        let step = run.pointee.step
        if step == 1 {
          for j in 0..<run.pointee.length { part[j] = plus(part[j], from[j]) }
        } else {
          for j in 0..<run.pointee.length { part[j * step] = plus(part[j * step], from[j]) }
        }
      }
      y += targetRow
      x += sourceRow
    }
  }
}
