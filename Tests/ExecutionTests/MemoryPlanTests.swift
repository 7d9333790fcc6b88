import TestCases
import Testing

@testable import Execution

@Suite("Memory plans")
struct MemoryPlanTests {
  @Test("put arrays where a search among all others puts them", arguments: [1, 2, 10, 100, 400])
  func sameAsSearch(_ count: Int) {
    for seed in UInt64(1)...8 {
      var random = Random(seed: seed)
      let steps = random.whole(in: 1...2 * count)
      let longest = random.whole(in: 0...steps)
      let intervals = (0..<count).map { id in
        let first = random.whole(in: 0...steps - 1)
        return MemoryPlan.Interval(
          id: id, bytes: random.whole(in: 0...6) * random.whole(in: 1...100), first: first,
          last: min(steps - 1, first + random.whole(in: 0...longest)))
      }
      let plan = MemoryPlan(intervals)
      let expected = MemoryPlanTests.searched(intervals)
      #expect(plan.offsets == expected.offsets)
      #expect(plan.byteCount == expected.byteCount)
    }
  }

  @Test("keep what lives to the end of a nested computation apart, in one stack")
  func nested() {
    let count = 1000
    let intervals = (0..<count).map {
      MemoryPlan.Interval(id: $0, bytes: 64, first: $0, last: 2 * count - $0)
    }
    let plan = MemoryPlan(intervals)
    #expect(plan.byteCount == 64 * count)
    #expect(Set(plan.offsets.values).count == count)
  }

  /// First fit, large arrays first, by looking at all arrays that are placed already.
  private static func searched(
    _ intervals: [MemoryPlan.Interval]
  ) -> (offsets: [Int: Int], byteCount: Int) {
    var offsets: [Int: Int] = [:]
    var byteCount = 0
    var placed: [MemoryPlan.Interval] = []
    for interval in intervals.sorted(by: { ($0.bytes, $1.id) > ($1.bytes, $0.id) }) {
      let bytes = MemoryPlan.aligned(interval.bytes)
      let taken = placed.filter { $0.first <= interval.last && interval.first <= $0.last }
        .map { other in
          let start = offsets[other.id] ?? 0
          return start..<start + MemoryPlan.aligned(other.bytes)
        }
      let candidates = [0] + taken.map(\.upperBound).sorted()
      let offset = candidates.first { start in
        bytes == 0 || !taken.contains { $0.overlaps(start..<start + bytes) }
      }
      offsets[interval.id] = offset
      byteCount = max(byteCount, (offset ?? 0) + bytes)
      placed.append(interval)
    }
    return (offsets, byteCount)
  }
}
