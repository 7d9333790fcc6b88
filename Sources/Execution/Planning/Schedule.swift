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
    /// What is skipped where no sample needs it.
    case guarded(Guards.Part, [Item])
  }

  private(set) var items: [Item] = []
  private let program: Program
  private let users: [[Int]]
  private let isOutput: [Bool]

  /// `isDone` marks nodes that need no step: inputs and constants.
  init(_ program: Program, isDone: [Bool], _ guards: Guards? = nil) {
    self.program = program
    users = program.users
    var isOutput = [Bool](repeating: false, count: program.nodes.count)
    for output in program.outputs { isOutput[output.index] = true }
    self.isOutput = isOutput
    var order = ReadyOrder(program, users: users, isDone: isDone, guards ?? Guards(none: program))
    items = taken(from: &order, part: 0)
  }

  /// All that is or becomes ready of a guarded part, or of what is not guarded: first its own nodes, so that little
  /// of the parts within has to wait.
  private func taken(from order: inout ReadyOrder, part: Int) -> [Item] {
    var items: [Item] = []
    while true {
      if let index = order.ready.popFirst(of: part) {
        switch order.ready.kind(of: index) {
        case .view:
          items.append(.view(index))
          order.complete(index)
        case .elementwise(let shape):
          items.append(.group(group(startingWith: index, from: &order, part: part, shape: shape)))
        case .other:
          items.append(.single(index))
          order.complete(index)
        }
      } else if let inner = order.ready.openFirst(in: part) {
        items.append(.guarded(order.guards.parts[inner], taken(from: &order, part: inner)))
        order.ready.close(inner)
      } else {
        sinkScalings(&items)
        attachProducts(&items)
        return items
      }
    }
  }

  /// Takes up elementwise nodes of the same shape as long as any are ready; other nodes wait until
  /// the whole group is computed.
  private func group(
    startingWith first: Int, from order: inout ReadyOrder, part: Int, shape: Int
  ) -> [Int] {
    var members = [first]
    order.complete(first)
    while members.count < Schedule.groupLimit,
      let index = order.ready.popFirst(of: part, shape: shape)
    {
      members.append(index)
      order.complete(index)
    }
    return members
  }

  /// Puts products with one known number to the only group that uses them: there they cost a register,
  /// here an array and, behind a product that takes all else, a kernel.
  private func sinkScalings(_ items: inout [Item]) {
    var groupOf: [Int: Int] = [:]
    var members: [Int: [Int]] = [:]
    for (place, item) in items.enumerated() {
      guard case .group(let nodes) = item else { continue }
      members[place] = nodes
      for node in nodes { groupOf[node] = place }
    }
    for index in groupOf.keys.filter({ program.nodes[$0].isA(Multiply.self) }).sorted() {
      let node = program.nodes[index]
      guard let place = groupOf[index], !isOutput[index],
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
  private func attachProducts(_ items: inout [Item]) {
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
