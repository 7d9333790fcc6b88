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

/// The best element of each window, its place, or both.
final class WindowExtremeKernel: Kernel {
  private let x: Operand
  private let values: Operand?
  private let places: Operand?
  private let images: Int
  private let lines: WindowLines
  private let kind: Extreme.Kind
  private let last: Bool
  private let element: ElementType
  private let find64 = netjac_find_window_extreme_f64()
  private let find32 = netjac_find_window_extreme_f32()

  override var name: String {
    "pool \(images)x\(lines.windows.lines * lines.windows.count)"
  }

  init(
    _ primitive: WindowExtreme, from x: Operand, _ type: TensorType, values: Operand?,
    places: Operand?
  ) {
    self.x = x
    self.values = values
    self.places = places
    let rank = primitive.axes.count
    images = type.dims.dropLast(rank).reduce(1, *)
    lines = WindowLines(primitive.axes, spatial: Array(type.dims.suffix(rank)))
    kind = primitive.kind
    last = primitive.last
    element = type.element
  }

  deinit { lines.free() }

  override func run(_ bases: Bases) {
    switch element {
    case .float64:
      withUnsafePointer(to: lines.windows) {
        find64?(
          values?.pointer(bases, as: Double.self), places?.pointer(bases, as: Int64.self),
          x.pointer(bases, as: Double.self), Int64(images), $0, flags)
      }
    case .float32 where lines.windows.pixels < Int32.max:
      withUnsafePointer(to: lines.windows) {
        find32?(
          values?.pointer(bases, as: Float.self), places?.pointer(bases, as: Int64.self),
          x.pointer(bases, as: Float.self), Int64(images), $0, flags)
      }
    case .float32: find(bases, Float(0))
    case .int64: find(bases, Int64(0))
    case .int32: find(bases, Int32(0))
    case .bool: find(bases, UInt8(0))
    }
  }

  private var flags: Int32 {
    (kind == .minimum ? Int32(NETJAC_EXTREME_MINIMUM.rawValue) : 0)
      | (last ? Int32(NETJAC_EXTREME_LAST.rawValue) : 0)
  }

  /// The same, plainly, for element types that pools seldom have.
  private func find<Element: Comparable>(_ bases: Bases, _ outside: Element) {
    let windows = lines.windows
    var x = x.pointer(bases, as: Element.self)
    var y = values?.pointer(bases, as: Element.self)
    var place = places?.pointer(bases, as: Int64.self)
    for _ in 0..<images {
      for line in 0..<Int(windows.lines) {
        for position in 0..<windows.count {
          var best: (value: Element, place: Int64)?
          for row in Int(windows.starts[line])..<Int(windows.starts[line + 1]) {
            for k in 0..<windows.size {
              let at = position * windows.stride + k * windows.dilation - windows.low
              guard at >= 0, at < windows.width else { continue }
              let new = x[Int(windows.rows[row] + at)]
              if let old = best?.value, !wins(new, old) { continue }
              best = (new, windows.rows[row] + at)
            }
          }
          y?[Int(position)] = best?.value ?? outside
          place?[Int(position)] = best?.place ?? -1
        }
        y? += Int(windows.count)
        place? += Int(windows.count)
      }
      x += Int(windows.pixels)
    }
  }

  private func wins<Element: Comparable>(_ new: Element, _ old: Element) -> Bool {
    if new != new { return old == old }
    return (kind == .maximum ? new > old : new < old) || last && new == old
  }
}

/// The sum of each window's elements.
final class WindowSumKernel: Kernel {
  private let x: Operand
  private let y: Operand
  private let images: Int
  private let lines: WindowLines
  private let element: ElementType
  private let sum64 = netjac_find_window_sum_f64()
  private let sum32 = netjac_find_window_sum_f32()

  override var name: String {
    "pool-sum \(images)x\(lines.windows.lines * lines.windows.count)"
  }

  init(_ axes: [WindowAxis], from x: Operand, _ type: TensorType, to y: Operand) {
    self.x = x
    self.y = y
    images = type.dims.dropLast(axes.count).reduce(1, *)
    lines = WindowLines(axes, spatial: Array(type.dims.suffix(axes.count)))
    element = type.element
  }

  deinit { lines.free() }

  override func run(_ bases: Bases) {
    withUnsafePointer(to: lines.windows) {
      if element == .float64 {
        sum64?(
          y.pointer(bases, as: Double.self), x.pointer(bases, as: Double.self), Int64(images), $0)
      } else {
        sum32?(
          y.pointer(bases, as: Float.self), x.pointer(bases, as: Float.self), Int64(images), $0)
      }
    }
  }
}
