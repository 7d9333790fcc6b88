#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory for the elements of an array, in whole cache lines, freed with its last owner.
///
/// Large arrays get pages of their own, which go back to the system at once: what `malloc` gets back
/// between arrays that stay, it keeps.
package final class ElementMemory: @unchecked Sendable {
  package let start: UnsafeMutableRawPointer
  package let byteCount: Int
  private let hasOwnPages: Bool

  package init(byteCount: Int) {
    self.byteCount = byteCount
    if byteCount >= ElementMemory.largeCount,
      let pages = mmap(
        nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pages != MAP_FAILED
    {
      start = pages
      hasOwnPages = true
    } else {
      start = .allocate(byteCount: max(byteCount, 64), alignment: 64)
      hasOwnPages = false
    }
  }

  deinit {
    if hasOwnPages { munmap(start, byteCount) } else { start.deallocate() }
  }

  private static let largeCount = 1 << 18
}

/// An immutable array of single-precision numbers that copies of a tensor share.
package struct FloatElements: Sendable {
  package let memory: ElementMemory
  package let count: Int

  /// Makes each element from its place.
  package init(count: Int, _ element: (Int) throws -> Float) rethrows {
    self.count = count
    memory = ElementMemory(byteCount: count * MemoryLayout<Float>.stride)
    let start = memory.start.bindMemory(to: Float.self, capacity: count)
    for place in 0..<count { (start + place).initialize(to: try element(place)) }
  }

  package init(_ elements: [Float]) {
    self.init(count: elements.count) { elements[$0] }
  }

  package func withElements<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(memory) {
      try body(
        UnsafeBufferPointer(start: memory.start.assumingMemoryBound(to: Float.self), count: count))
    }
  }

  /// The elements in double precision, which holds each of them exactly.
  package var doubles: [Double] { withElements { $0.map(Double.init) } }
}
