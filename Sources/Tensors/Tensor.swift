/// An immutable array of numbers with its type.
///
/// Real elements are held as `Double`, or as `Float` where the type is float32 or the elements came in
/// that precision; whole numbers and booleans as `Int64`. A constant fill is held once, whatever the
/// shape.
package struct Tensor: Sendable, Hashable {
  package enum Storage: Sendable {
    case reals([Double])
    case floats(FloatElements)
    case integers([Int64])
    case realFill(Double)
    case integerFill(Int64)
  }

  package let type: TensorType
  package let storage: Storage

  private init(_ type: TensorType, storage: Storage) {
    self.type = type
    switch storage {
    // A fill is known as one.
    case .reals(let values):
      guard let first = values.first else {
        self.storage = .realFill(0)
        return
      }
      let isFill = values.allSatisfy { $0.bitPattern == first.bitPattern }
      self.storage = isFill ? .realFill(first) : storage
    case .floats(let values):
      self.storage = values.withElements { values in
        guard let first = values.first else { return .realFill(0) }
        let isFill = values.allSatisfy { Tensor.isSame($0, first) }
        return isFill ? .realFill(Double(first)) : storage
      }
    case .integers(let values):
      guard let first = values.first else {
        self.storage = .integerFill(0)
        return
      }
      self.storage = values.allSatisfy { $0 == first } ? .integerFill(first) : storage
    case .realFill: self.storage = type.count > 0 ? storage : .realFill(0)
    case .integerFill: self.storage = type.count > 0 ? storage : .integerFill(0)
    }
  }

  /// Real elements, rounded to the type's precision.
  package init(_ type: TensorType, reals: [Double]) {
    precondition(type.element.isReal && reals.count == type.count)
    let isDouble = type.element == .float64
    self.init(
      type,
      storage: isDouble
        ? .reals(reals) : .floats(FloatElements(count: reals.count) { Float(reals[$0]) }))
  }

  /// Real elements that are known in single precision, whatever the type's.
  package init(_ type: TensorType, floats: FloatElements) {
    precondition(type.element.isReal && floats.count == type.count)
    self.init(type, storage: .floats(floats))
  }

  /// Whole or boolean elements, wrapped to the type's width.
  package init(_ type: TensorType, integers: [Int64]) {
    precondition(!type.element.isReal && integers.count == type.count)
    let isWrapped = type.element == .int64
    self.init(
      type,
      storage: .integers(
        isWrapped ? integers : integers.map { Tensor.wrapped($0, type.element) }))
  }

  /// One number in every place. A real one becomes a whole number or boolean as `Convert` has it.
  package init(_ type: TensorType, fill: Double) {
    switch type.element {
    case .float64: self.init(type, storage: .realFill(fill))
    case .float32: self.init(type, storage: .realFill(Double(Float(fill))))
    case .bool: self.init(type, storage: .integerFill(fill == 0 ? 0 : 1))
    case .int64, .int32: self.init(type, fill: Tensor.whole(fill, type.element))
    }
  }

  package init(_ type: TensorType, fill: Int64) {
    if type.element.isReal {
      self.init(type, fill: Double(fill))
    } else {
      self.init(type, storage: .integerFill(Tensor.wrapped(fill, type.element)))
    }
  }

  private static func wrapped(_ value: Int64, _ element: ElementType) -> Int64 {
    switch element {
    case .int32: Int64(Int32(truncatingIfNeeded: value))
    case .bool: value == 0 ? 0 : 1
    default: value
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
    case .reals, .floats, .integers: nil
    }
  }

  /// The fill in another shape, if there is one. Whole numbers beyond 2⁵³ stay what they are.
  package func refilled(_ shape: Shape) -> Tensor? {
    switch storage {
    case .realFill, .integerFill: Tensor(type.with(shape), storage: storage)
    case .reals, .floats, .integers: nil
    }
  }

  /// All elements as real numbers.
  package var reals: [Double] {
    switch storage {
    case .reals(let values): values
    case .floats(let values): values.doubles
    case .integers(let values): values.map(Double.init)
    case .realFill(let value): [Double](repeating: value, count: count)
    case .integerFill(let value): [Double](repeating: Double(value), count: count)
    }
  }

  /// All elements as whole numbers, real ones as `whole` has them.
  package var integers: [Int64] {
    switch storage {
    case .reals(let values): values.map { Tensor.whole($0, .int64) }
    case .floats(let values): values.doubles.map { Tensor.whole($0, .int64) }
    case .integers(let values): values
    case .realFill(let value): [Int64](repeating: Tensor.whole(value, .int64), count: count)
    case .integerFill(let value): [Int64](repeating: value, count: count)
    }
  }

  /// A real number as a whole one of an element type.
  package static func whole(_ value: Double, _ element: ElementType) -> Int64 {
    element == .int32 ? Int64(Int32(cutting: value)) : Int64(cutting: value)
  }

  /// The same real elements in another real type; those of single precision are shared.
  package func converted(to real: ElementType) -> Tensor {
    precondition(type.element.isReal && real.isReal)
    switch storage {
    case .floats: return Tensor(type.with(real), storage: storage)
    case .realFill(let value): return Tensor(type.with(real), fill: value)
    case .reals, .integers, .integerFill:
      return real == type.element ? self : Tensor(type.with(real), reals: reals)
    }
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
    case .floats(let values):
      return values.withElements { values in
        Tensor(
          result,
          storage: .floats(
            FloatElements(count: indices.count) { indices[$0] < 0 ? 0 : values[indices[$0]] }))
      }
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

  // Bit patterns of the numbers as Double decide, so that NaN equals itself, the two zeros differ, and it
  // does not matter in which precision they are held.
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
    case (.floats(let x), .floats(let y)):
      return x.memory === y.memory
        || x.withElements { x in y.withElements { y in zip(x, y).allSatisfy(Tensor.isSame) } }
    case (.reals(let x), .floats(let y)), (.floats(let y), .reals(let x)):
      return y.withElements { y in
        zip(x, y).allSatisfy { $0.bitPattern == Double($1).bitPattern }
      }
    case (.integers(let x), .integers(let y)): return x == y
    case (.realFill(let x), .realFill(let y)): return x.bitPattern == y.bitPattern
    case (.integerFill(let x), .integerFill(let y)): return x == y
    default: return false
    }
  }

  private static func isSame(_ x: Float, _ y: Float) -> Bool {
    x.bitPattern == y.bitPattern || Double(x).bitPattern == Double(y).bitPattern
  }

  // A few elements are enough to tell weights apart; equality looks at all of them. They are taken from
  // all over the tensor, since tables often begin alike.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    let step = max(1, count / 8)
    switch storage {
    case .reals(let values):
      for place in stride(from: 0, to: values.count, by: step) {
        hasher.combine(values[place].bitPattern)
      }
      hasher.combine(values.last?.bitPattern)
    case .floats(let values):
      values.withElements { values in
        for place in stride(from: 0, to: values.count, by: step) {
          hasher.combine(Double(values[place]).bitPattern)
        }
        hasher.combine(values.last.map { Double($0).bitPattern })
      }
    case .integers(let values):
      for place in stride(from: 0, to: values.count, by: step) { hasher.combine(values[place]) }
      hasher.combine(values.last)
    case .realFill(let value): hasher.combine(value.bitPattern)
    case .integerFill(let value): hasher.combine(value)
    }
  }
}
