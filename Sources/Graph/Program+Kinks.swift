import Tensors

/// Where a program is not smooth, and how far from there an argument is.
package struct Kinks: Sendable {
  /// A node of the file (or one that has no origin) whose function has kinks.
  package struct Place: Sendable, Equatable {
    package let node: String
    package let operation: String
    /// What holds at the kinks, one convention after another.
    package var convention: String
  }

  package let places: [Place]
  /// Takes the program's inputs; gives for each place the least distance of an argument from a kink:
  /// one output, [places.count].
  package let program: Program
}

extension Program {
  /// The kinks that the outputs can show: those of nodes that depend on an input through real
  /// numbers and that reach an output otherwise than cut off from differentiation.
  package func kinks() throws -> Kinks {
    let p = ProgramBuilder(for: self)
    let values = try p.inline(self, inputTypes.map { try p.input($0) })
    let moves = movingNodes()
    // What is cut off from differentiation shows no kinks.
    let used = nodes.needed(by: outputs) { $0.isA(Detach.self) }
    let users = self.users
    let isOutput = Set(outputs.map(\.index))
    var places: [Kinks.Place] = []
    var distances: [[Value]] = []
    var known: [Origin: Int] = [:]
    for (index, node) in nodes.enumerated() where used[index] && node.type.count > 0 {
      guard let kink = node.primitive.kink, node.operands.contains(where: { moves[$0.index] }),
        let distance = try node.primitive.kinkDistance(
          node.operands.map { values[$0.index] }, values[leadingPart(index, users, isOutput)], in: p
        )
      else { continue }
      let least = try p.reduceMinimum(
        p.reshape(distance, [p.shape(distance).count]), over: [0])
      if let origin = node.origin, let place = known[origin] {
        distances[place].append(least)
        if !places[place].convention.contains(kink) { places[place].convention += "; \(kink)" }
      } else {
        if let origin = node.origin { known[origin] = places.count }
        let operation = node.origin?.operation ?? ""
        places.append(
          Kinks.Place(
            node: node.origin?.name ?? "",
            operation: operation.isEmpty ? node.primitive.name : operation, convention: kink))
        distances.append([least])
      }
    }
    let each = try distances.map { all in
      try p.reshape(all.dropFirst().reduce(all[0]) { try p.minimum($0, $1) }, [1])
    }
    let result =
      try each.isEmpty
      ? p.constant(Tensor(TensorType(real, [0]), fill: 0.0)) : p.concatenate(each, axis: 0)
    return Kinks(places: places, program: p.program(outputs: [result]))
  }

  /// For each node, whether its value is real and depends on an input through real values only.
  private func movingNodes() -> [Bool] {
    var moves = [Bool](repeating: false, count: nodes.count)
    for input in inputs { moves[input.index] = type(input).element.isReal }
    for (index, node) in nodes.enumerated() where !moves[index] {
      moves[index] =
        node.type.element.isReal && !(node.primitive is Detach)
        && node.operands.contains { moves[$0.index] }
    }
    return moves
  }

  /// The only user of a node if that takes its leading part, else the node itself.
  private func leadingPart(_ index: Int, _ users: [[Int]], _ isOutput: Set<Int>) -> Int {
    guard users[index].count == 1, !isOutput.contains(index),
      let slice = nodes[users[index][0]].primitive as? Slice,
      slice.starts.allSatisfy({ $0 == 0 }), slice.steps.allSatisfy({ $0 == 1 })
    else { return index }
    return users[index][0]
  }
}
