import Foundation
import Networks
import Synchronization
import Testing

@Suite struct OnceTests {
  @Test("many threads ask at once, one makes the value, and all get the same")
  func threads() {
    let made = Atomic<Int>(0)
    let once = Once<Int>()
    let sum = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      let value = once {
        // Long enough for the others to arrive.
        var work = 0
        for step in 0..<100_000 { work ^= step &* 31 }
        return made.add(1, ordering: .relaxed).newValue + (work == 7 ? 0 : 41)
      }
      sum.add(value, ordering: .relaxed)
    }
    #expect(made.load(ordering: .relaxed) == 1)
    #expect(sum.load(ordering: .relaxed) == 64 * 42)
    #expect(once.known == 42)
  }

  private struct Failure: Error {}

  @Test("after a failure the next one who asks tries again")
  func failure() throws {
    let once = Once<String>()
    #expect(once.known == nil)
    #expect(throws: Failure.self) { try once { throw Failure() } }
    #expect(once.known == nil)
    #expect(try once { "made" } == "made")
    #expect(try once { throw Failure() } == "made")
  }
}
