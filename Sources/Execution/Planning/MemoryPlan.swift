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
    var placed: [(offset: Int, interval: Interval)] = []
    for interval in intervals.sorted(by: { ($0.bytes, $1.id) > ($1.bytes, $0.id) }) {
      let bytes = MemoryPlan.aligned(interval.bytes)
      var offset = 0
      for (start, other) in placed
      where other.first <= interval.last && interval.first <= other.last {
        // `placed` is in order of offsets, so the first gap that is large enough is taken.
        if start >= offset + bytes { break }
        offset = max(offset, start + MemoryPlan.aligned(other.bytes))
      }
      offsets[interval.id] = offset
      byteCount = max(byteCount, offset + bytes)
      let place = placed.firstIndex { $0.offset > offset } ?? placed.count
      placed.insert((offset, interval), at: place)
    }
  }

  /// Whole cache lines, so that no two arrays share one.
  static func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}
