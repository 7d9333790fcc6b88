/// SHA-256, as FIPS 180-4 defines it.
package struct SHA256 {
  private var state: SIMD8<UInt32> = initial
  private var block: [UInt8] = []
  private var length: UInt64 = 0

  package init() { block.reserveCapacity(64) }

  /// The first 16 bytes of the digest of numbers, without a detour through arrays of bytes.
  static func key(_ values: UnsafePointer<Double>, _ count: Int) -> PointKey {
    let bytes = UnsafeRawBufferPointer(start: values, count: 8 * count)
    var state = initial
    let whole = bytes.count / 64 * 64
    for start in stride(from: 0, to: whole, by: 64) { compress(bytes, start, &state) }
    withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { tail in
      let rest = bytes.count - whole
      tail.initializeMemory(as: UInt8.self, repeating: 0)
      tail.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[whole...]))
      tail[rest] = 0x80
      // The length in bits stands in the last eight bytes of a block.
      let size = rest < 56 ? 64 : 128
      tail.storeBytes(
        of: UInt64(8 * bytes.count).bigEndian, toByteOffset: size - 8, as: UInt64.self)
      let blocks = UnsafeRawBufferPointer(tail)
      for start in stride(from: 0, to: size, by: 64) { compress(blocks, start, &state) }
    }
    return PointKey(
      high: UInt64(state[0]) << 32 | UInt64(state[1]),
      low: UInt64(state[2]) << 32 | UInt64(state[3]))
  }

  /// The 32 bytes that stand for `bytes`.
  package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  package static func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes(digest) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var start = 0
    if !block.isEmpty {
      let taken = min(64 - block.count, bytes.count)
      block.append(contentsOf: bytes[0..<taken])
      start = taken
      if block.count == 64 {
        block.withUnsafeBytes { Self.compress($0, 0, &state) }
        block.removeAll(keepingCapacity: true)
      }
    }
    while start + 64 <= bytes.count {
      Self.compress(bytes, start, &state)
      start += 64
    }
    if start < bytes.count { block.append(contentsOf: bytes[start..<bytes.count]) }
  }

  package mutating func finish() -> [UInt8] {
    let bits = length &* 8
    block.append(0x80)
    while block.count % 64 != 56 { block.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      block.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    block.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: 64) {
        Self.compress(bytes, start, &state)
      }
    }
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for index in 0..<8 {
      for shift in stride(from: 24, through: 0, by: -8) {
        digest.append(UInt8(truncatingIfNeeded: state[index] >> UInt32(shift)))
      }
    }
    return digest
  }

  private static func compress(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ state: inout SIMD8<UInt32>
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      for index in 0..<16 {
        words[index] = UInt32(
          bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self))
      }
      for index in 16..<64 {
        let (a, b) = (words[index - 15], words[index - 2])
        let low = rotated(a, 7) ^ rotated(a, 18) ^ (a >> 3)
        let high = rotated(b, 17) ^ rotated(b, 19) ^ (b >> 10)
        words[index] = words[index - 16] &+ low &+ words[index - 7] &+ high
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { constants in
        for index in 0..<64 {
          let first =
            h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ ((e & f) ^ (~e & g))
            &+ constants[index] &+ words[index]
          let second =
            (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
          (h, g, f, e) = (g, f, e, d &+ first)
          (d, c, b, a) = (c, b, a, first &+ second)
        }
      }
      state = state &+ SIMD8(a, b, c, d, e, f, g, h)
    }
  }

  @inline(__always)
  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    (word &>> count) | (word &<< (32 &- count))
  }

  private static let initial = SIMD8<UInt32>(
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19)

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}

/// The key of a point: 16 bytes, in the order of the digest.
package struct PointKey: Hashable, Sendable {
  /// As they stand in memory.
  private let bytes: (UInt64, UInt64)

  init(high: UInt64, low: UInt64) { bytes = (high.bigEndian, low.bigEndian) }

  /// Nil unless there are 16 bytes.
  init?(_ stored: UnsafeRawBufferPointer) {
    guard stored.count == 16 else { return nil }
    bytes = (
      stored.loadUnaligned(as: UInt64.self),
      stored.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    )
  }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    try withUnsafeBytes(of: bytes, body)
  }

  /// The first eight bytes as a little-endian number.
  var number: Int64 { Int64(bitPattern: bytes.0) }

  package static func == (a: PointKey, b: PointKey) -> Bool { a.bytes == b.bytes }

  package func hash(into hasher: inout Hasher) { hasher.combine(bytes.0) }
}
