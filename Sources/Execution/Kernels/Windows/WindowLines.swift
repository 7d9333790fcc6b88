import CKernels
import Graph
import Tensors

/// Which rows of an image the windows of each line of a result reach, as the loops in C take it.
struct WindowLines {
  private let starts: PlainArray<Int64>
  private let rows: PlainArray<Int64>
  let windows: netjac_windows

  init(_ axes: [WindowAxis], spatial: [Int]) {
    var lines = [[0]]
    for (axis, stride) in axes.indices.dropLast().map({ ($0, Shape(spatial).strides[$0]) }) {
      let window = axes[axis]
      lines = lines.flatMap { line in
        (0..<window.count).map { position in
          let inside = window.inside(position, of: spatial[axis])
          return line.flatMap { row in
            inside.map { row + window.element(position, $0) * stride }
          }
        }
      }
    }
    starts = PlainArray(
      lines.reduce(into: [0]) { starts, line in
        starts.append(starts[starts.count - 1] + Int64(line.count))
      })
    rows = PlainArray(lines.flatMap { $0.map(Int64.init) })
    // No axis at all: each element is a window of its own.
    let window = axes.last ?? WindowAxis(size: 1, count: 1)
    let width = spatial.last ?? 1
    let whole = (0..<window.count).filter {
      window.size > 0 && window.inside($0, of: width) == 0..<window.size
    }
    windows = netjac_windows(
      pixels: Int64(spatial.reduce(1, *)), width: Int64(width), lines: Int64(lines.count),
      count: Int64(window.count), starts: starts.start, rows: rows.start,
      size: Int64(window.size), stride: Int64(window.stride), dilation: Int64(window.dilation),
      low: Int64(window.low), first: Int64(whole.first ?? window.count),
      end: Int64(whole.last.map { $0 + 1 } ?? window.count))
  }

  func free() {
    starts.free()
    rows.free()
  }
}
