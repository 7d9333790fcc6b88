import Tensors

/// A result of a node, by the node's place in its program or builder.
package struct Value: Hashable, Sendable {
  package let index: Int
  package init(index: Int) { self.index = index }
}

/// The file's node that a node came from, or the call that made it.
package struct Origin: Hashable, Sendable, ExpressibleByStringLiteral {
  package let name: String
  /// The operator that the file's node names.
  package let operation: String

  package init(name: String, operation: String = "") {
    self.name = name
    self.operation = operation
  }

  package init(stringLiteral name: String) { self.init(name: name) }
}

/// One use of a primitive. An object, since programs pass many of them from hand to hand.
package final class Node: Sendable {
  package let primitive: any Primitive
  package let operands: [Value]
  package let type: TensorType
  package let origin: Origin?

  package init(
    primitive: any Primitive, operands: [Value], type: TensorType, origin: Origin? = nil
  ) {
    self.primitive = primitive
    self.operands = operands
    self.type = type
    self.origin = origin
    kind = ObjectIdentifier(Swift.type(of: primitive))
  }

  private let kind: ObjectIdentifier

  /// Whether the node uses this primitive. Faster than `is`, for questions that are asked of every node.
  package func isA<Kind: Primitive>(_ primitive: Kind.Type) -> Bool {
    kind == ObjectIdentifier(primitive)
  }

  /// The elements of a constant.
  package var constant: Tensor? {
    isA(Constant.self) ? (primitive as? Constant)?.tensor : nil
  }
}

/// An immutable, acyclic graph of primitives on statically shaped tensors.
///
/// Nodes stand in topological order: every operand has a smaller index than its user.
package struct Program: Sendable {
  package let nodes: [Node]
  package let inputs: [Value]
  package let outputs: [Value]
  /// The element type of its real values, and the largest size of one value in bytes: whatever is derived
  /// from the program keeps to both.
  package let real: ElementType
  package let memoryLimit: Int

  /// Takes nodes as they are; `ProgramBuilder` is the way to make them right, and `check` the way to
  /// find out.
  package init(
    nodes: [Node], inputs: [Value], outputs: [Value], real: ElementType = .float64,
    memoryLimit: Int = ProgramBuilder.defaultMemoryLimit
  ) {
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.real = real
    self.memoryLimit = memoryLimit
  }

  package func type(_ value: Value) -> TensorType { nodes[value.index].type }
  package var inputTypes: [TensorType] { inputs.map(type) }
  package var outputTypes: [TensorType] { outputs.map(type) }

  /// The constant that a value is, if it is one.
  package func constant(_ value: Value) -> Tensor? {
    nodes[value.index].constant
  }

  /// The same nodes without inputs, for outputs that depend on none.
  package var withoutInputs: Program {
    Program(nodes: nodes, inputs: [], outputs: [], real: real, memoryLimit: memoryLimit)
  }

  /// The same program, for which whatever is derived from it keeps to another limit.
  package func with(memoryLimit: Int) -> Program {
    Program(nodes: nodes, inputs: inputs, outputs: outputs, real: real, memoryLimit: memoryLimit)
  }

  /// The program with other outputs, and without the nodes that they do not need.
  package func with(outputs: [Value]) -> Program {
    let needed = nodes.needed(by: inputs + outputs)
    var places = [Value](repeating: Value(index: -1), count: nodes.count)
    var kept: [Node] = []
    for (index, node) in nodes.enumerated() where needed[index] {
      places[index] = Value(index: kept.count)
      let hasMoved = node.operands.contains { places[$0.index] != $0 }
      kept.append(
        hasMoved
          ? Node(
            primitive: node.primitive, operands: node.operands.map { places[$0.index] },
            type: node.type, origin: node.origin) : node)
    }
    return Program(
      nodes: kept, inputs: inputs.map { places[$0.index] },
      outputs: outputs.map { places[$0.index] }, real: real, memoryLimit: memoryLimit)
  }

  /// For each node, whether it depends on any of the given values.
  package func dependents(of values: [Value]) -> [Bool] {
    var depends = [Bool](repeating: false, count: nodes.count)
    for value in values { depends[value.index] = true }
    for (index, node) in nodes.enumerated() where !depends[index] {
      depends[index] = node.operands.contains { depends[$0.index] }
    }
    return depends
  }

  /// For each node, the nodes that use its value, each once.
  package var users: [[Int]] {
    var users = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands where users[operand.index].last != index {
        users[operand.index].append(index)
      }
    }
    return users
  }

  /// Scalar multiplications and additions of one run, counted in pairs; what depends on constants
  /// alone costs nothing, since it is computed once.
  package var multiplyAdds: Int {
    multiplyAdds(where: dependents(of: inputs))
  }

  /// Those of some nodes.
  package func multiplyAdds(where isCounted: [Bool]) -> Int {
    nodes.indices.reduce(0) { sum, index in
      guard isCounted[index] else { return sum }
      let node = nodes[index]
      return sum.addingSaturated(
        node.primitive.multiplyAdds(node.operands.map(type), node.type))
    }
  }

  /// Says what is wrong with the graph, for use in tests of transformations.
  package func check() throws {
    for (index, node) in nodes.enumerated() {
      guard node.operands.allSatisfy({ $0.index < index && $0.index >= 0 }) else {
        throw NetJacError(.defect, "node \(index) (\(node.primitive.name)) uses a later value")
      }
      let type = try node.primitive.type(of: node.operands.map(type))
      guard type == node.type else {
        throw NetJacError(
          .defect, "node \(index) (\(node.primitive.name)) is \(node.type); its rule says \(type)")
      }
    }
    for value in inputs + outputs where !nodes.indices.contains(value.index) {
      throw NetJacError(.defect, "value \(value.index) does not exist")
    }
    let isListed = Set(inputs)
    for (index, node) in nodes.enumerated()
    where node.primitive is Input != isListed.contains(Value(index: index)) {
      throw NetJacError(
        .defect,
        "node \(index) (\(node.primitive.name)) is an input in one place and not in another")
    }
    guard isListed.count == inputs.count else {
      throw NetJacError(.defect, "a value is listed as an input twice")
    }
  }
}
