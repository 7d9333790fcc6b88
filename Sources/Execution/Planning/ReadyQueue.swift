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

  private let kinds: [Kind]
  private var views = MinimumHeap()
  /// All but views; may still hold elementwise nodes that were taken by their shape.
  private var others = MinimumHeap()
  /// The elementwise nodes of each shape; may still hold nodes that were taken as others.
  private var elementwise: [MinimumHeap]
  private var isWaiting: [Bool]

  init(_ program: Program) {
    var numbers: [Shape: Int] = [:]
    kinds = program.nodes.map { node in
      if node.isView { return .view }
      guard node.primitive is any Elementwise else { return .other }
      let number = numbers[node.type.shape] ?? numbers.count
      numbers[node.type.shape] = number
      return .elementwise(shape: number)
    }
    elementwise = [MinimumHeap](repeating: MinimumHeap(), count: numbers.count)
    isWaiting = [Bool](repeating: false, count: program.nodes.count)
  }

  func kind(of index: Int) -> Kind { kinds[index] }

  mutating func insert(_ index: Int) {
    isWaiting[index] = true
    switch kinds[index] {
    case .view: views.insert(index)
    case .other: others.insert(index)
    case .elementwise(let shape):
      others.insert(index)
      elementwise[shape].insert(index)
    }
  }

  mutating func popFirst() -> Int? {
    views.popFirst() ?? taken { $0.others.popFirst() }
  }

  /// The lowest elementwise node of a shape.
  mutating func popFirst(ofShape shape: Int) -> Int? {
    taken { $0.elementwise[shape].popFirst() }
  }

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
