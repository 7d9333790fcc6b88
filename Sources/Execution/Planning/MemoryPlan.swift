/// Places for arrays in one arena, so that arrays that are never needed at the same time share
/// memory.
struct MemoryPlan {
  /// An array: its size, the step that writes it first and the last step that touches it.
  struct Interval {
    let id: Int
    let bytes: Int
    let first: Int
    let last: Int
  }

  private(set) var offsets: [Int: Int] = [:]
  private(set) var byteCount = 0

  /// First fit, large arrays first: simple, and close to the least possible for networks.
  init(_ intervals: [Interval]) {
    var occupied = OccupiedMemory(steps: (intervals.map(\.last).max() ?? 0) + 1)
    for interval in intervals.sorted(by: { ($0.bytes, $1.id) > ($1.bytes, $0.id) }) {
      let bytes = MemoryPlan.aligned(interval.bytes)
      let offset = occupied.take(bytes, during: interval.first...interval.last)
      offsets[interval.id] = offset
      byteCount = max(byteCount, offset + bytes)
    }
  }

  /// Whole cache lines, so that no two arrays share one.
  static func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}
