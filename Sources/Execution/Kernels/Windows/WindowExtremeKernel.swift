import CKernels
import Graph
import Tensors

/// The best element of each window, its place, or both: plainly, for element types and sizes that pools
/// seldom have.
class WindowExtremeKernel: Kernel {
  fileprivate let x: Operand
  fileprivate let values: Operand?
  fileprivate let places: Operand?
  fileprivate let images: Int
  fileprivate let lines: WindowLines
  private let kind: Extreme.Kind
  private let last: Bool
  private let element: ElementType

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

  /// The fastest kernel for these windows.
  static func make(
    _ primitive: WindowExtreme, from x: Operand, _ type: TensorType, values: Operand?,
    places: Operand?
  ) -> Kernel {
    func fast<Real: KernelReal>(_ real: Real.Type) -> Kernel {
      RealWindowExtremeKernel<Real>(primitive, from: x, type, values: values, places: places)
    }
    let pixels = type.dims.suffix(primitive.axes.count).reduce(1, *)
    if type.element == .float64 || type.element == .float32 && pixels < Int32.max {
      return fast(type.element.kernelReal)
    }
    return WindowExtremeKernel(primitive, from: x, type, values: values, places: places)
  }

  deinit { lines.free() }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: find(bases, Double(0))
    case .float32: find(bases, Float(0))
    case .int64: find(bases, Int64(0))
    case .int32: find(bases, Int32(0))
    case .bool: find(bases, UInt8(0))
    }
  }

  fileprivate var flags: Int32 {
    (kind == .minimum ? Int32(NETJAC_EXTREME_MINIMUM.rawValue) : 0)
      | (last ? Int32(NETJAC_EXTREME_LAST.rawValue) : 0)
  }

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

private final class RealWindowExtremeKernel<Real: KernelReal>: WindowExtremeKernel {
  private let find = Real.windowExtremes

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    withUnsafePointer(to: lines.windows) {
      find(
        values?.pointer(bases), places?.pointer(bases, as: Int64.self), x.pointer(bases), images,
        $0, flags)
    }
  }
}
