/// For every element of a value, which elements of the differentiated input it can depend on.
///
/// Rows are sorted index lists; equal rows share their storage.
package struct Pattern: Sendable, Equatable {
  package typealias Row = ContiguousArray<Int32>
  package var rows: [Row]

  package init(rows: [Row]) { self.rows = rows }

  /// No dependence at all.
  package static func independent(count: Int) -> Pattern {
    Pattern(rows: [Row](repeating: [], count: count))
  }

  /// Element k depends on input k alone.
  package static func identity(count: Int) -> Pattern {
    Pattern(rows: (0..<count).map { [Int32($0)] })
  }

  package var isIndependent: Bool { rows.allSatisfy(\.isEmpty) }

  /// - Throws: `PatternMemory.Exhausted` where no memory is left for what is new, or too much was merged.
  package static func union(_ a: Row, _ b: Row) throws -> Row {
    if a.isEmpty { return b }
    if b.isEmpty { return a }
    let same = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { $0.baseAddress == a.baseAddress && $0.count == a.count }
    }
    if same { return a }
    let memory = PatternMemory.current
    try memory?.count(a.count + b.count)
    if a == b { return a }
    let room = Pattern.bytes(ofRow: a.count + b.count)
    try memory?.take(room)
    var result = Row()
    result.reserveCapacity(a.count + b.count)
    var i = 0
    var j = 0
    while i < a.count && j < b.count {
      if a[i] < b[j] {
        result.append(a[i])
        i += 1
      } else if b[j] < a[i] {
        result.append(b[j])
        j += 1
      } else {
        result.append(a[i])
        i += 1
        j += 1
      }
    }
    result.append(contentsOf: a[i...])
    result.append(contentsOf: b[j...])
    // What holds the other one already is shared; what both have was reserved twice.
    if result.count == a.count || result.count == b.count {
      memory?.giveBack(room)
      return result.count == a.count ? a : b
    }
    if result.count < (a.count + b.count) / 4 * 3 {
      var exact = Row()
      exact.reserveCapacity(result.count)
      exact.append(contentsOf: result)
      result = exact
    }
    memory?.giveBack(room - Pattern.bytes(ofRow: result.count))
    return result
  }

  /// The union of many rows, merged pairwise so that long lists are copied few times.
  package static func union(_ rows: [Row]) throws -> Row {
    // Rows that share their storage count once: a full row may stand for many elements.
    var seen: Set<UnsafePointer<Int32>?> = []
    var level = rows.filter { row in
      !row.isEmpty && row.withUnsafeBufferPointer { seen.insert($0.baseAddress).inserted }
    }
    guard level.count > 2 else {
      return try level.count == 2 ? union(level[0], level[1]) : level.first ?? []
    }
    let memory = PatternMemory.current
    let before = memory?.used ?? 0
    while level.count > 1 {
      var next: [Row] = []
      next.reserveCapacity((level.count + 1) / 2)
      for k in stride(from: 0, to: level.count - 1, by: 2) {
        next.append(try union(level[k], level[k + 1]))
      }
      if level.count % 2 == 1, let last = level.last { next.append(last) }
      level = next
    }
    // What stood on the way is gone.
    memory?.keep(before + Pattern.bytes(ofRow: level[0].count))
    return level[0]
  }

  /// What a row of so many entries takes: its numbers and the header of its storage.
  package static func bytes(ofRow count: Int) -> Int { 48 + 4 * count }

  /// For each column the rows that meet it.
  package func transposed(columns count: Int) -> Pattern {
    var columns = [Row](repeating: [], count: count)
    for (row, indices) in rows.enumerated() {
      for column in indices { columns[Int(column)].append(Int32(row)) }
    }
    return Pattern(rows: columns)
  }

  /// What both patterns have.
  package func intersection(_ other: Pattern) -> Pattern {
    Pattern(
      rows: zip(rows, other.rows).map { row, others in
        var others = others[...]
        return row.filter { index in
          while let first = others.first, first < index { others.removeFirst() }
          return others.first == index
        }
      })
  }

  /// The rows that `indices` names, in that order; an index of -1 gives an independent element.
  package func picking(_ indices: [Int]) -> Pattern {
    Pattern(rows: indices.map { $0 < 0 ? [] : rows[$0] })
  }
}
