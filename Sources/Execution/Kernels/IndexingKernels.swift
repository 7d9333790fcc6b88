import Glibc
import Graph
import Tensors

/// The batches of a gather or scatter as three loops. Those of the middle one, which are seeds as a
/// rule, share their indices; those within it have indices of their own, side by side.
struct IndexLoops {
  let outer: Int
  let shared: Int
  let inner: Int
  /// How far the indices move at each turn of the outer loop.
  let outerStride: Int

  /// For batches that share nothing.
  init(batches: Int) {
    (outer, shared, inner, outerStride) = (1, 1, batches, 0)
  }

  /// Nil where the indices do not move in this way; `dims` and `strides` are those of the batch axes.
  init?(dims: [Int], strides: [Int], picks: Int) {
    guard !dims.contains(0), picks > 0 else { return nil }
    var loops = collapsed(dims: dims, [strides]).map { (dim: $0.dim, stride: $0.strides[0]) }
    var (inner, shared) = (1, 1)
    if let last = loops.last, last.stride == picks {
      inner = last.dim
      loops.removeLast()
    }
    if let last = loops.last, last.stride == 0 {
      shared = last.dim
      loops.removeLast()
    }
    guard loops.count <= 1 else { return nil }
    self.inner = inner
    self.shared = shared
    outer = loops.first?.dim ?? 1
    outerStride = loops.first?.stride ?? 0
  }
}

/// What gathers and scatters have in common: rows of `inner` elements at places along an axis.
class IndexKernel: Kernel {
  let x: Operand
  let y: Operand
  let loops: IndexLoops
  let picks: Int
  let length: Int
  let inner: Int
  let element: ElementType
  private let index: Operand
  private let scratch: Operand

  init(
    from x: Operand, at index: Operand, to y: Operand, loops: IndexLoops, picks: Int, length: Int,
    inner: Int, element: ElementType, scratch: Operand
  ) {
    self.x = x
    self.index = index
    self.y = y
    self.loops = loops
    self.picks = picks
    self.length = length
    self.inner = inner
    self.element = element
    self.scratch = scratch
  }

  static func scratchBytes(_ loops: IndexLoops, picks: Int) -> Int { loops.inner * picks * 8 }

  /// Rows that one turn of the middle loop moves.
  var moved: Int { loops.inner * picks }
  /// Rows of the array that is picked from or added to, at one turn of the middle loop.
  var held: Int { loops.inner * length }

  /// The indices of one turn of the outer loop as rows of all that `held` counts, or -1 where one
  /// lies outside; checked here once for all that share them.
  @inline(__always)
  func places(_ bases: Bases, _ turn: Int) -> (places: UnsafeMutablePointer<Int>, areInside: Bool) {
    let places = scratch.pointer(bases, as: Int.self)
    let index = index.pointer(bases, as: Int64.self) + turn * loops.outerStride
    let bound = UInt(length)
    var areInside = true
    for batch in 0..<loops.inner {
      let start = batch &* length
      let from = index + batch &* picks
      let to = places + batch &* picks
      for k in 0..<picks {
        let place = Int(from[k])
        let isInside = UInt(bitPattern: place) < bound
        to[k] = isInside ? start &+ place : -1
        areInside = areInside && isInside
      }
    }
    return (places, areInside)
  }
}

/// `y[b, i, q] = x[b, index[b, i], q]`, zero where the index lies outside.
final class GatherKernel: IndexKernel {
  override var name: String { "gather" }

  override func run(_ bases: Bases) {
    switch inner * element.byteCount {
    case 8: pick(bases, UInt64.self)
    case 4: pick(bases, UInt32.self)
    default: copyRows(bases)
    }
  }

  @inline(__always)
  private func pick<Element: FixedWidthInteger>(_ bases: Bases, _ type: Element.Type) {
    var x = x.pointer(bases, as: type)
    var y = y.pointer(bases, as: type)
    for turn in 0..<loops.outer {
      let (places, areInside) = places(bases, turn)
      for _ in 0..<loops.shared {
        if areInside {
          for k in 0..<moved { y[k] = x[places[k]] }
        } else {
          for k in 0..<moved { y[k] = places[k] >= 0 ? x[places[k]] : 0 }
        }
        x += held
        y += moved
      }
    }
  }

  private func copyRows(_ bases: Bases) {
    let rowBytes = inner * element.byteCount
    var x = x.pointer(bases)
    var y = y.pointer(bases)
    for turn in 0..<loops.outer {
      let (places, _) = places(bases, turn)
      for _ in 0..<loops.shared {
        for k in 0..<moved {
          if places[k] >= 0 {
            memcpy(y, x + places[k] * rowBytes, rowBytes)
          } else {
            memset(y, 0, rowBytes)
          }
          y += rowBytes
        }
        x += held * rowBytes
      }
    }
  }
}

/// `y[b, index[b, i], q] += x[b, i, q]`, from zero; an index outside adds nowhere.
final class ScatterAddKernel: IndexKernel {
  override var name: String { "scatter-add" }

  private var batchesAtOnce: Int { Swift.max(1, 1024 / Swift.max(length * inner, 1)) }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: add(bases, Double.self) { $0 + $1 }
    case .float32: add(bases, Float.self) { $0 + $1 }
    case .int64: add(bases, Int64.self) { $0 &+ $1 }
    case .int32: add(bases, Int32.self) { $0 &+ $1 }
    case .bool: add(bases, UInt8.self) { $0 | $1 }
    }
  }

  @inline(__always)
  private func add<Element>(
    _ bases: Bases, _ type: Element.Type, _ plus: (Element, Element) -> Element
  ) {
    var x = x.pointer(bases, as: type)
    var y = y.pointer(bases, as: type)
    for turn in 0..<loops.outer {
      let (places, areInside) = places(bases, turn)
      for _ in 0..<loops.shared {
        // Piece by piece, so that zeros are still at hand when something is added to them.
        var batch = 0
        while batch < loops.inner {
          let end = min(batch + batchesAtOnce, loops.inner)
          memset(
            y + batch * length * inner, 0,
            (end - batch) * length * inner * MemoryLayout<Element>.stride)
          if inner == 1 && areInside {
            for k in batch &* picks..<end &* picks {
              let target = y + places[k]
              target.pointee = plus(target.pointee, x[k])
            }
          } else {
            for k in batch &* picks..<end &* picks where places[k] >= 0 {
              let target = y + places[k] &* inner
              let source = x + k &* inner
              for q in 0..<inner { target[q] = plus(target[q], source[q]) }
            }
          }
          batch = end
        }
        x += moved * inner
        y += held * inner
      }
    }
  }
}
