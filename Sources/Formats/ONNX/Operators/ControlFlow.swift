import Graph
import Operations
import Tensors

/// Operators that run bodies. Programs have no branches and no cycles: loops are unrolled, as often as they
/// turn or, where that depends on an input, up to a limit. Of a branch whose condition is not known, both
/// sides are computed and one is chosen.
enum ControlFlowOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      several: "If", operands: ["cond": .boolean],
      attributes: ["else_branch": .graph, "then_branch": .graph], derivative: .ofBodies,
      limits:
        """
        of a condition that depends on an input, both branches are computed, which must make the same \
        type and shape
        """,
      branch),
    ONNXOperator(
      several: "Loop",
      operands: ["M": .optional(.whole), "cond": .optional(.boolean), "v_initial": .several(.any)],
      attributes: ["body": .graph], derivative: .ofBodies,
      limits:
        """
        unrolled; where the number of turns depends on an input, M or option loop_limit bounds it, and \
        nothing is scanned out
        """,
      loop),
    ONNXOperator(
      several: "Scan", since: 8,
      operands: [
        "sequence_lens": .optional(.any), "initial_state_and_scan_inputs": .several(.any),
      ], attributes: ["body": .graph, "directions": .integers, "num_scan_inputs": .integer],
      derivative: .ofBodies, limits: "unrolled"
    ) { node, p in try batchedScan(node, in: p) },
    ONNXOperator(
      several: "Scan", since: 9, operands: ["initial_state_and_scan_inputs": .several(.any)],
      attributes: [
        "body": .graph, "num_scan_inputs": .integer, "scan_input_axes": .integers,
        "scan_input_directions": .integers, "scan_output_axes": .integers,
        "scan_output_directions": .integers,
      ]
    ) { node, p in
      try scan(node, node.allInputs(), in: p)
    },
  ]

  private static let loop: @Sendable (NodeCall, ProgramBuilder) throws -> [Value?] = { node, p in
    let body = try node.graph("body")
    if let turns = try openTurns(node, in: p) { return try openLoop(node, body, turns, in: p) }
    let limit =
      try node.optionalInput(0) == nil ? Int.max : node.constantInteger(0, "the trip count M")
    var isRunning = try node.optionalConstantNumber(1, "cond").map { $0 != 0 } ?? true
    var carried = try node.inputs.indices.dropFirst(2).map { try node.input($0, "\($0 + 1)") }
    guard body.inputs.count == carried.count + 2, body.outputs.count > carried.count else {
      throw NetJacError(
        .format,
        """
        the body has \(body.inputs.count) inputs and \(body.outputs.count) outputs; with \
        \(carried.count) carried values it needs \(carried.count + 2) and at least \
        \(carried.count + 1)
        """)
    }
    if isRunning, body.keepsCondition {
      try p.requireTurns(limit, nodesEach: body.nodes.count)
    }
    func step(_ iteration: Int) throws -> [Value] {
      try located("iteration \(iteration)") {
        let counter = try p.constant(Tensor(TensorType(.int64, []), fill: Int64(iteration)))
        let condition = try p.constant(Tensor(TensorType(.bool, []), fill: Int64(1)))
        return try node.importer.run(
          body, arguments: [counter, condition] + carried, in: node.scope, shapesMayChange: true)
      }
    }
    var collected = [[Value]](repeating: [], count: body.outputs.count - carried.count - 1)
    var iteration = 0
    while isRunning, iteration < limit {
      let before = node.importer.nodeCount
      try node.importer.count()
      let results = try step(iteration)
      if !body.keepsCondition {
        try node.importer.openTurns.count(
          node.importer.nodeCount - before, turn: iteration)
      }
      guard try isKnown(results[0], node) else {
        // From here on the data decide. What was done so far is repeated there, and shared.
        let condition = try p.constant(Tensor(TensorType(.bool, []), fill: Int64(1)))
        return try openLoop(node, body, Turns(while: condition, in: p), in: p)
      }
      let condition = try node.known(results[0], "the condition that the body returns")
      isRunning = condition.integers.first != 0
      carried = Array(results[1..<1 + carried.count])
      for (index, value) in results.dropFirst(1 + carried.count).enumerated() {
        collected[index].append(value)
      }
      iteration += 1
    }
    // The elements of what was never collected are known by one run that nothing uses.
    let example =
      iteration == 0 && !collected.isEmpty ? try step(0).dropFirst(1 + carried.count) : []
    return try carried
      + collected.enumerated().map { index, values in
        try p.stack(
          values, axis: 0, like: values.first ?? example[example.startIndex + index])
      }
  }

  /// Whether a value is known while the network is loaded. One that parameters decide makes these known.
  private static func isKnown(_ value: Value, _ node: NodeCall) throws -> Bool {
    if node.p.isKnown(value) { return true }
    let parameters = node.parameterNames.needed(by: value, in: node.p)
    guard parameters.isEmpty else { throw ParametersNeeded(names: parameters) }
    return false
  }

  /// The turns of a loop whose trip count or first condition depends on an input.
  private static func openTurns(_ node: NodeCall, in p: ProgramBuilder) throws -> Turns? {
    let isOpen = try [0, 1].contains { place in
      try node.optionalInput(place).map { try !isKnown($0, node) } ?? false
    }
    guard isOpen else { return nil }
    let always = try p.constant(Tensor(TensorType(.bool, []), fill: Int64(1)))
    return try Turns(while: node.optionalInput(1) ?? always, in: p)
  }

  /// A trip count beyond this means no limit: exporters write the largest integer.
  private static let largestTripCount = Int(Int32.max)

  private static func openLoop(
    _ node: NodeCall, _ body: ONNXGraph, _ start: Turns, in p: ProgramBuilder
  ) throws -> [Value?] {
    var turns = start
    let trips = node.optionalInput(0)
    let known = try trips.flatMap {
      try isKnown($0, node) ? node.constantInteger(0, "the trip count M") : nil
    }
    let count = known.flatMap { $0 < largestTripCount ? $0 : nil }
    guard let limit = [count, node.importer.loopLimit].compactMap({ $0 }).min() else {
      throw Turns.refusal("how often the loop turns")
    }
    var carried = try node.inputs.indices.dropFirst(2).map { try node.input($0, "\($0 + 1)") }
    guard body.inputs.count == carried.count + 2, body.outputs.count > carried.count else {
      throw NetJacError(
        .format,
        """
        the body has \(body.inputs.count) inputs and \(body.outputs.count) outputs for \(carried.count) \
        carried values
        """)
    }
    guard
      !(carried.count..<max(carried.count, node.node.outputs.count)).contains(
        where: node.wantsOutput)
    else {
      throw NetJacError(
        .unsupported,
        """
        how often the loop turns depends on an input, so that its scanned outputs have no fixed length
        """
      )
    }
    carried = try turns.make(0..<limit, from: carried) { iteration, turns, carried in
      try node.importer.count()
      if known == nil, let trips {
        let place = try p.scalar(Double(iteration), like: trips)
        try turns.require(p.compare(.less, place, trips))
      }
      let results = try located("iteration \(iteration)") {
        let counter = try p.constant(Tensor(TensorType(.int64, []), fill: Int64(iteration)))
        let condition = try p.constant(Tensor(TensorType(.bool, []), fill: Int64(1)))
        return try node.importer.run(
          body, arguments: [counter, condition] + carried, in: node.scope, shapesMayChange: true)
      }
      let moved = try zip(results.dropFirst(), carried).map { try turns.carried($0, else: $1) }
      try turns.require(results[0])
      return moved
    }
    if limit != count {
      if known == nil, let trips {
        try turns.require(p.compare(.less, p.scalar(Double(limit), like: trips), trips))
      }
      carried = try carried.map { try turns.unlessRunning($0) }
    }
    return carried
      + [Value?](repeating: nil, count: max(node.node.outputs.count - carried.count, 0))
  }

  /// How `Scan` goes along its inputs or outputs: forwards or backwards, along which axis.
  private struct Course {
    let axis: Int?
    let isReversed: Bool

    static func all(
      _ node: NodeCall, count: Int, directions: String, axes: String
    ) throws -> [Course] {
      let directions = try node.integers(directions)
      let axes = try node.integers(axes)
      for list in [directions, axes] where list.map({ $0.count != count }) ?? false {
        throw NetJacError(
          .format, "\(list ?? []) does not fit \(count) scanned values; one number each is needed")
      }
      return (0..<count).map { index in
        Course(axis: axes?[index], isReversed: (directions?[index] ?? 0) != 0)
      }
    }
  }

  private static func scan(_ node: NodeCall, _ inputs: [Value], in p: ProgramBuilder) throws
    -> [Value?]
  {
    let body = try node.graph("body")
    let scanned = try node.integer("num_scan_inputs")
    guard scanned >= 1, scanned <= inputs.count, body.inputs.count == inputs.count,
      body.outputs.count >= inputs.count - scanned
    else {
      throw NetJacError(
        .format,
        """
        num_scan_inputs is \(scanned) of \(inputs.count) inputs; the body has \
        \(body.inputs.count) inputs and \(body.outputs.count) outputs
        """)
    }
    var states = Array(inputs.dropLast(scanned))
    let outputCount = body.outputs.count - states.count
    // The first version has only `directions`, for its inputs.
    let isFirst = node.version < 9
    let courses = try Course.all(
      node, count: scanned, directions: isFirst ? "directions" : "scan_input_directions",
      axes: "scan_input_axes")
    let outputCourses = try Course.all(
      node, count: outputCount, directions: "scan_output_directions", axes: "scan_output_axes")

    let sources = try zip(inputs.suffix(scanned), courses).map { value, course in
      (value, try node.axis(course.axis ?? 0, rank: p.shape(value).rank, "scan_input_axes"))
    }
    let lengths = sources.map { p.shape($0.0)[$0.1] }
    guard let length = lengths.first, lengths.allSatisfy({ $0 == length }), length > 0 else {
      throw NetJacError(
        .shape, "the scanned inputs have lengths \(lengths); one length above 0 is needed")
    }
    try p.requireTurns(length, nodesEach: body.nodes.count)
    var collected = [[Value]](repeating: [], count: outputCount)
    for step in 0..<length {
      try node.importer.count()
      let elements = try zip(sources, courses).map { source, course in
        try p.element(
          course.isReversed ? length - 1 - step : step, of: source.0, axis: source.1)
      }
      let results = try located("step \(step)") {
        try node.importer.run(body, arguments: states + elements, in: node.scope)
      }
      for (index, value) in results.dropFirst(states.count).enumerated() {
        collected[index].append(value)
      }
      states = Array(results.prefix(states.count))
    }
    return try states
      + zip(collected, outputCourses).map { values, course in
        let rank = p.shape(values[0]).rank + 1
        return try p.stack(
          course.isReversed ? values.reversed() : values,
          axis: node.axis(course.axis ?? 0, rank: rank, "scan_output_axes"), like: values[0])
      }
  }

  /// In its first version `Scan` had a batch axis in front of every value, and an optional first
  /// input with the lengths of the sequences.
  private static func batchedScan(_ node: NodeCall, in p: ProgramBuilder) throws -> [Value?] {
    let values = try node.inputs.indices.dropFirst().map { try node.input($0, "\($0 + 1)") }
    guard let first = values.last, p.shape(first).rank >= 2 else {
      throw NetJacError(.shape, "a scanned input with batch and sequence axes is needed")
    }
    let batch = p.shape(first)[0]
    let length = p.shape(first)[1]
    if let lengths = try node.optionalConstantIntegers(0, "sequence_lens"),
      !lengths.allSatisfy({ $0 == length })
    {
      throw NetJacError(
        .unsupported, "sequence_lens \(lengths) differ from the length \(length) of the input")
    }
    guard batch > 0, values.allSatisfy({ p.shape($0).dims.first == batch }) else {
      throw NetJacError(.shape, "all inputs need the same number of sequences, above 0")
    }
    let results = try (0..<batch).map { index in
      try scan(node, values.map { try p.element(index, of: $0, axis: 0) }, in: p)
    }
    return try results[0].indices.map { place in
      let parts = results.compactMap { $0[place] }
      return try p.stack(parts, axis: 0, like: parts[0])
    }
  }
}
