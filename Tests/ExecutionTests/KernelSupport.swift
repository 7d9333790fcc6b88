import CKernels
import Testing

/// The instruction sets that this processor has; every kernel test runs for each.
enum InstructionSet: Int32, CaseIterable, Sendable {
  case baseline = 0
  case avx2 = 1
  case avx512 = 2

  static let available = allCases.filter { set in
    defer { netjac_kernels_select_isa(-1) }
    return netjac_kernels_select_isa(set.rawValue) != 0
  }

  /// Kernels looked up in `body` are of this instruction set.
  func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    let isSelected = netjac_kernels_select_isa(rawValue) != 0
    precondition(isSelected)
    defer { netjac_kernels_select_isa(-1) }
    return try body()
  }
}

/// A small generator with a seed, so that a failure can be repeated.
struct KernelRandom {
  var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }

  mutating func index(below count: Int) -> Int { Int(next() >> 33) % count }

  mutating func values<Real: BinaryFloatingPoint>(
    _ count: Int, _ low: Double = -2, _ high: Double = 2, as type: Real.Type = Real.self
  ) -> [Real] {
    (0..<count).map { _ in Real(uniform(low, high)) }
  }

  /// Every magnitude is about as likely as any other; NaN and infinities occur.
  mutating func anyDouble() -> Double { Double(bitPattern: next()) }
  mutating func anyFloat() -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: next() >> 20)) }
}

/// Equal in every bit, except that all NaN count as one.
func isIdentical<Real: BinaryFloatingPoint>(_ a: Real, _ b: Real) -> Bool {
  a.isNaN ? b.isNaN : a == b && a.sign == b.sign
}

/// Records one issue, for the first element that differs; whole arrays would drown the report.
func expectIdentical<Real: BinaryFloatingPoint>(
  _ a: some Collection<Real>, _ b: some Collection<Real>, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.count == b.count, sourceLocation: sourceLocation)
  for (index, (a, b)) in zip(a, b).enumerated() where !isIdentical(a, b) {
    Issue.record("\(comment()): \(a) is not \(b), at \(index)", sourceLocation: sourceLocation)
    return
  }
}

/// Pads with a guard value on both sides and reports a kernel that writes outside its array.
func withGuards<Real: BinaryFloatingPoint>(
  _ count: Int, offset: Int = 0, _ body: (UnsafeMutablePointer<Real>) -> Void
) -> [Real] {
  let margin = 40
  let guardValue = Real(-77.25)
  var storage = [Real](repeating: guardValue, count: count + offset + 2 * margin)
  storage.withUnsafeMutableBufferPointer { body($0.baseAddress! + margin + offset) }
  let inside = margin + offset..<margin + offset + count
  for index in storage.indices where !inside.contains(index) && storage[index] != guardValue {
    Issue.record("written outside, at \(index - inside.lowerBound)")
    break
  }
  return Array(storage[inside])
}
