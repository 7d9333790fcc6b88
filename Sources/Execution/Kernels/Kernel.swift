import Tensors

/// Where a kernel finds an array when it runs: one of the run's base addresses, and bytes from it.
struct Operand {
  let base: Int
  let offset: Int

  @inline(__always)
  func pointer(_ bases: Bases) -> UnsafeMutableRawPointer { bases[base] + offset }

  @inline(__always)
  func pointer<Element>(_ bases: Bases, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    pointer(bases).assumingMemoryBound(to: type)
  }
}

/// The base addresses of one run: the workspace's arena, its scratch area, then every constant,
/// input and output.
typealias Bases = UnsafePointer<UnsafeMutableRawPointer>

/// One step of an executable. Subclasses hold sizes and operands as plain memory, so that a run
/// touches no reference count.
class Kernel {
  /// One word for printed plans.
  var name: String { "\(type(of: self))" }
  /// The lines of a printed plan: those of the kernels that it runs, too.
  var names: [String] { [name] }

  /// Computes the step; called by any number of threads at once, with different bases.
  func run(_ bases: Bases) {}
}

/// A fixed array in plain memory, owned by a kernel.
struct PlainArray<Element>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    start = .allocate(capacity: Swift.max(count, 1))
    start.initialize(from: elements, count: count)
  }

  @inline(__always)
  subscript(index: Int) -> Element { start[index] }

  func free() {
    start.deinitialize(count: count)
    start.deallocate()
  }
}
