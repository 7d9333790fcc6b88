import Graph
import Tensors

/// Nodes whose operands are all there, lowest first; views before all others, since they cost nothing
/// and make more nodes ready. Each node enters and leaves once, in logarithmic time.
struct ReadyQueue {
  enum Kind {
    case view
    /// One of the shapes that elementwise nodes have, by number.
    case elementwise(shape: Int)
    case other
  }

  /// What is ready of one guarded part, or of the rest.
  private struct Part {
    var views = MinimumHeap()
    /// All but views; may still hold elementwise nodes that were taken by their shape.
    var others = MinimumHeap()
    /// The elementwise nodes of each shape; may still hold nodes that were taken as others.
    var elementwise: [Int: MinimumHeap] = [:]
    /// The parts within that have something ready and are not open. Their numbers are negative, since parts
    /// are numbered from the end.
    var inner = MinimumHeap()
    /// Whether the part is being taken, or stands among those within another.
    var isKnown = false
  }

  private let kinds: [Kind]
  private let guards: Guards
  private var parts: [Part]
  private var isWaiting: [Bool]

  init(_ program: Program, _ guards: Guards) {
    var numbers: [Shape: Int] = [:]
    kinds = program.nodes.map { node in
      if node.isView { return .view }
      guard node.primitive is any Elementwise else { return .other }
      let number = numbers[node.type.shape] ?? numbers.count
      numbers[node.type.shape] = number
      return .elementwise(shape: number)
    }
    self.guards = guards
    parts = [Part](repeating: Part(), count: guards.parts.count)
    parts[0].isKnown = true
    isWaiting = [Bool](repeating: false, count: program.nodes.count)
  }

  func kind(of index: Int) -> Kind { kinds[index] }

  mutating func insert(_ index: Int) {
    isWaiting[index] = true
    var part = guards[index]
    switch kinds[index] {
    case .view: parts[part].views.insert(index)
    case .other: parts[part].others.insert(index)
    case .elementwise(let shape):
      parts[part].others.insert(index)
      parts[part].elementwise[shape, default: MinimumHeap()].insert(index)
    }
    while !parts[part].isKnown {
      parts[part].isKnown = true
      let outer = guards.parts[part].parent
      parts[outer].inner.insert(-part)
      part = outer
    }
  }

  /// The next node of a part.
  mutating func popFirst(of part: Int) -> Int? {
    parts[part].views.popFirst() ?? taken { $0.parts[part].others.popFirst() }
  }

  /// The lowest elementwise node of a shape.
  mutating func popFirst(of part: Int, shape: Int) -> Int? {
    taken { $0.parts[part].elementwise[shape]?.popFirst() }
  }

  /// A part within another that has something ready, to be taken until there is nothing left and `close` says so.
  mutating func openFirst(in part: Int) -> Int? {
    parts[part].inner.popFirst().map { -$0 }
  }

  mutating func close(_ part: Int) { parts[part].isKnown = false }

  /// The next of a heap's nodes that was not taken through another heap.
  private mutating func taken(_ pop: (inout ReadyQueue) -> Int?) -> Int? {
    while let index = pop(&self) {
      guard isWaiting[index] else { continue }
      isWaiting[index] = false
      return index
    }
    return nil
  }
}

/// Numbers of which the least comes out first.
struct MinimumHeap {
  private var numbers: [Int] = []

  mutating func insert(_ number: Int) {
    numbers.append(number)
    var place = numbers.count - 1
    while place > 0, numbers[(place - 1) / 2] > number {
      numbers.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = numbers.first else { return nil }
    let last = numbers.removeLast()
    guard !numbers.isEmpty else { return first }
    numbers[0] = last
    var place = 0
    while true {
      let (left, right) = (2 * place + 1, 2 * place + 2)
      var least = place
      if left < numbers.count, numbers[left] < numbers[least] { least = left }
      if right < numbers.count, numbers[right] < numbers[least] { least = right }
      if least == place { return first }
      numbers.swapAt(place, least)
      place = least
    }
  }
}
