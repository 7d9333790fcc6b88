import Tensors
import Testing

@Suite struct PatternTests {
  @Test(
    "A union is the sorted set of both",
    arguments: [
      ([], []), ([], [3]), ([1, 2], []), ([1, 3, 5], [2, 4]), ([1, 2, 3], [1, 2, 3]),
      ([1, 5, 9], [5]), ([7], [1, 2, 3, 8, 9]),
    ] as [([Int32], [Int32])])
  func unions(_ a: [Int32], _ b: [Int32]) {
    let expected = Set(a).union(b).sorted()
    #expect(Array(Pattern.union(Pattern.Row(a), Pattern.Row(b))) == expected)
    #expect(Array(Pattern.union(Pattern.Row(b), Pattern.Row(a))) == expected)
  }

  @Test("Many rows unite as their set", arguments: [0, 1, 2, 3, 7, 16, 33])
  func unionsOfMany(_ count: Int) {
    let rows = (0..<count).map { k in
      Pattern.Row((0..<4).map { Int32((k * 7 + $0 * 5) % 23) }.sorted())
    }
    let distinct = rows.map { Pattern.Row(Set($0).sorted()) }
    #expect(Array(Pattern.union(distinct)) == Set(distinct.flatMap { $0 }).sorted())
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
