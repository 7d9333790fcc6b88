import Graph
import Operations
import Tensors

/// What RNN, GRU and LSTM have in common: sequences in one or two directions, unrolled over time.
struct RecurrentLayer {
  enum Direction: String, CaseIterable { case forward, reverse, bidirectional }

  let node: NodeCall
  let p: ProgramBuilder
  let gates: Int
  let hidden: Int
  /// The input as [time, batch, features].
  private let x: Value
  private let steps: Int
  private let batch: Int
  private let features: Int
  private let batchIsFirst: Bool
  private let reversals: [Bool]
  /// For each sequence of the batch its length, where they differ from the time span.
  private let lengths: [Int]?

  init(_ node: NodeCall, gates: Int, in p: ProgramBuilder) throws {
    self.node = node
    self.p = p
    self.gates = gates
    let layout = try node.integer("layout", default: 0)
    guard layout == 0 || layout == 1 else {
      throw NetJacError(.format, "layout is \(layout); 0 (time first) or 1 (batch first) is needed")
    }
    batchIsFirst = layout == 1
    let given = try node.input(0, "X")
    guard p.shape(given).rank == 3 else {
      throw NetJacError(
        .shape, "X is \(p.shape(given)); time, batch and features are needed")
    }
    x = try batchIsFirst ? p.transpose(given, [1, 0, 2]) : given
    let dims = p.shape(x).dims
    (steps, batch, features) = (dims[0], dims[1], dims[2])
    reversals =
      switch try node.choice("direction", default: Direction.forward) {
      case .forward: [false]
      case .reverse: [true]
      case .bidirectional: [false, true]
      }
    hidden = try node.optionalInteger("hidden_size") ?? p.shape(node.input(2, "R")).dims.last ?? 0
    guard hidden > 0, hidden < 1 << 30, steps > 0 else {
      throw NetJacError(
        .shape, "hidden_size is \(hidden), the time span \(steps); both must be at least 1")
    }
    lengths = try Self.lengths(node, steps: steps, batch: batch)
  }

  private static func lengths(_ node: NodeCall, steps: Int, batch: Int) throws -> [Int]? {
    guard let lengths = try node.optionalConstantIntegers(4, "sequence_lens") else { return nil }
    guard lengths.count == batch, lengths.allSatisfy({ $0 >= 0 && $0 <= steps }) else {
      throw NetJacError(
        .shape, "sequence_lens \(lengths) do not fit \(batch) sequences of up to \(steps) steps")
    }
    return lengths.allSatisfy { $0 == steps } ? nil : lengths
  }

  var directionCount: Int { reversals.count }

  /// The part of a weight that belongs to one direction, checked for its shape.
  func weight(_ index: Int, _ name: String, direction: Int, _ dims: [Int]) throws -> Value {
    let value = try node.input(index, name)
    guard p.shape(value).dims == [directionCount] + dims else {
      throw NetJacError(
        .shape, "\(name) is \(p.shape(value)); \([directionCount] + dims) is needed")
    }
    return try p.element(direction, of: value, axis: 0)
  }

  /// One gate's part of a weight whose first axis stacks them.
  func gate(_ index: Int, of weight: Value) throws -> Value {
    try p.slice(weight, axis: 0, start: index * hidden, size: hidden)
  }

  /// A row for each sequence of the batch.
  func rows(_ vector: Value) throws -> Value {
    try p.add(Broadcast(Shape([batch, p.shape(vector).count]), axes: [1]), [vector])
  }

  /// `x·wᵀ` for rows of x.
  func product(_ x: Value, _ w: Value) throws -> Value {
    try p.dot(x, w, [0, 1], [2, 1], [0, 2])
  }

  /// Gate inputs are clipped where the file asks for it.
  func clipped(_ x: Value) throws -> Value {
    guard let bound = try node.optionalReal("clip") else { return x }
    return try p.maximum(
      p.scalar(-bound, like: x), p.minimum(p.scalar(bound, like: x), x))
  }

  /// The state at the beginning, zero unless an input gives it.
  private func initial(_ index: Int, _ name: String, direction: Int) throws -> Value {
    guard node.optionalInput(index) != nil else {
      return try p.constant(Tensor(TensorType(p.real, [batch, hidden]), fill: 0.0))
    }
    let value = try node.input(index, name)
    let dims =
      batchIsFirst ? [batch, directionCount, hidden] : [directionCount, batch, hidden]
    guard p.shape(value).dims == dims else {
      throw NetJacError(.shape, "\(name) is \(p.shape(value)); \(dims) is needed")
    }
    return try p.element(direction, of: value, axis: batchIsFirst ? 1 : 0)
  }

  /// Runs a cell along all sequences and returns Y and the final states.
  ///
  /// `cell` makes, for one direction, the function from the part of the gates that the input alone
  /// decides, and the states, to the new states, of which the first is the output.
  func unrolled(
    stateNames: [String],
    bias cellBias: (_ layer: RecurrentLayer, _ direction: Int) throws -> Value?,
    cell: (_ layer: RecurrentLayer, _ direction: Int) throws ->
      (_ fromInput: Value, _ states: [Value]) throws -> [Value]
  ) throws -> [Value?] {
    var outputs: [Value] = []
    var finals = [[Value]](repeating: [], count: stateNames.count)
    for (direction, isReversed) in reversals.enumerated() {
      let source = try isReversed ? reversed(x) : x
      let w = try weight(1, "W", direction: direction, [gates * hidden, features])
      // All time steps at once: one large product in place of many small ones.
      var fromInput = try p.dot(source, w, [0, 1, 2], [3, 2], [0, 1, 3])
      if let bias = try cellBias(self, direction) {
        fromInput = try p.add(
          fromInput, p.add(Broadcast(p.shape(fromInput), axes: [2]), [bias]))
      }
      let first = try stateNames.enumerated().map { index, name in
        try initial(5 + index, name, direction: direction)
      }
      let step = try cell(self, direction)
      let (sequence, states) = try p.unrolled(
        times: 0..<steps, states: first, goesOn: goesOn
      ) { time, states in
        try node.importer.count()
        return try step(p.element(time, of: fromInput, axis: 0), states)
      }
      let y = try p.stack(sequence, axis: 0, like: sequence[0])
      outputs.append(try isReversed ? reversed(y) : y)
      for (index, state) in states.enumerated() { finals[index].append(state) }
    }
    let y = try p.stack(outputs, axis: 1, like: outputs[0])
    let states = try finals.map { try p.stack($0, axis: 0, like: $0[0]) }
    guard batchIsFirst else { return [y] + states }
    return try [p.transpose(y, [2, 0, 1, 3])] + states.map { try p.transpose($0, [1, 0, 2]) }
  }

  /// Which sequences go on at a time, where they end at different ones.
  private func goesOn(_ time: Int) throws -> Value? {
    try lengths.map { lengths in
      try p.constant(
        Tensor(TensorType(.bool, [batch]), integers: lengths.map { time < $0 ? 1 : 0 }))
    }
  }

  /// Each sequence backwards, within its own length.
  private func reversed(_ x: Value) throws -> Value {
    guard let lengths else { return try p.reverse(x, [0]) }
    return try p.reorderSequences(x, time: 0, batch: 1) { sequence, step in
      step < lengths[sequence] ? lengths[sequence] - 1 - step : step
    }
  }
}
