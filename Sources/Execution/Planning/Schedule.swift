import Graph
import Tensors

/// The order in which a program's nodes are computed, with elementwise neighbours grouped.
struct Schedule {
  enum Item {
    /// Elements stay where they are; only shape and strides change.
    case view(Int)
    /// Elementwise nodes of one shape that run as one kernel, in order.
    case group([Int])
    case single(Int)
    /// A product, reshapes of it, and the only group that uses them.
    case productAndGroup(Int, views: [Int], [Int])
  }

  private(set) var items: [Item] = []

  /// `isDone` marks nodes that need no step: inputs and constants.
  init(_ program: Program, isDone: [Bool]) {
    let users = program.users
    var missing = [Int](repeating: 0, count: program.nodes.count)
    for index in program.nodes.indices where !isDone[index] {
      for user in users[index] where !isDone[user] { missing[user] += 1 }
    }
    var ready = ReadyQueue(program)
    for index in program.nodes.indices where !isDone[index] && missing[index] == 0 {
      ready.insert(index)
    }
    while let index = ready.popFirst() {
      switch ready.kind(of: index) {
      case .view:
        items.append(.view(index))
        complete(index)
      case .elementwise(let shape):
        items.append(.group(group(startingWith: index, shape)))
      case .other:
        items.append(.single(index))
        complete(index)
      }
    }
    sinkScalings(program, users)
    attachProducts(program, users)

    func complete(_ index: Int) {
      for user in users[index] where !isDone[user] {
        missing[user] -= 1
        if missing[user] == 0 { ready.insert(user) }
      }
    }

    /// Takes up elementwise nodes of the same shape as long as any are ready; other nodes wait until
    /// the whole group is computed.
    func group(startingWith first: Int, _ shape: Int) -> [Int] {
      var members = [first]
      complete(first)
      while members.count < Schedule.groupLimit, let index = ready.popFirst(ofShape: shape) {
        members.append(index)
        complete(index)
      }
      return members
    }
  }

  /// Puts products with one known number to the only group that uses them: there they cost a register,
  /// here an array and, behind a product that takes all else, a kernel.
  private mutating func sinkScalings(_ program: Program, _ users: [[Int]]) {
    let isOutput = Set(program.outputs.map(\.index))
    var groupOf: [Int: Int] = [:]
    var members: [Int: [Int]] = [:]
    for (place, item) in items.enumerated() {
      guard case .group(let nodes) = item else { continue }
      members[place] = nodes
      for node in nodes { groupOf[node] = place }
    }
    for (index, node) in program.nodes.enumerated() {
      guard node.isA(Multiply.self), let place = groupOf[index], !isOutput.contains(index),
        node.operands.contains(where: { program.constant($0)?.fill != nil })
      else { continue }
      let targets = Set(users[index].map { groupOf[$0] })
      guard targets.count == 1, let target = targets.first ?? nil, target > place,
        members[target].map({ program.nodes[$0[0]].type.shape }) == node.type.shape
      else { continue }
      members[place]?.removeAll { $0 == index }
      members[target]?.insert(index, at: 0)
      groupOf[index] = target
    }
    for (place, nodes) in members { items[place] = .group(nodes) }
    items.removeAll { if case .group(let nodes) = $0 { nodes.isEmpty } else { false } }
  }

  /// Puts each product that one group alone uses to that group.
  private mutating func attachProducts(_ program: Program, _ users: [[Int]]) {
    var isOutput = [Bool](repeating: false, count: program.nodes.count)
    for output in program.outputs { isOutput[output.index] = true }
    var groupOf: [Int: Int] = [:]
    for (place, item) in items.enumerated() {
      guard case .group(let members) = item else { continue }
      for member in members { groupOf[member] = place }
    }
    var removed: Set<Int> = []
    var placeOf: [Int: Int] = [:]
    for (place, item) in items.enumerated() {
      switch item {
      case .single(let index), .view(let index): placeOf[index] = place
      default: break
      }
    }
    for (place, item) in items.enumerated() {
      guard case .single(let product) = item, program.nodes[product].isA(Dot.self),
        program.nodes[product].type.element.isReal
      else { continue }
      var views: [Int] = []
      var groups: Set<Int> = []
      var pending = [product]
      var isJoinable = true
      while isJoinable, let index = pending.popLast() {
        if isOutput[index] { isJoinable = false }
        for user in users[index] {
          if let group = groupOf[user] {
            groups.insert(group)
          } else if program.nodes[user].isA(Reshape.self) {
            views.append(user)
            pending.append(user)
          } else {
            isJoinable = false
          }
        }
      }
      guard isJoinable, groups.count == 1, let group = groups.first,
        case .group(let members) = items[group]
      else { continue }
      items[group] = .productAndGroup(product, views: views.sorted(), members)
      removed.insert(place)
      for view in views { if let place = placeOf[view] { removed.insert(place) } }
    }
    items = items.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
  }

  /// Keeps a group's arrays within the first-level cache.
  private static let groupLimit = 48
}

extension Node {
  /// Whether the node only looks at its operand's elements in another way.
  var isView: Bool {
    isA(Reshape.self) || isA(Transpose.self) || isA(Broadcast.self) || isA(Slice.self)
      || isA(Reverse.self) || isA(Detach.self)
  }
}
