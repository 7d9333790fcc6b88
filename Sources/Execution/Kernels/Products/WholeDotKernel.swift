import Graph
import Tensors

/// A labelled product of whole numbers, loop by loop.
final class WholeDotKernel: Kernel {
  private let a: Operand
  private let b: Operand
  private let y: Operand
  private let element: ElementType
  private let free: PlainArray<(dim: Int, a: Int, b: Int)>
  private let summed: PlainArray<(dim: Int, a: Int, b: Int)>

  override var name: String { "whole-product" }

  init(
    _ dot: Dot, dims: [Int], a: Operand, _ aStrides: [Int], b: Operand, _ bStrides: [Int],
    y: Operand, element: ElementType
  ) {
    self.a = a
    self.b = b
    self.y = y
    self.element = element
    func axes(_ labels: [Int]) -> [(dim: Int, a: Int, b: Int)] {
      labels.map { label in
        (
          dims[label], dot.a.firstIndex(of: label).map { aStrides[$0] } ?? 0,
          dot.b.firstIndex(of: label).map { bStrides[$0] } ?? 0
        )
      }
    }
    free = PlainArray(axes(dot.y))
    summed = PlainArray(axes(dot.contracted))
  }

  deinit {
    free.free()
    summed.free()
  }

  override func run(_ bases: Bases) {
    if element == .int64 { multiply(bases, Int64.self) } else { multiply(bases, Int32.self) }
  }

  private func multiply<Whole: FixedWidthInteger>(_ bases: Bases, _ type: Whole.Type) {
    let a = a.pointer(bases, as: type)
    let b = b.pointer(bases, as: type)
    let y = y.pointer(bases, as: type)
    for place in 0..<total(free) {
      let start = offset(free, place)
      var sum: Whole = 0
      for term in 0..<total(summed) {
        let step = offset(summed, term)
        sum = sum &+ a[start.a + step.a] &* b[start.b + step.b]
      }
      y[place] = sum
    }
  }

  private func total(_ axes: PlainArray<(dim: Int, a: Int, b: Int)>) -> Int {
    var total = 1
    for k in 0..<axes.count { total *= axes[k].dim }
    return total
  }

  private func offset(
    _ axes: PlainArray<(dim: Int, a: Int, b: Int)>, _ place: Int
  ) -> (a: Int, b: Int) {
    var rest = place
    var result = (a: 0, b: 0)
    for k in stride(from: axes.count - 1, through: 0, by: -1) {
      result.a += rest % axes[k].dim * axes[k].a
      result.b += rest % axes[k].dim * axes[k].b
      rest /= axes[k].dim
    }
    return result
  }
}
