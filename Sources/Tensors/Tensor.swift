/// An immutable array of numbers with its type.
///
/// Real elements are held as `Double` (rounded to `Float` where the type is float32), whole numbers
/// and booleans as `Int64`; a constant fill is held once, whatever the shape.
package struct Tensor: Sendable, Hashable {
  package enum Storage: Sendable {
    case reals([Double])
    case integers([Int64])
    case realFill(Double)
    case integerFill(Int64)
  }

  package let type: TensorType
  package let storage: Storage

  private init(_ type: TensorType, storage: Storage) {
    self.type = type
    self.storage = storage
  }

  /// Real elements, rounded to the type's precision.
  package init(_ type: TensorType, reals: [Double]) {
    precondition(type.element.isReal && reals.count == type.count)
    if type.element == .float32 {
      self.init(type, storage: .reals(reals.map { Double(Float($0)) }))
    } else {
      self.init(type, storage: .reals(reals))
    }
  }

  /// Whole or boolean elements, wrapped to the type's width.
  package init(_ type: TensorType, integers: [Int64]) {
    precondition(!type.element.isReal && integers.count == type.count)
    switch type.element {
    case .int32:
      self.init(type, storage: .integers(integers.map { Int64(Int32(truncatingIfNeeded: $0)) }))
    case .bool: self.init(type, storage: .integers(integers.map { $0 == 0 ? 0 : 1 }))
    default: self.init(type, storage: .integers(integers))
    }
  }

  /// One number in every place.
  package init(_ type: TensorType, fill: Double) {
    if type.element.isReal {
      let value = type.element == .float32 ? Double(Float(fill)) : fill
      self.init(type, storage: .realFill(value))
    } else {
      self.init(type, storage: .integerFill(Int64(exactly: fill.rounded(.towardZero)) ?? 0))
    }
  }

  package init(_ type: TensorType, fill: Int64) {
    if type.element.isReal {
      self.init(type, fill: Double(fill))
    } else {
      self.init(type, storage: .integerFill(type.element == .bool ? (fill == 0 ? 0 : 1) : fill))
    }
  }

  package static func scalar(_ value: Double, _ element: ElementType = .float64) -> Tensor {
    Tensor(TensorType(element, []), fill: value)
  }

  package static func integers(_ values: [Int64]) -> Tensor {
    Tensor(TensorType(.int64, [values.count]), integers: values)
  }

  package var shape: Shape { type.shape }
  package var count: Int { type.count }

  /// The fill as a real number, if there is one.
  package var fill: Double? {
    switch storage {
    case .realFill(let value): value
    case .integerFill(let value): Double(value)
    case .reals(let values): values.count == 1 ? values[0] : nil
    case .integers(let values): values.count == 1 ? Double(values[0]) : nil
    }
  }

  /// All elements as real numbers.
  package var reals: [Double] {
    switch storage {
    case .reals(let values): values
    case .integers(let values): values.map(Double.init)
    case .realFill(let value): [Double](repeating: value, count: count)
    case .integerFill(let value): [Double](repeating: Double(value), count: count)
    }
  }

  /// All elements as whole numbers; reals are truncated, and zero where they do not fit.
  package var integers: [Int64] {
    switch storage {
    case .reals(let values): values.map(Tensor.whole)
    case .integers(let values): values
    case .realFill(let value): [Int64](repeating: Tensor.whole(value), count: count)
    case .integerFill(let value): [Int64](repeating: value, count: count)
    }
  }

  private static func whole(_ value: Double) -> Int64 {
    Int64(exactly: value.rounded(.towardZero)) ?? 0
  }

  /// The same elements under another shape of equal count.
  package func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count)
    return Tensor(type.with(shape), storage: storage)
  }

  /// The elements that `indices` names, in that order; an index of -1 gives zero.
  package func picking(_ indices: [Int], shape: Shape) -> Tensor {
    let result = type.with(shape)
    switch storage {
    case .reals(let values):
      return Tensor(result, storage: .reals(indices.map { $0 < 0 ? 0 : values[$0] }))
    case .integers(let values):
      return Tensor(result, storage: .integers(indices.map { $0 < 0 ? 0 : values[$0] }))
    case .realFill(let value):
      guard indices.contains(-1) else { return Tensor(result, storage: storage) }
      return Tensor(result, storage: .reals(indices.map { $0 < 0 ? 0 : value }))
    case .integerFill(let value):
      guard indices.contains(-1) else { return Tensor(result, storage: storage) }
      return Tensor(result, storage: .integers(indices.map { $0 < 0 ? 0 : value }))
    }
  }

  // Bit patterns decide, so that NaN equals itself and the two zeros differ.
  package static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.type == b.type else { return false }
    switch (a.storage, b.storage) {
    case (.reals(let x), .reals(let y)):
      return x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          x.baseAddress == y.baseAddress
            || zip(x, y).allSatisfy { $0.bitPattern == $1.bitPattern }
        }
      }
    case (.integers(let x), .integers(let y)): return x == y
    case (.realFill(let x), .realFill(let y)): return x.bitPattern == y.bitPattern
    case (.integerFill(let x), .integerFill(let y)): return x == y
    default: return false
    }
  }

  // A few elements are enough to tell weights apart; equality looks at all of them.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    switch storage {
    case .reals(let values):
      for value in values.prefix(8) { hasher.combine(value.bitPattern) }
    case .integers(let values): for value in values.prefix(8) { hasher.combine(value) }
    case .realFill(let value): hasher.combine(value.bitPattern)
    case .integerFill(let value): hasher.combine(value)
    }
  }
}
