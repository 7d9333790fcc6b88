import Tensors

/// The parts of a graph that matter only while a condition holds: what nothing but the arms of `select` uses that
/// the condition chooses, or a conjunction that is false without it.
///
/// Parts lie in each other. A node belongs to the innermost part that has all of its uses; where the part's
/// condition does not hold, the node may have any value, and its cotangent is zero.
package struct Guards {
  /// What matters only while one condition has one value; part 0 is the whole graph.
  package struct Part {
    package fileprivate(set) var parent: Int
    package let condition: Value
    package let isTrue: Bool
    fileprivate let depth: Int

    fileprivate static let whole = Part(
      parent: 0, condition: Value(index: -1), isTrue: true, depth: 0)

    fileprivate func has(_ literal: Literal) -> Bool {
      condition == literal.condition && isTrue == literal.isTrue
    }
  }

  package private(set) var parts = [Part.whole]
  private let first: Int
  /// The part of each node from the first one on.
  private var partOf: [Int]

  /// Finds the parts of the graph that some nodes make.
  ///
  /// - Parameters:
  ///   - isCounted: Whether a node from `first` on belongs to the graph.
  ///   - samples: The most elements that a condition has, one for a sample.
  ///   - work: Multiply-adds below which a part is not worth being one.
  package init(
    _ nodes: [Node], from first: Int, where isCounted: (Int) -> Bool, outputs: [Value],
    samples: Int, least work: Int
  ) {
    self.first = first
    partOf = [Int](repeating: Guards.unused, count: nodes.count - first)
    guard (first..<nodes.count).contains(where: { nodes[$0].isA(Select.self) && isCounted($0) })
    else {
      partOf = partOf.map { _ in 0 }
      return
    }
    var numbers: [Literal: Int] = [:]
    for output in outputs where output.index >= first { partOf[output.index - first] = 0 }
    for index in (first..<nodes.count).reversed() where isCounted(index) {
      let part = partOf[index - first]
      guard part != Guards.unused else { continue }
      let node = nodes[index]
      var inner = node.operands.map { _ in part }
      if node.isA(Select.self) {
        if let literal = Literal(node.operands[0], nodes, samples) {
          inner[1] = self.part(literal, in: part, &numbers)
          inner[2] = self.part(literal.negated, in: part, &numbers)
        }
      } else if node.type.element == .bool, (node.primitive as? BitOperation)?.kind == .and {
        // Of two, the later one is guarded: the earlier one cannot depend on it.
        let later = node.operands[0].index < node.operands[1].index ? 1 : 0
        if let literal = Literal(node.operands[1 - later], nodes, samples) {
          inner[later] = self.part(literal, in: part, &numbers)
        }
      }
      for (operand, part) in zip(node.operands, inner) where operand.index >= first {
        let place = operand.index - first
        partOf[place] = partOf[place] == Guards.unused ? part : common(partOf[place], part)
      }
    }
    dissolve(nodes, least: work)
  }

  /// Without parts.
  package init(none program: Program) {
    first = 0
    partOf = [Int](repeating: 0, count: program.nodes.count)
  }

  package subscript(index: Int) -> Int { partOf[index - first] }

  /// The parts that a node lies in and, if it is given, another one does not, from the inside.
  package func parts(of index: Int, outside other: Int? = nil) -> [Part] {
    var found: [Part] = []
    var part = self[index]
    let end = other.map { common(part, self[$0]) } ?? 0
    while part != end {
      found.append(parts[part])
      part = parts[part].parent
    }
    return found
  }

  private static let unused = -1
  /// Parts that lie deeper in each other than any program needs would make each node a long way.
  private static let depthLimit = 32

  private mutating func part(
    _ literal: Literal, in outer: Int, _ numbers: inout [Literal: Int]
  ) -> Int {
    var above = outer
    while above != 0 {
      if parts[above].has(literal) { return outer }
      above = parts[above].parent
    }
    guard parts[outer].depth < Guards.depthLimit else { return outer }
    let key = literal.inside(outer)
    if let known = numbers[key] { return known }
    parts.append(
      Part(
        parent: outer, condition: literal.condition, isTrue: literal.isTrue,
        depth: parts[outer].depth + 1))
    numbers[key] = parts.count - 1
    return parts.count - 1
  }

  /// The innermost part that holds two others.
  private func common(_ one: Int, _ other: Int) -> Int {
    var (one, other) = (one, other)
    while one != other {
      // Parts come after those that they lie in.
      if one > other { one = parts[one].parent } else { other = parts[other].parent }
    }
    return one
  }

  /// Gives parts with little work back to those that they lie in.
  private mutating func dissolve(_ nodes: [Node], least: Int) {
    var work = parts.map { _ in 0 }
    for (place, part) in partOf.enumerated() {
      if part == Guards.unused { partOf[place] = 0 }
      guard part > 0 else { continue }
      let node = nodes[first + place]
      work[part] = work[part].addingSaturated(
        node.primitive.multiplyAdds(node.operands.map { nodes[$0.index].type }, node.type))
    }
    for part in parts.indices.dropFirst().reversed() {
      work[parts[part].parent] = work[parts[part].parent].addingSaturated(work[part])
    }
    var kept = Array(parts.indices)
    var left = [Part.whole]
    for part in parts.indices.dropFirst() {
      let parent = kept[parts[part].parent]
      if work[part] < least {
        kept[part] = parent
      } else {
        kept[part] = left.count
        left.append(parts[part])
        left[left.count - 1].parent = parent
      }
    }
    parts = left
    partOf = partOf.map { kept[$0] }
  }

  /// A condition and the value that it must have, inside a part.
  fileprivate struct Literal: Hashable {
    let condition: Value
    let isTrue: Bool
    var part = 0

    /// Nil where the condition is more than one boolean a sample.
    init?(_ value: Value, _ nodes: [Node], _ samples: Int) {
      var (value, isTrue) = (value, true)
      for _ in 0..<Literal.viewLimit {
        let node = nodes[value.index]
        if node.isA(Not.self) {
          isTrue.toggle()
        } else if !(node.isA(Reshape.self) || node.isA(Broadcast.self) || node.isA(Transpose.self))
        {
          break
        }
        value = node.operands[0]
      }
      let dims = nodes[value.index].type.dims.filter { $0 != 1 }
      guard dims.isEmpty || dims.count == 1 && (1...max(samples, 1)).contains(dims[0]) else {
        return nil
      }
      condition = value
      self.isTrue = isTrue
    }

    private init(_ condition: Value, _ isTrue: Bool, _ part: Int) {
      self.condition = condition
      self.isTrue = isTrue
      self.part = part
    }

    var negated: Literal { Literal(condition, !isTrue, part) }
    func inside(_ part: Int) -> Literal { Literal(condition, isTrue, part) }

    private static let viewLimit = 8
  }
}
