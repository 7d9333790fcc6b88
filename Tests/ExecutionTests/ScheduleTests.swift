import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

@Suite("Schedules")
struct ScheduleTests {
  @Test("take nodes in the order of a search among all that are ready", arguments: 1...40)
  func sameAsSearch(_ seed: Int) throws {
    let program = try RandomProgram.make(seed: UInt64(seed))
    let isDone = program.nodes.map { $0.primitive is Constant || $0.primitive is Input }
    let members = Schedule(program, isDone: isDone).items.map(\.nodes)
    let nodes = members.flatMap(\.self)
    // Each node once, and operands first.
    #expect(nodes.count == Set(nodes).count)
    #expect(Set(nodes) == Set(program.nodes.indices.filter { !isDone[$0] }))
    var isComputed = isDone
    for index in nodes {
      #expect(program.nodes[index].operands.allSatisfy { isComputed[$0.index] })
      isComputed[index] = true
    }
    #expect(nodes.filter { !isMoved($0, program) } == searched(program, isDone))
  }

  @Test("keep guarded nodes together, behind their conditions and operands", arguments: 1...40)
  func guarded(_ seed: Int) throws {
    let program = try GuardedProgram.make(seed: UInt64(seed))
    let isDone = program.nodes.map { $0.primitive is Constant || $0.primitive is Input }
    let guards = Guards(program, isNeeded: isDone.map { !$0 }, samples: 1)
    let items = Schedule(program, isDone: isDone, guards).items
    #expect(Set(items.flatMap(\.nodes)) == Set(program.nodes.indices.filter { !isDone[$0] }))
    var isComputed = isDone
    func walk(_ items: [Schedule.Item], _ conditions: [Value]) {
      for item in items {
        if case .guarded(let part, let inner) = item {
          #expect(isComputed[part.condition.index])
          walk(inner, conditions + [part.condition])
          continue
        }
        for index in item.nodes {
          #expect(!isComputed[index] || isDone[index])
          #expect(program.nodes[index].operands.allSatisfy { isComputed[$0.index] })
          let parts = guards.parts(of: index)
          #expect(parts.reversed().map(\.condition) == conditions)
          isComputed[index] = true
        }
      }
    }
    walk(items, [])
  }

  /// Whether fusion may take the node from its place in the order: a scaling, or a product with views.
  private func isMoved(_ index: Int, _ program: Program) -> Bool {
    let node = program.nodes[index]
    return node.primitive is Multiply || node.primitive is Dot || node.primitive is Reshape
  }

  /// Views first, then the lowest node; an elementwise one with what is ready of its shape, again and
  /// again, up to 48 nodes.
  private func searched(_ program: Program, _ isDone: [Bool]) -> [Int] {
    var isComputed = isDone
    var order: [Int] = []
    func ready(_ accepts: (Int) -> Bool) -> Int? {
      program.nodes.indices.first { index in
        !isComputed[index] && accepts(index)
          && program.nodes[index].operands.allSatisfy { isComputed[$0.index] }
      }
    }
    func compute(_ index: Int) {
      isComputed[index] = true
      order.append(index)
    }
    while let index = ready({ program.nodes[$0].isView }) ?? ready({ _ in true }) {
      compute(index)
      let node = program.nodes[index]
      guard !node.isView, node.primitive is any Elementwise else { continue }
      var count = 1
      while count < 48,
        let next = ready({
          let other = program.nodes[$0]
          return !other.isView && other.primitive is any Elementwise
            && other.type.shape == node.type.shape
        })
      {
        compute(next)
        count += 1
      }
    }
    return order.filter { !isMoved($0, program) }
  }
}

extension Schedule.Item {
  fileprivate var nodes: [Int] {
    switch self {
    case .view(let index), .single(let index): [index]
    case .group(let members): members
    case .productAndGroup(let product, let views, let members): [product] + views + members
    case .guarded(_, let items): items.flatMap(\.nodes)
    }
  }
}
