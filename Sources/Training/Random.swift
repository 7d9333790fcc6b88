/// Random numbers that are the same on every machine for the same seed.
///
/// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct Random {
  private var state: UInt64

  init(seed: Int64) { state = UInt64(bitPattern: seed) }

  mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1).
  mutating func unit() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// Uniform in [-limit, limit).
  mutating func symmetric(_ limit: Double) -> Double { (2 * unit() - 1) * limit }

  /// A whole number below `bound`.
  mutating func below(_ bound: Int) -> Int {
    Int(bits().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func shuffle(_ order: inout [Int]) {
    for k in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(k, below(k + 1)) }
  }
}
