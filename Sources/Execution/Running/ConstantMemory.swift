import Tensors

/// A constant's elements in the form that kernels read.
final class ConstantMemory: @unchecked Sendable {
  let memory: UnsafeMutableRawPointer
  let byteCount: Int

  init(_ tensor: Tensor) {
    let element = tensor.type.element
    let fill = tensor.count > 0 ? tensor.fill : nil
    let count = fill == nil ? tensor.count : 1
    byteCount = count * element.byteCount
    memory = .allocate(byteCount: max(byteCount, 64), alignment: 64)
    switch element {
    case .float64: store(fill.map { [$0] } ?? tensor.reals) { $0 }
    case .float32: store(fill.map { [$0] } ?? tensor.reals) { Float($0) }
    case .int64: store(fill == nil ? tensor.integers : tensor.firstInteger) { $0 }
    case .int32:
      store(fill == nil ? tensor.integers : tensor.firstInteger) { Int32(truncatingIfNeeded: $0) }
    case .bool:
      store(fill == nil ? tensor.integers : tensor.firstInteger) { UInt8($0 == 0 ? 0 : 1) }
    }
  }

  /// A strided view's elements, side by side.
  init(gathering view: Placement, from source: ConstantMemory) {
    let size = view.element.byteCount
    byteCount = view.count * size
    memory = .allocate(byteCount: max(byteCount, 64), alignment: 64)
    let target = Operand(base: 0, offset: 0)
    let from = Operand(base: 1, offset: view.offset * size)
    let kernel = CopyKernel(
      from: from, view.strides, to: target, Shape(view.dims).strides, dims: view.dims,
      elementSize: size)
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: 2) { bases in
      bases.initializeElement(at: 0, to: memory)
      bases.initializeElement(at: 1, to: source.memory)
      if let start = bases.baseAddress { kernel.run(UnsafePointer(start)) }
    }
  }

  deinit { memory.deallocate() }

  /// Whether all elements are numbers: zero times infinity is not zero, so what zeros multiply may be
  /// left out of finite arrays only.
  func isFinite(_ element: ElementType) -> Bool {
    func all<Real: BinaryFloatingPoint>(_ type: Real.Type) -> Bool {
      UnsafeBufferPointer(
        start: memory.assumingMemoryBound(to: type), count: byteCount / element.byteCount
      ).allSatisfy(\.isFinite)
    }
    return element == .float64 ? all(Double.self) : all(Float.self)
  }

  private func store<From, To>(_ elements: [From], _ convert: (From) -> To) {
    let target = memory.bindMemory(to: To.self, capacity: elements.count)
    for (k, element) in elements.enumerated() { target[k] = convert(element) }
  }
}

extension Tensor {
  /// The fill of a whole-number tensor, without a detour through real numbers.
  fileprivate var firstInteger: [Int64] {
    switch storage {
    case .integerFill(let value): [value]
    default: Array(integers.prefix(1))
    }
  }

  /// Reads elements that a kernel wrote.
  init(_ type: TensorType, reading memory: UnsafeRawPointer) {
    func read<From, To>(_ from: From.Type, _ convert: (From) -> To) -> [To] {
      let source = memory.assumingMemoryBound(to: from)
      return (0..<type.count).map { convert(source[$0]) }
    }
    switch type.element {
    case .float64: self.init(type, reals: read(Double.self) { $0 })
    case .float32: self.init(type, reals: read(Float.self) { Double($0) })
    case .int64: self.init(type, integers: read(Int64.self) { $0 })
    case .int32: self.init(type, integers: read(Int32.self) { Int64($0) })
    case .bool: self.init(type, integers: read(UInt8.self) { Int64($0) })
    }
  }

  /// Writes the elements where a kernel reads them.
  func write(to memory: UnsafeMutableRawPointer) {
    switch type.element {
    case .float64:
      memory.assumingMemoryBound(to: Double.self).update(from: reals, count: count)
    case .float32:
      memory.assumingMemoryBound(to: Float.self).update(from: reals.map { Float($0) }, count: count)
    case .int64:
      memory.assumingMemoryBound(to: Int64.self).update(from: integers, count: count)
    case .int32:
      memory.assumingMemoryBound(to: Int32.self)
        .update(from: integers.map { Int32(truncatingIfNeeded: $0) }, count: count)
    case .bool:
      memory.assumingMemoryBound(to: UInt8.self)
        .update(from: integers.map { UInt8($0 == 0 ? 0 : 1) }, count: count)
    }
  }
}
