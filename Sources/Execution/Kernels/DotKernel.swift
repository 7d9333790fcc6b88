import CKernels
import COpenBLAS
import Graph
import Tensors

/// The sizes and strides of a labelled product, as loops around matrix products.
struct DotPlan {
  /// One matrix product y [m, n] += a [m, k]·b [k, n], strides in elements.
  var m = LoopAxis(dim: 1, strides: [0, 0, 0])
  var n = LoopAxis(dim: 1, strides: [0, 0, 0])
  var k = LoopAxis(dim: 1, strides: [0, 0, 0])
  /// Loops around the product over y's elements, and over further summed axes; strides of a, b, y.
  var outer: [LoopAxis] = []
  var outerSums: [LoopAxis] = []
  /// Whether a and b stand for the second and the first operand.
  var isSwapped = false

  init(_ dot: Dot, dims: [Int], a: Placement, b: Placement, y: [Int], swapped: Bool) {
    isSwapped = swapped
    let (left, right) = swapped ? (dot.b, dot.a) : (dot.a, dot.b)
    let (leftStrides, rightStrides) = swapped ? (b.strides, a.strides) : (a.strides, b.strides)
    func axes(_ labels: [Int]) -> [LoopAxis] {
      collapsed(
        dims: labels.map { dims[$0] },
        [
          labels.map { left.firstIndex(of: $0).map { leftStrides[$0] } ?? 0 },
          labels.map { right.firstIndex(of: $0).map { rightStrides[$0] } ?? 0 },
          labels.map { dot.y.firstIndex(of: $0).map { y[$0] } ?? 0 },
        ])
    }
    let batch = axes(dot.y.filter { left.contains($0) && right.contains($0) })
    var rows = axes(dot.y.filter { left.contains($0) && !right.contains($0) })
    var columns = axes(dot.y.filter { !left.contains($0) && right.contains($0) })
    var sums = axes(left.filter { !dot.y.contains($0) })
    // An empty sum is zero, also where other summed axes are not empty.
    if sums.contains(where: { $0.dim == 0 }) { sums = [LoopAxis(dim: 0, strides: [1, 1, 0])] }
    // The columns must lie side by side in y; the longest rows make the largest product.
    if let place = columns.lastIndex(where: { $0.strides[2] == 1 }) {
      n = columns.remove(at: place)
    }
    if let place = rows.indices.max(by: { rows[$0].dim < rows[$1].dim }) {
      m = rows.remove(at: place)
    }
    if let place = sums.indices.max(by: { sums[$0].dim < sums[$1].dim }) {
      k = sums.remove(at: place)
    }
    outer = batch + rows + columns
    outerSums = sums
  }

  /// Products of larger matrices come first, then long columns.
  var score: (Int, Int) { (outer.reduce(1) { $0 * $1.dim } * -1, n.dim) }
}

/// A labelled product of real tensors, as matrix products with a packed or plain right operand.
final class DotKernel: Kernel {
  private let a: Operand
  private let b: Operand
  private let y: Operand
  private let scratch: Operand
  private let plan: Sizes
  private let outer: PlainArray<Loop>
  private let sums: PlainArray<Loop>
  private let packed: UnsafeMutableRawPointer?
  private let isDouble: Bool
  private let usesBLAS: Bool
  private let packed64: netjac_product_f64?
  private let packed32: netjac_product_f32?
  private let plain64: netjac_product_strided_f64?
  private let plain32: netjac_product_strided_f32?

  private struct Sizes {
    let m: Int
    let n: Int
    let k: Int
    let aRow: Int
    let aColumn: Int
    let bRow: Int
    let bColumn: Int
    let yRow: Int
  }

  private struct Loop {
    let dim: Int
    let a: Int
    let b: Int
    let y: Int
  }

  override var name: String {
    "\(usesBLAS ? "gemm" : packed != nil ? "packed-product" : "product") "
      + "\(plan.m)x\(plan.n)x\(plan.k)"
  }

  /// `constant` holds b's elements where they are known, to be packed once.
  init(
    _ dot: DotPlan, a: Operand, b: Operand, y: Operand, scratch: Operand, element: ElementType,
    constant: UnsafeRawPointer?
  ) {
    self.a = a
    self.b = b
    self.y = y
    self.scratch = scratch
    isDouble = element == .float64
    plan = Sizes(
      m: dot.m.dim, n: dot.n.dim, k: dot.k.dim, aRow: dot.m.strides[0], aColumn: dot.k.strides[0],
      bRow: dot.k.strides[1], bColumn: dot.n.strides[1], yRow: dot.m.strides[2])
    func loops(_ axes: [LoopAxis]) -> [Loop] {
      axes.map { Loop(dim: $0.dim, a: $0.strides[0], b: $0.strides[1], y: $0.strides[2]) }
    }
    outer = PlainArray(loops(dot.outer))
    sums = PlainArray(loops(dot.outerSums))
    let (m, n, k) = (Int64(plan.m), Int64(plan.n), Int64(plan.k))
    usesBLAS = DotKernel.prefersBLAS(plan)
    let repeats = (dot.outer + dot.outerSums).contains { $0.strides[1] != 0 }
    if let constant, !repeats, !usesBLAS {
      let count = Int(isDouble ? netjac_packed_size_f64(k, n) : netjac_packed_size_f32(k, n))
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * element.byteCount, alignment: 64)
      if isDouble {
        netjac_pack_f64(
          memory.assumingMemoryBound(to: Double.self),
          constant.assumingMemoryBound(to: Double.self), Int64(plan.bRow), Int64(plan.bColumn), k,
          n)
      } else {
        netjac_pack_f32(
          memory.assumingMemoryBound(to: Float.self), constant.assumingMemoryBound(to: Float.self),
          Int64(plan.bRow), Int64(plan.bColumn), k, n)
      }
      packed = memory
    } else {
      packed = nil
    }
    packed64 = netjac_find_product_f64(m, n, k)
    packed32 = netjac_find_product_f32(m, n, k)
    plain64 = netjac_find_product_strided_f64()
    plain32 = netjac_find_product_strided_f32()
  }

  deinit {
    outer.free()
    sums.free()
    packed?.deallocate()
  }

  /// Scratch to pack a right operand that is not known beforehand.
  static func scratchBytes(_ plan: DotPlan, _ element: ElementType) -> Int {
    let (n, k) = (Int64(plan.n.dim), Int64(plan.k.dim))
    return Int(
      element == .float64 ? netjac_packed_size_f64(k, n) * 8 : netjac_packed_size_f32(k, n) * 4)
  }

  /// Whether OpenBLAS multiplies matrices of these sizes faster, and can take these strides.
  private static func prefersBLAS(_ sizes: Sizes) -> Bool {
    guard sizes.m >= 32, sizes.n >= 64, sizes.k >= 64, sizes.m * sizes.n * sizes.k >= 1 << 21
    else { return false }
    return (sizes.aRow == 1 || sizes.aColumn == 1) && (sizes.bRow == 1 || sizes.bColumn == 1)
      && sizes.aRow >= 1 && sizes.aColumn >= 1 && sizes.bRow >= 1 && sizes.bColumn >= 1
      && sizes.yRow >= sizes.n
  }

  override func run(_ bases: Bases) {
    let size = isDouble ? 8 : 4
    loop(
      0, a.pointer(bases), b.pointer(bases), y.pointer(bases), scratch.pointer(bases), size)
  }

  private func loop(
    _ level: Int, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
    _ y: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer, _ size: Int
  ) {
    guard level < outer.count else {
      return sum(0, a, b, y, scratch, size, accumulates: false)
    }
    let axis = outer.start[level]
    for index in 0..<axis.dim {
      loop(
        level + 1, a + index * axis.a * size, b + index * axis.b * size, y + index * axis.y * size,
        scratch, size)
    }
  }

  private func sum(
    _ level: Int, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
    _ y: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer, _ size: Int,
    accumulates: Bool
  ) {
    guard level < sums.count else {
      if isDouble {
        multiply64(a, b, y, scratch, accumulates)
      } else {
        multiply32(a, b, y, scratch, accumulates)
      }
      return
    }
    let axis = sums.start[level]
    for index in 0..<axis.dim {
      sum(
        level + 1, a + index * axis.a * size, b + index * axis.b * size, y, scratch, size,
        accumulates: accumulates || index > 0)
    }
  }

  private func multiply64(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ accumulates: Bool
  ) {
    let a = a.assumingMemoryBound(to: Double.self)
    let b = b.assumingMemoryBound(to: Double.self)
    let y = y.assumingMemoryBound(to: Double.self)
    if usesBLAS {
      cblas_dgemm(
        CblasRowMajor, plan.aColumn == 1 ? CblasNoTrans : CblasTrans,
        plan.bColumn == 1 ? CblasNoTrans : CblasTrans, Int32(plan.m), Int32(plan.n), Int32(plan.k),
        1, a, Int32(plan.aColumn == 1 ? plan.aRow : plan.aColumn), b,
        Int32(plan.bColumn == 1 ? plan.bRow : plan.bColumn), accumulates ? 1 : 0, y,
        Int32(plan.yRow))
      return
    }
    var epilogue = netjac_epilogue_f64()
    epilogue.rows_per_scale = 1
    if accumulates {
      epilogue.addend = UnsafePointer(y)
      epilogue.addend_stride = Int64(plan.yRow)
    }
    if let packed {
      packed64?(
        y, Int64(plan.yRow), a, Int64(plan.aRow), Int64(plan.aColumn),
        packed.assumingMemoryBound(to: Double.self), Int64(plan.m), Int64(plan.n), Int64(plan.k),
        &epilogue)
    } else {
      plain64?(
        y, Int64(plan.yRow), a, Int64(plan.aRow), Int64(plan.aColumn), b, Int64(plan.bRow),
        Int64(plan.bColumn), Int64(plan.m), Int64(plan.n), Int64(plan.k), &epilogue,
        scratch.assumingMemoryBound(to: Double.self))
    }
  }

  private func multiply32(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ accumulates: Bool
  ) {
    let a = a.assumingMemoryBound(to: Float.self)
    let b = b.assumingMemoryBound(to: Float.self)
    let y = y.assumingMemoryBound(to: Float.self)
    if usesBLAS {
      cblas_sgemm(
        CblasRowMajor, plan.aColumn == 1 ? CblasNoTrans : CblasTrans,
        plan.bColumn == 1 ? CblasNoTrans : CblasTrans, Int32(plan.m), Int32(plan.n), Int32(plan.k),
        1, a, Int32(plan.aColumn == 1 ? plan.aRow : plan.aColumn), b,
        Int32(plan.bColumn == 1 ? plan.bRow : plan.bColumn), accumulates ? 1 : 0, y,
        Int32(plan.yRow))
      return
    }
    var epilogue = netjac_epilogue_f32()
    epilogue.rows_per_scale = 1
    if accumulates {
      epilogue.addend = UnsafePointer(y)
      epilogue.addend_stride = Int64(plan.yRow)
    }
    if let packed {
      packed32?(
        y, Int64(plan.yRow), a, Int64(plan.aRow), Int64(plan.aColumn),
        packed.assumingMemoryBound(to: Float.self), Int64(plan.m), Int64(plan.n), Int64(plan.k),
        &epilogue)
    } else {
      plain32?(
        y, Int64(plan.yRow), a, Int64(plan.aRow), Int64(plan.aColumn), b, Int64(plan.bRow),
        Int64(plan.bColumn), Int64(plan.m), Int64(plan.n), Int64(plan.k), &epilogue,
        scratch.assumingMemoryBound(to: Float.self))
    }
  }
}

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
