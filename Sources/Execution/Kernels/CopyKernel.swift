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
    let isTranspose = columns.target == 1 && rows.source == 1
    switch size {
    case 8 where isTranspose:
      netjac_transpose_8(
        target, Int64(rows.target), source, Int64(columns.source), Int64(columns.dim),
        Int64(rows.dim))
    case 4 where isTranspose:
      netjac_transpose_4(
        target, Int64(rows.target), source, Int64(columns.source), Int64(columns.dim),
        Int64(rows.dim))
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
