import Graph
import Tensors

/// The sum of each window's elements.
final class WindowSumKernel<Real: KernelReal>: Kernel {
  private let x: Operand
  private let y: Operand
  private let images: Int
  private let lines: WindowLines
  private let sum = Real.windowSums

  override var name: String {
    "pool-sum \(images)x\(lines.windows.lines * lines.windows.count)"
  }

  init(_ axes: [WindowAxis], from x: Operand, _ type: TensorType, to y: Operand) {
    self.x = x
    self.y = y
    images = type.dims.dropLast(axes.count).reduce(1, *)
    lines = WindowLines(axes, spatial: Array(type.dims.suffix(axes.count)))
  }

  deinit { lines.free() }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    withUnsafePointer(to: lines.windows) { sum(y.pointer(bases), x.pointer(bases), images, $0) }
  }
}
