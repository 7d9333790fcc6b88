import Tensors
import Testing

@Suite struct PatternTests {
  @Test(
    "A union is the sorted set of both",
    arguments: [
      ([], []), ([], [3]), ([1, 2], []), ([1, 3, 5], [2, 4]), ([1, 2, 3], [1, 2, 3]),
      ([1, 5, 9], [5]), ([7], [1, 2, 3, 8, 9]),
    ] as [([Int32], [Int32])])
  func unions(_ a: [Int32], _ b: [Int32]) throws {
    let expected = Set(a).union(b).sorted()
    let forwards = try Pattern.union(Pattern.Row(a), Pattern.Row(b))
    #expect(Array(forwards) == expected)
    let backwards = try Pattern.union(Pattern.Row(b), Pattern.Row(a))
    #expect(Array(backwards) == expected)
  }

  @Test("Many rows unite as their set", arguments: [0, 1, 2, 3, 7, 16, 33])
  func unionsOfMany(_ count: Int) throws {
    let rows = (0..<count).map { k in
      Pattern.Row((0..<4).map { Int32((k * 7 + $0 * 5) % 23) }.sorted())
    }
    let distinct = rows.map { Pattern.Row(Set($0).sorted()) }
    let found = try Pattern.union(distinct)
    #expect(Array(found) == Set(distinct.flatMap { $0 }).sorted())
  }

  @Test("Unions stop where memory ends, and hold no more than they count")
  func limited() throws {
    let even = Pattern.Row((0..<100).map { Int32(2 * $0) })
    let odd = Pattern.Row((0..<100).map { Int32(2 * $0 + 1) })
    let few: Pattern.Row = [4, 8]
    let memory = PatternMemory(limit: 2000)
    try PatternMemory.$current.withValue(memory) {
      let shared = try Pattern.union(even, few)
      #expect(shared == even)
      #expect(memory.used == 0, "what is shared takes nothing")
      let both = try Pattern.union([even, odd, few, even])
      #expect(both.count == 200)
      #expect(memory.used == Pattern.bytes(ofRow: 200))
      #expect(throws: PatternMemory.Exhausted.self) {
        for _ in 0..<3 { _ = try Pattern.union(even, odd) }
      }
    }
    let unlimited = try Pattern.union(even, odd)
    #expect(unlimited.count == 200, "no limit, no refusal")
  }

  @Test func simplePatterns() {
    #expect(Pattern.identity(count: 3).rows == [[0], [1], [2]])
    #expect(Pattern.independent(count: 2).rows == [[], []])
    #expect(Pattern.independent(count: 2).isIndependent)
    #expect(!Pattern.identity(count: 1).isIndependent)
    #expect(Pattern.identity(count: 0).isIndependent)
    #expect(Pattern.identity(count: 3).picking([2, -1, 2]).rows == [[2], [], [2]])
  }
}
