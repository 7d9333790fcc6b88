import Stores
import Tensors
import Testing

@Suite struct KeyTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  @Test(
    "SHA-256 gives the digests of the standard's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func digests(_ text: String, _ digest: String) {
    #expect(hex(SHA256.digest(Array(text.utf8))) == digest)
  }

  @Test func digestsInPartsAreTheSame() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for size in [1, 13, 63, 64, 65, 200] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.finish() == SHA256.digest(bytes))
    }
  }

  /// Computed with Python: hashlib.sha256(struct.pack('<3d', 0.1, -2.5, 1e300)).digest()[:16]
  @Test func goldenKey() {
    let keys = PointKeys([Variable(.input, "a", size: 3)])
    #expect(
      keys.key([0.1, -2.5, 1e300]).withBytes { hex(Array($0)) }
        == "864d61115ccae37853e8ea0d9566fca0")
  }

  @Test("Keys are digests of any number of inputs", arguments: 0...40)
  func keysAreDigests(_ count: Int) {
    let values = (0..<count).map { Double($0) * 0.37 - 3 }
    let keys = PointKeys(count > 0 ? [Variable(.input, "a", size: count)] : [])
    let digest = values.withUnsafeBytes { SHA256.digest($0) }
    #expect(keys.key(values).withBytes { Array($0) } == Array(digest[..<16]))
  }

  @Test func canonicalPointsAreRoundedAndPositiveAtZero() throws {
    var input = Variable(.input, "a", size: 4)
    input.lower = 0.5
    input.step = 0.25
    var point = [0.5, 0.62, 0.63, -0.0]
    try PointKeys([input]).canonical(point, into: &point, sample: 0, inBounds: false)
    #expect(point == [0.5, 0.5, 0.75, 0])
    var again = point
    try PointKeys([input]).canonical(point, into: &again, sample: 0, inBounds: false)
    #expect(again == point)
    var zero = [-0.0]
    try PointKeys([Variable(.input, "a")]).canonical(zero, into: &zero, sample: 0, inBounds: true)
    #expect(zero[0].sign == .plus)
  }

  @Test(
    "Points that are not finite or out of bounds are refused",
    arguments: [.nan, .infinity, 1.1, -0.1])
  func refusals(_ value: Double) {
    var input = Variable(.input, "a")
    input.lower = 0
    input.upper = 1
    var point = [value]
    #expect(throws: NetJacError.self) {
      try PointKeys([input]).canonical(point, into: &point, sample: 0, inBounds: true)
    }
  }

  /// Dates computed with Python's datetime.
  @Test(
    "Times are ISO 8601",
    arguments: [
      (0.0, "1970-01-01T00:00:00.000Z"), (1_795_904_041.1235, "2026-11-28T22:14:01.123Z"),
      (951_782_400, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
      (4_107_542_399, "2100-02-28T23:59:59.000Z"), (-2_203_891_200, "1900-03-01T00:00:00.000Z"),
    ])
  func times(_ seconds: Double, _ text: String) {
    #expect(timeText(seconds) == text)
  }
}
