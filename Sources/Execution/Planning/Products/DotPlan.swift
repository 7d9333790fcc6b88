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
  /// Whether sums are taken in an order that is the same for the other way round and for any columns, see
  /// `products.h`: where the choice depends on sizes, and so on how many samples there are.
  var isEitherWay = false
  /// Whether all axes of b that are not summed are in n.
  private let takesAllColumns: Bool
  /// Whether the last axis of the value that is a is summed over, wherever its elements lie.
  let sumsLastAxis: Bool
  /// The product with tables of places, where its terms are not evenly apart.
  var indexed: IndexedPlan?

  init(_ dot: Dot, dims: [Int], a: Placement, b: Placement, y: [Int], swapped: Bool) {
    isSwapped = swapped
    let (left, right) = swapped ? (dot.b, dot.a) : (dot.a, dot.b)
    sumsLastAxis = left.last { dims[$0] > 1 }.map { !dot.y.contains($0) } ?? false
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
    // In the order of the first operand, so that it is the same both ways round.
    var sums = axes(dot.a.filter { !dot.y.contains($0) })
    // An empty sum is zero, also where other summed axes are not empty.
    if sums.contains(where: { $0.dim == 0 }) { sums = [LoopAxis(dim: 0, strides: [1, 1, 0])] }
    if sums.count > 1 || DotPlan.overlap(columns, sums) {
      indexed = IndexedPlan(batch: batch, rows: rows, columns: columns, sums: sums)
    }
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
    takesAllColumns = columns.isEmpty
    outer = batch + rows + columns
    outerSums = sums
  }

  /// Whether the rows of b overlap, as those of windows do.
  private static func overlap(_ columns: [LoopAxis], _ sums: [LoopAxis]) -> Bool {
    guard let run = columns.last, let sum = sums.first else { return false }
    return run.strides[1] == 1 && sum.dim > 1 && abs(sum.strides[1]) < run.dim
  }

  /// Whether the product is one matrix product whose result lies row after row.
  var isSingle: Bool {
    outer.isEmpty && outerSums.isEmpty && (m.dim == 1 || m.strides[2] == n.dim)
      && (n.dim == 1 || n.strides[2] == 1)
  }

  /// The matrix products' lengths, and how far their operands' elements lie apart.
  struct Sizes {
    let m: Int
    let n: Int
    let k: Int
    let aRow: Int
    let aColumn: Int
    let bRow: Int
    let bColumn: Int
    let yRow: Int
  }

  var sizes: Sizes {
    Sizes(
      m: m.dim, n: n.dim, k: k.dim, aRow: m.strides[0], aColumn: k.strides[0], bRow: k.strides[1],
      bColumn: n.strides[1], yRow: m.strides[2])
  }

  /// Whether a known right operand is packed once: not if loops take another part of it each time.
  var packsOnce: Bool {
    !prefersBLAS && (outer + outerSums).allSatisfy { $0.strides[1] == 0 }
  }

  /// Whether OpenBLAS multiplies matrices of these sizes faster, and can take these strides.
  ///
  /// Measured, the packed products win up to matrices that no longer fit the second-level cache.
  var prefersBLAS: Bool {
    let sizes = sizes
    guard sizes.m >= 256, sizes.n >= 1024, sizes.k >= 1024, BLAS.knowsProcessor else {
      return false
    }
    return (sizes.aRow == 1 || sizes.aColumn == 1) && (sizes.bRow == 1 || sizes.bColumn == 1)
      && sizes.aRow >= 1 && sizes.aColumn >= 1 && sizes.bRow >= 1 && sizes.bColumn >= 1
      && sizes.yRow >= sizes.n && n.strides[2] == 1
  }

  /// Whether a known right operand stays on the right whatever the other's sizes are: its columns fill vectors,
  /// or nothing is left of it beside rows as samples are.
  var keepsRight: Bool { n.dim >= 4 || takesAllColumns && sumsLastAxis }

  /// Products of larger matrices come first, then long columns.
  var score: (Int, Int) { (outer.reduce(1) { $0 * $1.dim } * -1, n.dim) }
}
