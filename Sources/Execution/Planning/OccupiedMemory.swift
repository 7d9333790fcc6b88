/// What memory is taken at which step.
///
/// A tree over the steps: a node stands for a span of them, its children for the halves. Arrays that
/// live side by side leave few gaps, so the ranges of a span are few, however many arrays it has: a
/// query takes about the square of the logarithm of the number of steps.
struct OccupiedMemory {
  private let leafCount: Int
  /// By node, what arrays take that last throughout its span but not throughout its parent's.
  private var throughout: [MemoryRanges]
  /// By node, what arrays take that last throughout its span or a part of it, but not longer.
  private var within: [MemoryRanges]

  init(steps: Int) {
    var leafCount = 1
    while leafCount < steps { leafCount *= 2 }
    self.leafCount = leafCount
    throughout = [MemoryRanges](repeating: MemoryRanges(), count: 2 * leafCount)
    within = throughout
  }

  /// Takes the lowest bytes that are free during all of these steps, and returns where they begin.
  mutating func take(_ bytes: Int, during steps: ClosedRange<Int>) -> Int {
    guard bytes > 0 else { return 0 }
    let spans = spans(of: steps)
    let offset = lowestGap(of: bytes, steps, spans)
    let range = offset..<offset + bytes
    for span in spans {
      throughout[span].insert(range)
      var node = span
      // What holds all of the range already has handed it on.
      while node > 0, within[node].insert(range) { node /= 2 }
    }
    return offset
  }

  /// The fewest nodes whose spans make up these steps.
  private func spans(of steps: ClosedRange<Int>) -> [Int] {
    var spans: [Int] = []
    var (low, end) = (steps.lowerBound + leafCount, steps.upperBound + 1 + leafCount)
    while low < end {
      if low % 2 == 1 {
        spans.append(low)
        low += 1
      }
      if end % 2 == 1 {
        end -= 1
        spans.append(end)
      }
      low /= 2
      end /= 2
    }
    return spans
  }

  private func lowestGap(
    of bytes: Int, _ steps: ClosedRange<Int>, _ spans: [Int]
  ) -> Int {
    var taken = spans.map { within[$0] }
    // What lasts longer than a span stands at the nodes above it, and these above one end of the steps.
    var (low, high) = (steps.lowerBound + leafCount, steps.upperBound + leafCount)
    while low > 0 {
      taken.append(throughout[low])
      if high != low { taken.append(throughout[high]) }
      low /= 2
      high /= 2
    }
    taken.removeAll(where: \.isEmpty)
    // As the offset rises, each list is gone through once.
    var places = [Int](repeating: 0, count: taken.count)
    var offset = 0
    var isFree = false
    while !isFree {
      isFree = true
      for list in taken.indices
      where taken[list].raise(&offset, past: bytes, from: &places[list]) {
        isFree = false
      }
    }
    return offset
  }
}

/// Ranges in order that neither overlap nor touch.
private struct MemoryRanges {
  private var starts: [Int] = []
  private var ends: [Int] = []

  var isEmpty: Bool { starts.isEmpty }

  /// Raises an offset until so many bytes from there on overlap no range; `place` is where the search
  /// goes on. Returns whether the offset has changed.
  func raise(_ offset: inout Int, past bytes: Int, from place: inout Int) -> Bool {
    let start = offset
    while place < ends.count, starts[place] < offset + bytes {
      offset = Swift.max(offset, ends[place])
      place += 1
    }
    return offset != start
  }

  /// Adds a range; false if all of it is there already.
  @discardableResult
  mutating func insert(_ range: Range<Int>) -> Bool {
    // Ranges that touch become one.
    let first = place(endingBehind: range.lowerBound - 1)
    guard first < starts.count, starts[first] <= range.upperBound else {
      starts.insert(range.lowerBound, at: first)
      ends.insert(range.upperBound, at: first)
      return true
    }
    if starts[first] <= range.lowerBound, ends[first] >= range.upperBound { return false }
    var last = first
    while last + 1 < starts.count, starts[last + 1] <= range.upperBound { last += 1 }
    starts[first] = min(starts[first], range.lowerBound)
    ends[first] = max(ends[last], range.upperBound)
    starts.removeSubrange(first + 1..<last + 1)
    ends.removeSubrange(first + 1..<last + 1)
    return true
  }

  /// The place of the first range that ends behind a position.
  private func place(endingBehind position: Int) -> Int {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
