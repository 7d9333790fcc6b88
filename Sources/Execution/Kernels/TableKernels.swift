import CKernels
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
class ScatterTableKernel: Kernel {
  private let source: Operand
  private let target: Operand
  fileprivate let runs: PlainArray<netjac_run>
  private let rows: Int
  fileprivate let sourceRow: Int
  fileprivate let targetRow: Int
  private let element: ElementType

  override var name: String { "fold \(rows)x\(targetRow)" }

  init(
    from source: Operand, to target: Operand, table: [Int32], rows: Int, targetRow: Int,
    element: ElementType
  ) {
    self.source = source
    self.target = target
    runs = PlainArray(
      TableRun.runs(table).filter { $0.place >= 0 }.map {
        netjac_run(
          source: Int64($0.start), target: Int64($0.place), step: Int64($0.step),
          length: Int64($0.length))
      })
    self.rows = rows
    sourceRow = table.count
    self.targetRow = targetRow
    self.element = element
  }

  /// The fastest kernel for the element type.
  static func make(
    from source: Operand, to target: Operand, table: [Int32], rows: Int, targetRow: Int,
    element: ElementType
  ) -> Kernel {
    func real<Real: KernelReal>(_ real: Real.Type) -> Kernel {
      RealScatterTableKernel<Real>(
        from: source, to: target, table: table, rows: rows, targetRow: targetRow, element: element)
    }
    if element.isReal { return real(element.kernelReal) }
    return ScatterTableKernel(
      from: source, to: target, table: table, rows: rows, targetRow: targetRow, element: element)
  }

  deinit { runs.free() }

  override func run(_ bases: Bases) {
    switch element {
    // Those of real numbers have a kernel of their own.
    case .float64, .float32: break
    case .int64: fold(bases, Int64.self) { y, x, count in add(y, x, count) { $0 &+ $1 } }
    case .int32: fold(bases, Int32.self) { y, x, count in add(y, x, count) { $0 &+ $1 } }
    case .bool: fold(bases, UInt8.self) { y, x, count in add(y, x, count) { $0 | $1 } }
    }
  }

  /// Rows taken at once: so many that a run does not meet those before it while they are still
  /// being stored, and few enough for the first-level cache.
  private var rowsAtOnce: Int { Swift.max(1, Swift.min(16, 2048 / Swift.max(targetRow, 1))) }

  @inline(__always)
  fileprivate func fold<Element>(
    _ bases: Bases, _ type: Element.Type,
    _ add: (UnsafeMutablePointer<Element>, UnsafeMutablePointer<Element>, Int) -> Void
  ) {
    let y = target.pointer(bases, as: type)
    let x = source.pointer(bases, as: type)
    var row = 0
    while row < rows {
      let count = Swift.min(rowsAtOnce, rows - row)
      memset(y + row * targetRow, 0, count * targetRow * MemoryLayout<Element>.stride)
      add(y + row * targetRow, x + row * sourceRow, count)
      row += count
    }
  }

  @inline(__always)
  private func add<Element>(
    _ y: UnsafeMutablePointer<Element>, _ x: UnsafeMutablePointer<Element>, _ rows: Int,
    _ plus: (Element, Element) -> Element
  ) {
    for row in 0..<rows {
      let (target, source) = (y + row * targetRow, x + row * sourceRow)
      for k in 0..<runs.count {
        let run = runs[k]
        for j in 0..<run.length {
          let sum = target + Int(run.target + j * run.step)
          sum.pointee = plus(sum.pointee, source[Int(run.source + j)])
        }
      }
    }
  }
}

/// The same for real numbers, by `add_runs` in `windows.h`.
private final class RealScatterTableKernel<Real: KernelReal>: ScatterTableKernel {
  private let addRuns = Real.addRuns

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    fold(bases, Real.self) { y, x, count in
      addRuns(y, targetRow, x, sourceRow, count, runs.start, runs.count)
    }
  }
}
