import Graph
import Synchronization
import Tensors

/// A constant in the forms in which kernels read it. A form is made when a kernel first asks for it and
/// lives as long as any kernel, of whatever executable, has it.
///
/// Any number of threads may ask at once; one of them makes the form, the others wait.
final class ConstantMemory: Sendable {
  private enum Source {
    case tensor(Tensor)
    /// The elements of a strided view, side by side.
    case view(Placement, ConstantMemory)
  }

  let element: ElementType
  /// Bytes of the elements side by side; a fill has one element.
  let byteCount: Int
  private let source: Source
  private let forms = Mutex(Forms())

  private struct Forms: Sendable {
    var plain = Weak()
    var arranged: [ConstantLayout: Weak] = [:]
    var isFinite: Bool?
  }

  private struct Weak: Sendable {
    weak var memory: ElementMemory?
  }

  private func withForms<Result>(_ body: (inout Forms) -> Result) -> Result {
    ForkGate.behind { forms.withLock { body(&$0) } }
  }

  init(_ tensor: Tensor) {
    source = .tensor(tensor)
    element = tensor.type.element
    let isFill = tensor.count > 0 && tensor.fill != nil
    byteCount = (isFill ? 1 : tensor.count) * element.byteCount
  }

  init(gathering view: Placement, from constant: ConstantMemory) {
    source = .view(view, constant)
    element = view.element
    byteCount = view.count * element.byteCount
  }

  /// The elements side by side.
  var plain: ElementMemory { withForms { madePlain(&$0) } }

  /// The elements as a layout has them; `fill` writes them, from where the layout begins in the plain form.
  func arranged(
    _ layout: ConstantLayout, byteCount: Int,
    fill: (_ target: UnsafeMutableRawPointer, _ elements: UnsafeRawPointer) -> Void
  ) -> ElementMemory {
    withForms { forms in
      if let known = forms.arranged[layout]?.memory { return known }
      let made = ElementMemory(byteCount: byteCount)
      let plain = madePlain(&forms)
      withExtendedLifetime(plain) {
        fill(made.start, UnsafeRawPointer(plain.start) + layout.offset * element.byteCount)
      }
      forms.arranged[layout] = Weak(memory: made)
      return made
    }
  }

  /// Whether all elements are numbers: zero times infinity is not zero, so what zeros multiply may be
  /// left out of finite arrays only.
  var isFinite: Bool {
    withForms { forms in
      if let known = forms.isFinite { return known }
      let isFinite =
        switch source {
        case .tensor(let tensor): tensor.isFinite
        case .view: isFinite(madePlain(&forms))
        }
      forms.isFinite = isFinite
      return isFinite
    }
  }

  private func isFinite(_ plain: ElementMemory) -> Bool {
    func all<Real: BinaryFloatingPoint>(_ type: Real.Type) -> Bool {
      withExtendedLifetime(plain) {
        UnsafeBufferPointer(
          start: plain.start.assumingMemoryBound(to: type), count: byteCount / element.byteCount
        ).allSatisfy(\.isFinite)
      }
    }
    return element == .float64 ? all(Double.self) : all(Float.self)
  }

  /// Bytes of the tensor itself; a view has none.
  var sourceBytes: Int {
    if case .tensor(let tensor) = source { tensor.storedBytes } else { 0 }
  }

  /// Bytes of the forms that are held beside the tensor's own elements.
  var heldBytes: Int {
    withForms { forms in
      var held = forms.arranged.values.reduce(0) { $0 + ($1.memory?.byteCount ?? 0) }
      if let plain = forms.plain.memory, plain !== shared { held += plain.byteCount }
      return held
    }
  }

  private func madePlain(_ forms: inout Forms) -> ElementMemory {
    if let known = forms.plain.memory { return known }
    let made = shared ?? copied()
    forms.plain = Weak(memory: made)
    return made
  }

  /// The tensor's own memory, where its elements are in the form that kernels read.
  private var shared: ElementMemory? {
    if case .tensor(let tensor) = source, element == .float32,
      case .floats(let elements) = tensor.storage
    {
      return elements.memory
    }
    return nil
  }

  private func copied() -> ElementMemory {
    let memory = ElementMemory(byteCount: byteCount)
    switch source {
    case .tensor(let tensor):
      let isFill = tensor.count > 0 && tensor.fill != nil
      (isFill ? tensor.firstElement : tensor).write(to: memory.start)
    case .view(let view, let constant):
      let target = Operand(base: 0, offset: 0)
      let from = Operand(base: 1, offset: view.offset * element.byteCount)
      let kernel = CopyKernel(
        from: from, view.strides, to: target, Shape(view.dims).strides, dims: view.dims,
        elementSize: element.byteCount)
      let plain = constant.plain
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: 2) { bases in
        bases.initializeElement(at: 0, to: memory.start)
        bases.initializeElement(at: 1, to: plain.start)
        if let start = bases.baseAddress {
          withExtendedLifetime(plain) { kernel.run(UnsafePointer(start)) }
        }
      }
    }
    return memory
  }
}

/// How a kernel has a matrix of a constant laid out for itself, and which matrix of it: `rows` rows of
/// `columns`, from `offset` on, which lie `row` and `column` elements apart.
struct ConstantLayout: Hashable {
  enum Arrangement: Hashable {
    /// In the order in which packed products read it.
    case packed
    /// Row after row, so many elements apart.
    case rows(Int)
  }

  let arrangement: Arrangement
  let offset: Int
  let row: Int
  let column: Int
  let rows: Int
  let columns: Int
}

/// The constants of a network, whose forms its tasks share, be they planned by one thread or several.
package final class SharedConstants: Sendable {
  private let constants: [Tensor: ConstantMemory]
  /// Bytes of the constants themselves, as the program has them.
  package let ownBytes: Int

  package init(of program: Program) {
    var constants: [Tensor: ConstantMemory] = [:]
    for node in program.nodes {
      if let tensor = (node.primitive as? Constant)?.tensor, constants[tensor] == nil {
        constants[tensor] = ConstantMemory(tensor)
      }
    }
    self.constants = constants
    ownBytes = constants.values.reduce(0) { $0.addingSaturated($1.sourceBytes) }
  }

  private init() { (constants, ownBytes) = ([:], 0) }

  package static let none = SharedConstants()

  func memory(of tensor: Tensor) -> ConstantMemory? { constants[tensor] }

  /// Bytes that kernels have of the constants beside the program's own.
  package var heldBytes: Int { constants.values.reduce(0) { $0 + $1.heldBytes } }
}

extension Tensor {
  /// Bytes in which the elements are held.
  fileprivate var storedBytes: Int {
    switch storage {
    case .reals(let elements): elements.count * MemoryLayout<Double>.stride
    case .floats(let elements): elements.memory.byteCount
    case .integers(let elements): elements.count * MemoryLayout<Int64>.stride
    case .realFill, .integerFill: MemoryLayout<Int64>.stride
    }
  }

  /// The first element alone.
  fileprivate var firstElement: Tensor { picking([0], shape: []) }

  fileprivate var isFinite: Bool {
    switch storage {
    case .reals(let values): values.allSatisfy(\.isFinite)
    case .floats(let values): values.withElements { $0.allSatisfy(\.isFinite) }
    case .realFill(let value): value.isFinite
    case .integers, .integerFill: true
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
    case .float32:
      let source = memory.assumingMemoryBound(to: Float.self)
      self.init(type, floats: FloatElements(count: type.count) { source[$0] })
    case .int64: self.init(type, integers: read(Int64.self) { $0 })
    case .int32: self.init(type, integers: read(Int32.self) { Int64($0) })
    case .bool: self.init(type, integers: read(UInt8.self) { Int64($0) })
    }
  }

  /// Writes the elements where a kernel reads them.
  func write(to memory: UnsafeMutableRawPointer) {
    func write<From, To>(_ elements: some Collection<From>, _ convert: (From) -> To) {
      let target = memory.bindMemory(to: To.self, capacity: elements.count)
      for (place, element) in elements.enumerated() { target[place] = convert(element) }
    }
    switch type.element {
    case .float64, .float32:
      if case .floats(let elements) = storage {
        elements.withElements { elements in
          if type.element == .float64 {
            write(elements) { Double($0) }
          } else {
            write(elements) { $0 }
          }
        }
      } else if type.element == .float64 {
        write(reals) { $0 }
      } else {
        write(reals) { Float($0) }
      }
    case .int64: write(integers) { $0 }
    case .int32: write(integers) { Int32(truncatingIfNeeded: $0) }
    case .bool: write(integers) { UInt8($0 == 0 ? 0 : 1) }
    }
  }
}
