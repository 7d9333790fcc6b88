import Testing

@testable import Training

struct RandomTests {
  @Test("the published first numbers of SplitMix64 come out")
  func firstNumbers() {
    var random = Random(seed: 1_234_567)
    #expect(random.bits() == 6_457_827_717_110_365_317)
    #expect(random.bits() == 3_203_168_211_198_807_973)
  }

  @Test("a shuffle is a permutation, and another seed gives another one")
  func shuffle() {
    func order(_ seed: Int64) -> [Int] {
      var order = Array(0..<100)
      var random = Random(seed: seed)
      random.shuffle(&order)
      return order
    }
    #expect(order(1).sorted() == Array(0..<100))
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
  }
}
