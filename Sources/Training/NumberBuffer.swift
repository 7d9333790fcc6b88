import Tensors

/// Doubles in memory of their own, which steps change in place.
final class NumberBuffer {
  let start: UnsafeMutablePointer<Double>
  let count: Int

  /// - Throws: `NetJacError` of kind `memory` where the machine has none.
  init(count: Int) throws {
    try Memory.require(count * 8)
    self.count = count
    start = UnsafeMutableRawPointer.allocate(byteCount: max(count, 8) * 8, alignment: 64)
      .bindMemory(to: Double.self, capacity: max(count, 8))
    start.initialize(repeating: 0, count: max(count, 8))
  }

  deinit { start.deallocate() }

  func copy(from other: NumberBuffer) { start.update(from: other.start, count: count) }

  /// Whether no element is NaN or infinite.
  var isFinite: Bool {
    var largest: UInt64 = 0
    for k in 0..<count { largest = max(largest, start[k].bitPattern & 0x7fff_ffff_ffff_ffff) }
    return largest < 0x7ff0_0000_0000_0000
  }

  var norm: Double { dot(self).squareRoot() }

  func dot(_ other: NumberBuffer) -> Double {
    var sum = 0.0
    for k in 0..<count { sum += start[k] * other.start[k] }
    return sum
  }

  func scale(by factor: Double) { for k in 0..<count { start[k] *= factor } }

  /// self += factor * other.
  func add(_ factor: Double, _ other: NumberBuffer) {
    for k in 0..<count { start[k] += factor * other.start[k] }
  }
}
