import Graph
import Tensors

/// A program's differentiable nodes in groups that are differentiated as one function each:
/// neighbouring elementwise nodes together, every other node alone.
///
/// No path leaves a group and comes back, so a group's inputs do not depend on its results.
struct SeparableGroups {
  struct Group: Sendable {
    /// In order of computation.
    let members: [Int]
    /// The differentiable values that the members use and are not among them.
    let inputs: [Int]
    /// The members that others use.
    let outputs: [Int]
    let isElementwise: Bool
  }

  /// Operands before users.
  let groups: [Group]

  /// `isActive` marks the nodes whose values move with x; only they are members.
  init(
    _ program: Program, from x: Int, to y: Int, isActive: [Bool], isLinear: (Int) throws -> Bool
  ) rethrows {
    let components = Components(program, from: x, isActive: isActive)
    var found: [(level: Int, members: [Int])] = []
    for component in components.all {
      let parts = try SeparableGroups.parts(
        of: component.members, program, isActive, isLinear: isLinear)
      found += parts.map { (component.level, $0) }
    }
    // Members stand in order, and the last one of a group uses nothing of a later group.
    found.sort { ($0.level, $0.members.last ?? 0) < ($1.level, $1.members.last ?? 0) }
    var users = [[Int]](repeating: [], count: program.nodes.count)
    for (index, node) in program.nodes.enumerated() where isActive[index] && index != x {
      for operand in node.operands { users[operand.index].append(index) }
    }
    groups = found.map { _, members in
      let isMember = Set(members)
      return Group(
        members: members, inputs: SeparableGroups.inputs(of: members, program, isActive),
        outputs: members.filter { member in
          member == y || users[member].contains { !isMember.contains($0) }
        },
        isElementwise: program.nodes[members[0]].primitive is any Elementwise)
    }
  }

  /// Elementwise nodes that hang together on one level, where a level ends at every other node.
  private struct Components {
    var all: [(level: Int, members: [Int])] = []

    init(_ program: Program, from x: Int, isActive: [Bool]) {
      var level = [Int](repeating: 0, count: program.nodes.count)
      var componentOf: [Int: Int] = [:]
      for (index, node) in program.nodes.enumerated() where isActive[index] && index != x {
        let isElementwise = node.primitive is any Elementwise
        let operands = Set(node.operands.map(\.index)).filter { isActive[$0] }.sorted()
        func joins(_ operand: Int) -> Bool {
          isElementwise && operand != x && program.nodes[operand].primitive is any Elementwise
        }
        level[index] = operands.reduce(0) { max($0, level[$1] + (joins($1) ? 0 : 1)) }
        let joined = Set(
          operands.filter { joins($0) && level[$0] == level[index] }.compactMap { componentOf[$0] })
        // The largest takes the others up, so that a member moves few times.
        guard let target = joined.max(by: { all[$0].members.count < all[$1].members.count }) else {
          componentOf[index] = all.count
          all.append((level[index], [index]))
          continue
        }
        for other in joined where other != target {
          for member in all[other].members { componentOf[member] = target }
          all[target].members += all[other].members
          all[other].members = []
        }
        all[target].members.append(index)
        componentOf[index] = target
      }
      all = all.filter { !$0.members.isEmpty }.map { ($0.level, $0.members.sorted()) }
      all.sort { $0.members[0] < $1.members[0] }
    }
  }

  private static func inputs(
    of members: [Int], _ program: Program, _ isActive: [Bool]
  ) -> [Int] {
    let isMember = Set(members)
    let operands = members.flatMap { program.nodes[$0].operands.map(\.index) }
    return Set(operands).filter { isActive[$0] && !isMember.contains($0) }.sorted()
  }

  /// The work grows with a group's inputs. What narrows them in front, such as a sum of two products
  /// ahead of an activation, is better left outside; so is everything where they are too many.
  private static func parts(
    of component: [Int], _ program: Program, _ isActive: [Bool], isLinear: (Int) throws -> Bool
  ) rethrows -> [[Int]] {
    guard component.count > 1 else { return [component] }
    let alone = component.map { [$0] }
    guard component.count <= memberLimit else { return alone }
    var members = component
    var apart: [[Int]] = []
    for index in component where members.count > 1 {
      let rest = members.filter { $0 != index }
      guard !program.nodes[index].operands.contains(where: { rest.contains($0.index) }),
        inputs(of: rest, program, isActive).count <= inputs(of: members, program, isActive).count,
        try isLinear(index)
      else { continue }
      members = rest
      apart.append([index])
    }
    guard inputs(of: members, program, isActive).count <= inputLimit else { return alone }
    return apart + [members]
  }

  private static let inputLimit = 8
  private static let memberLimit = 64
}
