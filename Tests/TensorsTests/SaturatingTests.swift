import Tensors
import Testing

@Suite struct SaturatingTests {
  @Test func sumsStayBelowTheLimit() {
    #expect(2.addingSaturated(3) == 5)
    #expect(Int.max.addingSaturated(1) == .max)
    #expect(Int.max.addingSaturated(0) == .max)
  }

  @Test func productsStayBelowTheLimit() {
    #expect(6.multipliedSaturated(by: 7) == 42)
    #expect((Int.max / 2).multipliedSaturated(by: 3) == .max)
    #expect(Int.max.multipliedSaturated(by: 0) == 0)
  }
}
