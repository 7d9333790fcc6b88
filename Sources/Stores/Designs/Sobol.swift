import Tensors

/// Sobol sequences with Owen's scrambling: each point is uniform, and 2^k in a row fill the cube evenly.
///
/// Points are addressed by number, so that a design can be continued. The scrambling is Owen's (1995): a binary digit is
/// flipped by a random bit that depends on all digits above it, here a hash of them.
struct Sobol {
  static let mostInputs = 64
  static let mostPoints = 1 << 32
  private static let bits = 32

  private let directions: [[UInt32]]
  private let seed: UInt64

  init(inputs: Int, seed: Int64) {
    self.seed = UInt64(bitPattern: seed)
    directions = (0..<inputs).map(Self.directions)
  }

  private static func directions(_ input: Int) -> [UInt32] {
    guard input > 0 else { return (0..<bits).map { 1 << UInt32(bits - 1 - $0) } }
    let numbers = SobolNumbers.inputs[input - 1]
    let degree = numbers.first.count
    var values = numbers.first.map(UInt64.init)
    for k in degree..<bits {
      var value = values[k - degree] ^ (values[k - degree] << UInt64(degree))
      for i in 1..<max(degree, 1) where numbers.polynomial >> UInt32(degree - i) & 1 == 1 {
        value ^= values[k - i] << UInt64(i)
      }
      values.append(value)
    }
    return values.enumerated().map { UInt32(truncatingIfNeeded: $1 << UInt64(bits - 1 - $0)) }
  }

  /// One coordinate of a point, in [0, 1).
  func coordinate(_ point: Int, _ input: Int) -> Double {
    let number = UInt32(truncatingIfNeeded: point)
    var gray = number ^ (number >> 1)
    var digits: UInt32 = 0
    for direction in directions[input] where gray != 0 {
      if gray & 1 == 1 { digits ^= direction }
      gray >>= 1
    }
    return scrambled(digits, input)
  }

  /// Digits of the sequence without scrambling, for tests.
  func plainCoordinate(_ point: Int, _ input: Int) -> Double {
    let number = UInt32(truncatingIfNeeded: point)
    let gray = number ^ (number >> 1)
    var digits: UInt32 = 0
    for (bit, direction) in directions[input].enumerated() where gray >> UInt32(bit) & 1 == 1 {
      digits ^= direction
    }
    return Double(digits) / 0x1p32
  }

  private func scrambled(_ digits: UInt32, _ input: Int) -> Double {
    let base = mixed(seed &+ mixed(UInt64(input) &+ 1))
    var result: UInt32 = 0
    for bit in 0..<UInt32(Self.bits) {
      let place = 31 - bit
      // What stands above the digit, with a mark for how much that is.
      let above = (UInt64(digits) >> UInt64(place + 1)) | (1 << UInt64(bit))
      let flip = UInt32(truncatingIfNeeded: mixed(base ^ above &* 0x9E37_79B9_7F4A_7C15) >> 63)
      result |= ((digits >> place & 1) ^ flip) << place
    }
    // Below the digits of the sequence everything is random.
    let below = mixed(base ^ (UInt64(digits) | 1 << 32) &* 0x9E37_79B9_7F4A_7C15) >> 43
    return (Double(result) + Double(below) * 0x1p-21) * 0x1p-32
  }
}

/// A bijection of 64 bits whose results look random (the finaliser of SplitMix64).
func mixed(_ value: UInt64) -> UInt64 {
  var value = value &+ 0x9E37_79B9_7F4A_7C15
  value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
  value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
  return value ^ value >> 31
}

/// Random numbers that are the same on every machine.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = mixed(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mixed(state)
  }

  /// In [0, 1).
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
