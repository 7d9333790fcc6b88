import Graph
import Tensors

/// Combines elements along axes of a contiguous array. The array is seen as
/// [outer, reduced, inner]; further reduced axes are loops over such arrays.
final class ReduceKernel: Kernel {
  enum Operation { case sum, minimum, maximum }

  private let x: Operand
  private let y: Operand
  private let operation: Operation
  private let element: ElementType
  /// Kept axes: how far x moves. Together they enumerate y in order.
  private let kept: PlainArray<Axis>
  private let reduced: PlainArray<Axis>
  /// The last kept axis, if x steps by one along it: vectorised over.
  private let lanes: Int
  private let keptCount: Int

  struct Axis {
    let dim: Int
    let stride: Int
  }

  override var name: String { "reduce" }

  init(
    _ operation: Operation, from x: Operand, _ strides: [Int], dims: [Int], axes: [Int],
    to y: Operand, element: ElementType
  ) {
    self.operation = operation
    self.x = x
    self.y = y
    self.element = element
    let keptAxes = dims.indices.filter { !axes.contains($0) }
    var kept = collapsed(dims: keptAxes.map { dims[$0] }, [keptAxes.map { strides[$0] }]).map {
      Axis(dim: $0.dim, stride: $0.strides[0])
    }
    if keptAxes.contains(where: { dims[$0] == 0 }) { kept = [Axis(dim: 0, stride: 0)] }
    if let last = kept.last, last.stride == 1 {
      lanes = last.dim
      kept.removeLast()
    } else {
      lanes = 1
    }
    keptCount = kept.reduce(1) { $0 * $1.dim }
    self.kept = PlainArray(kept)
    reduced = PlainArray(
      axes.contains(where: { dims[$0] == 0 })
        ? [Axis(dim: 0, stride: 0)]
        : collapsed(dims: axes.map { dims[$0] }, [axes.map { strides[$0] }]).map {
          Axis(dim: $0.dim, stride: $0.strides[0])
        })
  }

  deinit {
    kept.free()
    reduced.free()
  }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: reals(bases, Double.self)
    case .float32: reals(bases, Float.self)
    case .int64: wholes(bases, Int64.self)
    case .int32: wholes(bases, Int32.self)
    case .bool: wholes(bases, UInt8.self)
    }
  }

  @inline(__always)
  private func reals<Real: BinaryFloatingPoint>(_ bases: Bases, _ type: Real.Type) {
    switch operation {
    case .sum: reduce(bases, Real(0)) { $0 + $1 }
    // The comparison is false for NaN, which therefore wins.
    case .maximum: reduce(bases, -Real.infinity) { $1 <= $0 ? $0 : ($0.isNaN ? $0 : $1) }
    case .minimum: reduce(bases, Real.infinity) { $1 >= $0 ? $0 : ($0.isNaN ? $0 : $1) }
    }
  }

  @inline(__always)
  private func wholes<Whole: FixedWidthInteger>(_ bases: Bases, _ type: Whole.Type) {
    switch operation {
    case .sum: reduce(bases, Whole(0)) { $0 &+ $1 }
    case .maximum: reduce(bases, element == .bool ? 0 : Whole.min) { Swift.max($0, $1) }
    case .minimum: reduce(bases, element == .bool ? 1 : Whole.max) { Swift.min($0, $1) }
    }
  }

  @inline(__always)
  private func reduce<Element>(
    _ bases: Bases, _ start: Element, _ combine: (Element, Element) -> Element
  ) {
    var y = y.pointer(bases, as: Element.self)
    let x = x.pointer(bases, as: Element.self)
    for row in 0..<keptCount {
      var rest = row
      var offset = 0
      for level in stride(from: kept.count - 1, through: 0, by: -1) {
        offset += rest % kept[level].dim * kept[level].stride
        rest /= kept[level].dim
      }
      if lanes > 1 {
        for lane in 0..<lanes { y[lane] = start }
        accumulate(y, x + offset, combine)
      } else {
        y[0] = single(x + offset, start, combine)
      }
      y += lanes
    }
  }

  @inline(__always)
  private func accumulate<Element>(
    _ y: UnsafeMutablePointer<Element>, _ x: UnsafeMutablePointer<Element>,
    _ combine: (Element, Element) -> Element
  ) {
    let total = (0..<reduced.count).reduce(1) { $0 * reduced[$1].dim }
    for k in 0..<total {
      var rest = k
      var offset = 0
      for level in stride(from: reduced.count - 1, through: 0, by: -1) {
        offset += rest % reduced[level].dim * reduced[level].stride
        rest /= reduced[level].dim
      }
      let source = x + offset
      for lane in 0..<lanes { y[lane] = combine(y[lane], source[lane]) }
    }
  }

  @inline(__always)
  private func single<Element>(
    _ x: UnsafeMutablePointer<Element>, _ start: Element,
    _ combine: (Element, Element) -> Element
  ) -> Element {
    guard reduced.count > 0 else { return combine(start, x[0]) }
    let inner = reduced[reduced.count - 1]
    let outerCount = (0..<reduced.count - 1).reduce(1) { $0 * reduced[$1].dim }
    var result = start
    for k in 0..<outerCount {
      var rest = k
      var offset = 0
      for level in stride(from: reduced.count - 2, through: 0, by: -1) {
        offset += rest % reduced[level].dim * reduced[level].stride
        rest /= reduced[level].dim
      }
      var source = x + offset
      for _ in 0..<inner.dim {
        result = combine(result, source[0])
        source += inner.stride
      }
    }
    return result
  }
}

/// Kernels along one axis of a contiguous array seen as [outer, length, inner].
class LineKernel: Kernel {
  let x: Operand
  let y: Operand
  let outer: Int
  let length: Int
  let inner: Int
  let element: ElementType

  init(from x: Operand, dims: [Int], axis: Int, to y: Operand, element: ElementType) {
    self.x = x
    self.y = y
    self.element = element
    outer = dims[..<axis].reduce(1, *)
    length = dims[axis]
    inner = dims[(axis + 1)...].reduce(1, *)
  }
}

final class CumulativeSumKernel: LineKernel {
  private let exclusive: Bool
  private let reverse: Bool

  override var name: String { "cumulative-sum" }

  init(
    _ primitive: CumulativeSum, from x: Operand, dims: [Int], to y: Operand, element: ElementType
  ) {
    exclusive = primitive.exclusive
    reverse = primitive.reverse
    super.init(from: x, dims: dims, axis: primitive.axis, to: y, element: element)
  }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: sum(bases, Double(0)) { $0 + $1 }
    case .float32: sum(bases, Float(0)) { $0 + $1 }
    case .int64: sum(bases, Int64(0)) { $0 &+ $1 }
    case .int32: sum(bases, Int32(0)) { $0 &+ $1 }
    case .bool: sum(bases, UInt8(0)) { $0 | $1 }
    }
  }

  @inline(__always)
  private func sum<Element>(
    _ bases: Bases, _ zero: Element, _ plus: (Element, Element) -> Element
  ) {
    let x = x.pointer(bases, as: Element.self)
    let y = y.pointer(bases, as: Element.self)
    for row in 0..<outer {
      for column in 0..<inner {
        var sum = zero
        for step in 0..<length {
          let k = reverse ? length - 1 - step : step
          let place = (row * length + k) * inner + column
          let next = plus(sum, x[place])
          y[place] = exclusive ? sum : next
          sum = next
        }
      }
    }
  }
}

final class ArgExtremeKernel: LineKernel {
  private let kind: Extreme.Kind
  private let last: Bool

  override var name: String { "arg-extreme \(outer)x\(length)x\(inner)" }

  init(_ primitive: ArgExtreme, from x: Operand, dims: [Int], to y: Operand, element: ElementType) {
    kind = primitive.kind
    last = primitive.last
    super.init(from: x, dims: dims, axis: primitive.axis, to: y, element: element)
  }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: find(bases, Double.self)
    case .float32: find(bases, Float.self)
    case .int64: find(bases, Int64.self)
    case .int32: find(bases, Int32.self)
    case .bool: find(bases, UInt8.self)
    }
  }

  @inline(__always)
  private func find<Element: Comparable>(_ bases: Bases, _ type: Element.Type) {
    switch (kind, last) {
    case (.maximum, false): find(bases, type) { $0 > $1 }
    case (.maximum, true): find(bases, type) { $0 >= $1 }
    case (.minimum, false): find(bases, type) { $0 < $1 }
    case (.minimum, true): find(bases, type) { $0 <= $1 }
    }
  }

  /// Lines side by side advance together, which lets the compiler use vectors.
  @inline(__always)
  private func find<Element: Comparable>(
    _ bases: Bases, _ type: Element.Type, _ isBetter: (Element, Element) -> Bool
  ) {
    let laneLimit = 64
    withUnsafeTemporaryAllocation(of: type, capacity: laneLimit) { values in
      guard let best = values.baseAddress else { return }
      for row in 0..<outer {
        var column = 0
        while column < inner {
          let lanes = min(laneLimit, inner - column)
          let x = x.pointer(bases, as: type) + row * length * inner + column
          let y = y.pointer(bases, as: Int64.self) + row * inner + column
          for lane in 0..<lanes {
            best[lane] = x[lane]
            y[lane] = 0
          }
          for k in 1..<Swift.max(length, 1) {
            let line = x + k * inner
            for lane in 0..<lanes {
              let new = line[lane]
              let old = best[lane]
              // NaN counts as the extreme, the first one of several.
              let wins = isBetter(new, old) || (new != new && old == old)
              best[lane] = wins ? new : old
              y[lane] = wins ? Int64(k) : y[lane]
            }
          }
          column += lanes
        }
      }
    }
  }
}

/// Sorts places along the last axis by merging, stably and without allocating: the scratch area
/// holds a second copy of a line.
final class SortOrderKernel: LineKernel {
  private let descending: Bool
  private let scratch: Operand

  override var name: String { "sort-order" }

  init(
    _ primitive: SortOrder, from x: Operand, dims: [Int], to y: Operand, scratch: Operand,
    element: ElementType
  ) {
    descending = primitive.descending
    self.scratch = scratch
    super.init(from: x, dims: dims, axis: dims.count - 1, to: y, element: element)
  }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: sort(bases, Double.self)
    case .float32: sort(bases, Float.self)
    case .int64: sort(bases, Int64.self)
    case .int32: sort(bases, Int32.self)
    case .bool: sort(bases, UInt8.self)
    }
  }

  @inline(__always)
  private func sort<Element: Comparable>(_ bases: Bases, _ type: Element.Type) {
    for row in 0..<outer {
      let x = x.pointer(bases, as: type) + row * length
      let y = y.pointer(bases, as: Int64.self) + row * length
      for k in 0..<length { y[k] = Int64(k) }
      var from = y
      var to = scratch.pointer(bases, as: Int64.self)
      var width = 1
      while width < length {
        var start = 0
        while start < length {
          let middle = min(start + width, length)
          let end = min(start + 2 * width, length)
          var i = start
          var j = middle
          for k in start..<end {
            let takesRight =
              i >= middle || j < end && precedes(x[Int(from[j])], x[Int(from[i])])
            to[k] = takesRight ? from[j] : from[i]
            if takesRight { j += 1 } else { i += 1 }
          }
          start = end
        }
        swap(&from, &to)
        width *= 2
      }
      if from != y { y.update(from: from, count: length) }
    }
  }

  @inline(__always)
  private func precedes<Element: Comparable>(_ a: Element, _ b: Element) -> Bool {
    let first = descending ? b : a
    let second = descending ? a : b
    if second != second { return first == first }
    return first < second
  }
}
