import Glibc
import Graph
import Tensors

/// `y[b, i, q] = x[b, index[b, i], q]`, zero where the index lies outside.
final class GatherKernel: Kernel {
  private let x: Operand
  private let index: Operand
  private let y: Operand
  private let batches: Int
  private let picks: Int
  private let length: Int
  private let rowBytes: Int

  override var name: String { "gather" }

  init(
    _ primitive: Gather, from x: Operand, _ xType: TensorType, at index: Operand,
    _ indexType: TensorType, to y: Operand
  ) {
    self.x = x
    self.index = index
    self.y = y
    batches = xType.dims.prefix(primitive.batch).reduce(1, *)
    picks = indexType.dims.dropFirst(primitive.batch).reduce(1, *)
    length = xType.dims[primitive.batch]
    rowBytes = xType.dims.dropFirst(primitive.batch + 1).reduce(1, *) * xType.element.byteCount
  }

  override func run(_ bases: Bases) {
    if rowBytes == 8 {
      pick(bases, UInt64.self)
    } else if rowBytes == 4 {
      pick(bases, UInt32.self)
    } else {
      copyRows(bases)
    }
  }

  @inline(__always)
  private func pick<Element: FixedWidthInteger>(_ bases: Bases, _ type: Element.Type) {
    var x = x.pointer(bases, as: type)
    var y = y.pointer(bases, as: type)
    var index = index.pointer(bases, as: Int64.self)
    for _ in 0..<batches {
      for k in 0..<picks {
        let place = Int(index[k])
        y[k] = place >= 0 && place < length ? x[place] : 0
      }
      x += length
      y += picks
      index += picks
    }
  }

  private func copyRows(_ bases: Bases) {
    var x = x.pointer(bases)
    var y = y.pointer(bases)
    var index = index.pointer(bases, as: Int64.self)
    for _ in 0..<batches {
      for k in 0..<picks {
        let place = Int(index[k])
        if place >= 0 && place < length {
          memcpy(y, x + place * rowBytes, rowBytes)
        } else {
          memset(y, 0, rowBytes)
        }
        y += rowBytes
      }
      x += length * rowBytes
      index += picks
    }
  }
}

/// `y[b, index[b, i], q] += x[b, i, q]`, from zero; an index outside adds nowhere.
final class ScatterAddKernel: Kernel {
  private let x: Operand
  private let index: Operand
  private let y: Operand
  private let batches: Int
  private let picks: Int
  private let length: Int
  private let inner: Int
  private let element: ElementType

  override var name: String { "scatter-add" }

  init(
    _ primitive: ScatterAdd, from x: Operand, _ xType: TensorType, at index: Operand,
    _ indexType: TensorType, to y: Operand
  ) {
    self.x = x
    self.index = index
    self.y = y
    batches = indexType.dims.prefix(primitive.batch).reduce(1, *)
    picks = indexType.dims.dropFirst(primitive.batch).reduce(1, *)
    length = primitive.length
    inner = xType.dims.dropFirst(indexType.rank).reduce(1, *)
    element = xType.element
  }

  override func run(_ bases: Bases) {
    switch element {
    case .float64: add(bases, Double(0)) { $0 + $1 }
    case .float32: add(bases, Float(0)) { $0 + $1 }
    case .int64: add(bases, Int64(0)) { $0 &+ $1 }
    case .int32: add(bases, Int32(0)) { $0 &+ $1 }
    case .bool: add(bases, UInt8(0)) { $0 | $1 }
    }
  }

  @inline(__always)
  private func add<Element>(
    _ bases: Bases, _ zero: Element, _ plus: (Element, Element) -> Element
  ) {
    var x = x.pointer(bases, as: Element.self)
    var y = y.pointer(bases, as: Element.self)
    var index = index.pointer(bases, as: Int64.self)
    for _ in 0..<batches {
      y.update(repeating: zero, count: length * inner)
      for k in 0..<picks {
        let place = Int(index[k])
        guard place >= 0 && place < length else { continue }
        let target = y + place * inner
        let source = x + k * inner
        for q in 0..<inner { target[q] = plus(target[q], source[q]) }
      }
      x += picks * inner
      y += length * inner
      index += picks
    }
  }
}
