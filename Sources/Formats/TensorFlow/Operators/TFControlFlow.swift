import Graph
import Operations
import Tensors

/// Operators that run functions. Programs have no branches and no cycles: loops are unrolled, so
/// whether they go on must be known while the network is loaded. Of a branch whose condition is not
/// known, all sides are computed and one is chosen.
enum TFControlFlowOperators {
  static let calls: Set = ["PartitionedCall", "StatefulPartitionedCall"]
  /// All operators that have functions as attributes.
  static let names = calls.union(all.map(\.name))

  static let all: [TFOperator] =
    ["PartitionedCall", "StatefulPartitionedCall"].map { name in
      TFOperator(several: name, outputs: ["output"], attributes: ["f"]) { node, _ in
        // Plain calls are how TensorFlow divides work; names inside them say more.
        try node.run(
          node.function("f"), node.inputs,
          path: node.node.name.contains("PartitionedCall") ? "" : nil)
      }
    }
    + ["While", "StatelessWhile"].map { name in
      TFOperator(several: name, outputs: ["output"], attributes: ["cond", "body"], loop)
    }
    + ["If", "StatelessIf"].map { name in
      TFOperator(
        several: name, outputs: ["output"], attributes: ["then_branch", "else_branch"], branch)
    }
    + ["Case", "StatelessCase"].map { name in
      TFOperator(several: name, outputs: ["output"], attributes: ["branches"], cases)
    }

  private static let loop: @Sendable (TFCall, ProgramBuilder) throws -> [TFOperand] = { node, p in
    let condition = try node.function("cond")
    let body = try node.function("body")
    var carried = node.inputs
    var turn = 0
    while true {
      let before = node.importer.nodeCount
      try node.importer.count()
      let results = try located("turn \(turn)") { try node.run(condition, carried) }
      guard case .tensor(let value)? = results.first else {
        throw NetJacError(.format, "the condition \(condition.quoted) gives no boolean")
      }
      if !p.isKnown(value), node.parameterNames.needed(by: value, in: p).isEmpty {
        return try openLoop(node, carried, Turns(while: value, in: p), turn: turn)
      }
      let isRunning = try node.known(value, "whether the loop goes on")
      guard isRunning.integers.first ?? 0 != 0 else { return carried }
      carried = try located("turn \(turn)") { try node.run(body, carried) }
      try node.importer.openTurns.count(node.importer.nodeCount - before, turn: turn)
      turn += 1
    }
  }

  /// Goes on with a loop of which the data decide whether it turns.
  private static func openLoop(
    _ node: TFCall, _ start: [TFOperand], _ first: Turns, turn: Int
  ) throws -> [TFOperand] {
    guard let limit = node.importer.loopLimit else {
      throw Turns.refusal("how often the loop turns")
    }
    let condition = try node.function("cond")
    let body = try node.function("body")
    var turns = first
    func tensor(_ operand: TFOperand) throws -> Value {
      guard case .tensor(let value) = operand else {
        throw NetJacError(
          .unsupported,
          "how often the loop turns depends on an input; then it can carry on tensors only")
      }
      return value
    }
    let carried = try turns.make(turn..<max(turn, limit), from: start.map(tensor)) {
      turn, turns, carried in
      try node.importer.count()
      let moved = try located("turn \(turn)") {
        try zip(node.run(body, carried.map { .tensor($0) }), carried).map {
          try turns.carried(tensor($0), else: $1)
        }
      }
      let results = try located("turn \(turn + 1)") {
        try node.run(condition, moved.map { .tensor($0) })
      }
      guard let result = results.first else {
        throw NetJacError(.format, "the condition \(condition.quoted) gives no boolean")
      }
      try turns.require(tensor(result))
      return moved
    }
    return try carried.map { .tensor(try turns.hasEnded ? $0 : turns.unlessRunning($0)) }
  }

  private static let branch: @Sendable (TFCall, ProgramBuilder) throws -> [TFOperand] = { node, p in
    let given = try node.input(0, "cond")
    guard p.shape(given).count == 1 else {
      throw NetJacError(.shape, "cond is \(p.type(given)); one boolean is needed")
    }
    let condition = try p.reshape(p.convert(given, to: .bool), [])
    let functions = try [node.function("then_branch"), node.function("else_branch")]
    if let known = try p.constantTensor(of: condition) {
      let isTrue = known.integers[0] != 0
      return try node.run(functions[isTrue ? 0 : 1], Array(node.inputs.dropFirst()))
    }
    let negated = try p.add(Not(), [condition])
    return try chosen(node, functions, conditions: [condition, negated], in: p)
  }

  private static let cases: @Sendable (TFCall, ProgramBuilder) throws -> [TFOperand] = { node, p in
    let given = try node.input(0, "branch_index")
    let functions = try node.functions("branches")
    guard p.shape(given).count == 1, !functions.isEmpty else {
      throw NetJacError(.shape, "branch_index is \(p.type(given)); one whole number is needed")
    }
    let index = try p.reshape(given, [])
    let last = functions.count - 1
    if let known = try p.constantTensor(of: index) {
      let branch = Int(known.integers[0])
      return try node.run(
        functions[functions.indices.contains(branch) ? branch : last],
        Array(node.inputs.dropFirst()))
    }
    // The last branch is taken for every number that none of the others has.
    var rest = try p.constant(Tensor(TensorType(.bool, []), fill: Int64(1)))
    var conditions: [Value] = []
    for branch in 0..<last {
      let isTaken = try p.compare(.equal, index, p.scalar(Double(branch), like: index))
      conditions.append(isTaken)
      rest = try p.add(BitOperation(.and), [rest, p.add(Not(), [isTaken])])
    }
    return try chosen(node, functions, conditions: conditions + [rest], in: p)
  }

  /// What several functions give, of which the data choose one.
  private static func chosen(
    _ node: TFCall, _ functions: [String], conditions: [Value], in p: ProgramBuilder
  ) throws -> [TFOperand] {
    let results = try zip(functions, conditions).map { function, condition in
      let seen = try node.inputs.dropFirst().map { input -> TFOperand in
        guard case .tensor(let value) = input else { return input }
        return .tensor(try p.visible(value, where: condition))
      }
      return try node.run(function, seen)
    }
    guard let first = results.first, results.allSatisfy({ $0.count == first.count }) else {
      throw NetJacError(.format, "the branches have different numbers of outputs")
    }
    return try first.indices.map { place in
      let values = try results.map { outputs -> Value in
        guard case .tensor(let value) = outputs[place] else {
          throw NetJacError(
            .unsupported, "a branch that depends on an input gives something other than a tensor")
        }
        return value
      }
      let type = p.type(values[0])
      guard values.allSatisfy({ p.type($0) == type }) else {
        throw NetJacError(
          .unsupported,
          """
          the branches make \(values.map { p.type($0).description }.joined(separator: " and ")); \
          where the condition depends on an input, all must make the same
          """)
      }
      var choice = values[values.count - 1]
      for (value, condition) in zip(values, conditions).dropLast().reversed() {
        choice = try p.select(p.broadcast(condition, to: type.shape), value, choice)
      }
      return .tensor(choice)
    }
  }
}
