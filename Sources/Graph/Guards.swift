import Tensors

/// The parts of a graph that matter only while conditions hold: what nothing but the arms of `select` uses that they
/// choose, or a conjunction that is false without them.
///
/// A node belongs to the part of all conditions that each of its uses has; where one of them does not hold, the node
/// may have any value, and its cotangent is zero. A condition counts only for nodes behind it, so that nothing waits
/// for one that it would not wait for otherwise. What a condition needs, all that it guards needs, too.
package struct Guards {
  /// What matters only while one condition has one value, within another part; part 0 is the whole graph. Along
  /// the way to a part, conditions come in the order of their nodes.
  package struct Part {
    package fileprivate(set) var parent: Int
    package let condition: Value
    package let isTrue: Bool
    fileprivate let depth: Int

    fileprivate static let whole = Part(
      parent: 0, condition: Value(index: -1), isTrue: true, depth: 0)
    fileprivate var literal: Literal { Literal(condition: condition, isTrue: isTrue) }
  }

  package private(set) var parts = [Part.whole]
  private let first: Int
  /// The part of each node from the first one on.
  private var partOf: [Int]
  private var numbers: [Key: Int] = [:]

  /// Finds the parts of the graph that some nodes make.
  ///
  /// - Parameters:
  ///   - isCounted: Whether a node from `first` on belongs to the graph.
  ///   - samples: The most elements that a condition has, one for a sample.
  package init(
    _ nodes: [Node], from first: Int, where isCounted: (Int) -> Bool, outputs: [Value],
    samples: Int
  ) {
    self.first = first
    partOf = [Int](repeating: Guards.unused, count: nodes.count - first)
    guard (first..<nodes.count).contains(where: { nodes[$0].isA(Select.self) && isCounted($0) })
    else {
      partOf = partOf.map { _ in 0 }
      return
    }
    for output in outputs where output.index >= first { partOf[output.index - first] = 0 }
    for index in (first..<nodes.count).reversed() where isCounted(index) {
      guard partOf[index - first] != Guards.unused else { continue }
      let part = part(partOf[index - first], before: index)
      partOf[index - first] = part
      let node = nodes[index]
      var inner = node.operands.map { _ in part }
      if node.isA(Select.self) {
        if let literal = Literal(node.operands[0], nodes, samples) {
          inner[1] = self.part(part, with: literal)
          inner[2] = self.part(part, with: literal.negated)
        }
      } else if node.type.element == .bool, (node.primitive as? BitOperation)?.kind == .and {
        // Of two, the later one is guarded: the earlier one cannot depend on it.
        let later = node.operands[0].index < node.operands[1].index ? 1 : 0
        if let literal = Literal(node.operands[1 - later], nodes, samples) {
          inner[later] = self.part(part, with: literal)
        }
      }
      for (operand, part) in zip(node.operands, inner) where operand.index >= first {
        let place = operand.index - first
        partOf[place] = partOf[place] == Guards.unused ? part : common(partOf[place], part)
      }
    }
    dissolve(nodes)
    numbers = [:]
  }

  /// Without parts.
  package init(none program: Program) {
    first = 0
    partOf = [Int](repeating: 0, count: program.nodes.count)
  }

  package subscript(index: Int) -> Int { partOf[index - first] }

  /// The parts that a node lies in, from the inside; if another node is given, those of conditions that it has not.
  package func parts(of index: Int, outside other: Int? = nil) -> [Part] {
    guard self[index] != 0 else { return [] }
    let known = Set(other.map { way(to: self[$0]).map(\.literal) } ?? [])
    return way(to: self[index]).filter { !known.contains($0.literal) }
  }

  private func way(to part: Int) -> [Part] {
    var way: [Part] = []
    var part = part
    while part != 0 {
      way.append(parts[part])
      part = parts[part].parent
    }
    return way
  }

  /// A part with fewer multiply-adds is left in the one around it: what stands on both sides of its border is
  /// computed by kernels of its own, which costs more than skipping it gains. Turns of a loop with less are skipped
  /// in blocks. Tests of small programs have less.
  @TaskLocal package static var leastWork = 4096
  private static let unused = -1
  /// Parts that lie deeper in each other than any program needs would make each node a long way.
  private static let depthLimit = 32

  /// The part without conditions that come behind a node.
  private func part(_ part: Int, before index: Int) -> Int {
    var part = part
    while parts[part].condition.index >= index { part = parts[part].parent }
    return part
  }

  private mutating func part(_ part: Int, with literal: Literal) -> Int {
    let last = parts[part].literal
    if last == literal || parts[part].depth >= Guards.depthLimit { return part }
    if part != 0, literal < last {
      return inner(of: self.part(parts[part].parent, with: literal), last)
    }
    return inner(of: part, literal)
  }

  private mutating func inner(of part: Int, _ literal: Literal) -> Int {
    let key = Key(part: part, literal: literal)
    if let known = numbers[key] { return known }
    parts.append(
      Part(
        parent: part, condition: literal.condition, isTrue: literal.isTrue,
        depth: parts[part].depth + 1))
    numbers[key] = parts.count - 1
    return parts.count - 1
  }

  /// The part of the conditions that two parts have both.
  private mutating func common(_ one: Int, _ other: Int) -> Int {
    var (one, other) = (one, other)
    var shared: [Literal] = []
    while one != other {
      let (a, b) = (parts[one].literal, parts[other].literal)
      if a == b { shared.append(a) }
      if !(a < b) { one = parts[one].parent }
      if !(b < a) { other = parts[other].parent }
    }
    for literal in shared.reversed() { one = inner(of: one, literal) }
    return one
  }

  /// Gives parts with little work back to those that they lie in.
  private mutating func dissolve(_ nodes: [Node]) {
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
    let least = Guards.leastWork
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

  private struct Key: Hashable {
    let part: Int
    let literal: Literal
  }

  /// A condition and the value that it must have.
  fileprivate struct Literal: Hashable, Comparable {
    let condition: Value
    let isTrue: Bool

    init(condition: Value, isTrue: Bool) {
      self.condition = condition
      self.isTrue = isTrue
    }

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
      self.init(condition: value, isTrue: isTrue)
    }

    var negated: Literal { Literal(condition: condition, isTrue: !isTrue) }

    static func < (a: Literal, b: Literal) -> Bool {
      (a.condition.index, a.isTrue ? 1 : 0) < (b.condition.index, b.isTrue ? 1 : 0)
    }

    private static let viewLimit = 8
  }
}

extension ProgramBuilder {
  /// A value of a part as the rest sees it that takes it for zero where the part's condition, one boolean, does
  /// not hold.
  package func zeroed(_ x: Value, outside part: Guards.Part) throws -> Value {
    let zero = try scalar(0, like: x)
    let condition = try broadcast(reshape(part.condition, []), to: shape(x))
    let operands = part.isTrue ? [condition, x, zero] : [condition, zero, x]
    // What is zero there already stays as it is.
    let node = self.node(x)
    let place = part.isTrue ? 2 : 1
    if node.isA(Select.self), node.operands[0] == condition, node.operands[place] == zero {
      return x
    }
    return try add(Select(), operands)
  }
}
