import Graph
import Operations
import Tensors

/// One step of a recurrent layer.
protocol KerasCell {
  /// The shapes of the states, without the batch, given that of an input.
  func stateDims(_ input: [Int]) throws -> [[Int]]
  /// What the input alone decides, for all steps at once: x is [steps, batch, …].
  func projected(_ x: Value) throws -> Value
  /// The output and the new states, from the part of one step and the old states.
  func step(_ x: Value, _ states: [Value]) throws -> (output: Value, states: [Value])
}

/// The cells of LSTM, GRU and SimpleRNN, and stacks of them.
enum KerasCells {
  static let gatedKeys: [KerasKey] = [
    "units", "activation", "recurrent_activation", "use_bias", .ignored("dropout"),
    .ignored("recurrent_dropout"), .ignored("implementation"), .ignored("unit_forget_bias"),
    .ignored("input_dim"), .ignored("input_length"),
  ]
  static let simpleKeys: [KerasKey] = gatedKeys.filter { $0.name != "recurrent_activation" }

  static func weights(in group: String) -> @Sendable (KerasConfiguration) -> [KerasWeight] {
    { config in
      [
        KerasWeight("kernel", in: group),
        KerasWeight("recurrent_kernel", in: group),
      ] + (config.flag("use_bias", default: true) ? [KerasWeight("bias", in: group)] : [])
    }
  }

  /// The cell of a call's layer; its weights lie in a part of the layer of that name.
  static func cell(_ call: KerasCall, _ className: String, in group: String) throws -> any KerasCell
  {
    switch className {
    case "LSTM", "LSTMCell": return try KerasLSTM(call, in: group)
    case "GRU", "GRUCell": return try KerasGRU(call, in: group)
    case "SimpleRNN", "SimpleRNNCell": return try KerasSimpleRNN(call, in: group)
    case "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D": return try KerasConvLSTM(call, in: group)
    case "StackedRNNCells":
      return KerasStackedCells(
        cells: try call.layer.parts.map { part in
          let inner = call.importer.context(part.layer)
          return try cell(inner, part.layer.className, in: "")
        })
    default:
      throw NetJacError(.unsupported, "the cell \(className.quoted) is not supported")
    }
  }
}

/// What the cells with one vector of states for each gate have in common.
private struct GateWeights {
  let call: KerasCall
  let group: String
  let units: Int
  let gates: Int

  init(_ call: KerasCall, in group: String, gates: Int) throws {
    self.call = call
    self.group = group
    self.gates = gates
    units = try call.config.count("units")
  }

  /// x·W of the last axis.
  func projected(_ x: Value) throws -> Value {
    let size = call.p.shape(x).dims.last ?? 0
    return try call.p.product(x, call.weight("kernel", [size, gates * units], in: group))
  }

  func recurrent() throws -> Value {
    try call.weight("recurrent_kernel", [units, gates * units], in: group)
  }

  func bias(_ dims: [Int]) throws -> Value? {
    guard call.config.flag("use_bias", default: true) else { return nil }
    return try call.weight("bias", dims, in: group)
  }

  func gate(_ index: Int, of x: Value) throws -> Value {
    try call.p.slice(x, axis: call.p.shape(x).rank - 1, start: index * units, size: units)
  }

  func recurrentActivation(_ x: Value) throws -> Value {
    // Until Keras 2.2 it was the piecewise linear one.
    let standard = call.version < KerasVersion(2, 3) ? "hard_sigmoid" : "sigmoid"
    return try call.activated(x, "recurrent_activation", default: standard)
  }

  func activation(_ x: Value) throws -> Value { try call.activated(x, default: "tanh") }
}

/// Hochreiter and Schmidhuber, 1997; the gates in the order i, f, c, o.
private struct KerasLSTM: KerasCell {
  private let weights: GateWeights
  private let recurrent: Value
  private var p: ProgramBuilder { weights.call.p }

  init(_ call: KerasCall, in group: String) throws {
    weights = try GateWeights(call, in: group, gates: 4)
    recurrent = try weights.recurrent()
  }

  func stateDims(_ input: [Int]) -> [[Int]] { [[weights.units], [weights.units]] }

  func projected(_ x: Value) throws -> Value {
    let z = try weights.projected(x)
    guard let bias = try weights.bias([4 * weights.units]) else { return z }
    return try p.add(z, p.broadcast(bias, to: p.shape(z)))
  }

  func step(_ x: Value, _ states: [Value]) throws -> (output: Value, states: [Value]) {
    let z = try p.add(x, p.product(states[0], recurrent))
    let input = try weights.recurrentActivation(weights.gate(0, of: z))
    let forget = try weights.recurrentActivation(weights.gate(1, of: z))
    let new = try weights.activation(weights.gate(2, of: z))
    let output = try weights.recurrentActivation(weights.gate(3, of: z))
    let c = try p.add(p.multiply(forget, states[1]), p.multiply(input, new))
    let h = try p.multiply(output, weights.activation(c))
    return (h, [h, c])
  }
}

/// Cho et al., 2014; the gates in the order z, r, h. `reset_after` applies the reset to the product, as cuDNN does.
private struct KerasGRU: KerasCell {
  private let weights: GateWeights
  private let recurrent: Value
  private let resetsAfter: Bool
  private var p: ProgramBuilder { weights.call.p }

  init(_ call: KerasCall, in group: String) throws {
    weights = try GateWeights(call, in: group, gates: 3)
    recurrent = try weights.recurrent()
    resetsAfter = call.config.flag("reset_after", default: call.version >= KerasVersion(2, 4))
  }

  func stateDims(_ input: [Int]) -> [[Int]] { [[weights.units]] }

  /// The bias of the input, and that of the state where there are two.
  private func bias(_ row: Int) throws -> Value? {
    let size = 3 * weights.units
    guard resetsAfter else { return row == 0 ? try weights.bias([size]) : nil }
    guard let both = try weights.bias([2, size]) else { return nil }
    return try p.reshape(p.slice(both, axis: 0, start: row, size: 1), [size])
  }

  func projected(_ x: Value) throws -> Value {
    let z = try weights.projected(x)
    guard let bias = try bias(0) else { return z }
    return try p.add(z, p.broadcast(bias, to: p.shape(z)))
  }

  func step(_ x: Value, _ states: [Value]) throws -> (output: Value, states: [Value]) {
    let h = states[0]
    let units = weights.units
    var update: Value
    var reset: Value
    var candidate: Value
    if resetsAfter {
      var inner = try p.product(h, recurrent)
      if let bias = try bias(1) { inner = try p.add(inner, p.broadcast(bias, to: p.shape(inner))) }
      update = try p.add(weights.gate(0, of: x), weights.gate(0, of: inner))
      reset = try p.add(weights.gate(1, of: x), weights.gate(1, of: inner))
      (update, reset) = try (
        weights.recurrentActivation(update), weights.recurrentActivation(reset)
      )
      candidate = try p.add(
        weights.gate(2, of: x), p.multiply(reset, weights.gate(2, of: inner)))
    } else {
      let gates = try p.product(h, p.slice(recurrent, axis: 1, start: 0, size: 2 * units))
      update = try p.add(weights.gate(0, of: x), weights.gate(0, of: gates))
      reset = try p.add(weights.gate(1, of: x), weights.gate(1, of: gates))
      (update, reset) = try (
        weights.recurrentActivation(update), weights.recurrentActivation(reset)
      )
      candidate = try p.add(
        weights.gate(2, of: x),
        p.product(p.multiply(reset, h), p.slice(recurrent, axis: 1, start: 2 * units, size: units)))
    }
    let new = try weights.activation(candidate)
    let rest = try p.subtract(p.scalar(1, like: update), update)
    let y = try p.add(p.multiply(update, h), p.multiply(rest, new))
    return (y, [y])
  }
}

private struct KerasSimpleRNN: KerasCell {
  private let weights: GateWeights
  private let recurrent: Value
  private var p: ProgramBuilder { weights.call.p }

  init(_ call: KerasCall, in group: String) throws {
    weights = try GateWeights(call, in: group, gates: 1)
    recurrent = try weights.recurrent()
  }

  func stateDims(_ input: [Int]) -> [[Int]] { [[weights.units]] }

  func projected(_ x: Value) throws -> Value {
    let z = try weights.projected(x)
    guard let bias = try weights.bias([weights.units]) else { return z }
    return try p.add(z, p.broadcast(bias, to: p.shape(z)))
  }

  func step(_ x: Value, _ states: [Value]) throws -> (output: Value, states: [Value]) {
    let y = try weights.activation(p.add(x, p.product(states[0], recurrent)))
    return (y, [y])
  }
}

/// Shi et al., 2015: an LSTM whose products are convolutions; those of the state keep its size.
private struct KerasConvLSTM: KerasCell {
  private let call: KerasCall
  private let group: String
  private let outer: KerasConvolution
  private let inner: KerasConvolution
  private let filters: Int
  private let recurrent: Value
  private var p: ProgramBuilder { call.p }

  init(_ call: KerasCall, in group: String) throws {
    self.call = call
    self.group = group
    let rank =
      call.layer.className.hasPrefix("ConvLSTM1")
      ? 1
      : call.layer.className.hasPrefix("ConvLSTM2") ? 2 : 3
    outer = try KerasConvolution(call.config, rank: rank)
    inner = KerasConvolution(kernel: outer.kernel, images: outer.images)
    filters = try call.config.count("filters")
    recurrent = try call.weight(
      "recurrent_kernel", outer.kernel + [filters, 4 * filters], in: group)
  }

  private var channelAxis: Int { outer.images.channelAxis(rank: outer.rank + 2) }

  func stateDims(_ input: [Int]) throws -> [[Int]] {
    let spatial = outer.images == .channelsLast ? input.dropLast() : input.dropFirst()
    let counts = try outer.window(over: Array(spatial)).outputDims
    let dims = outer.images == .channelsLast ? counts + [filters] : [filters] + counts
    return [dims, dims]
  }

  func projected(_ x: Value) throws -> Value {
    let dims = p.shape(x).dims
    let flat = try p.reshape(x, Shape([dims[0] * dims[1]] + dims.dropFirst(2)))
    let kernel = try call.weight(
      "kernel", outer.kernel + [outer.channels(flat, in: p), 4 * filters], in: group)
    var z = try outer.applied(to: flat, kernel, in: p)
    if call.config.flag("use_bias", default: true) {
      let bias = try call.weight("bias", [4 * filters], in: group)
      z = try p.add(z, p.add(Broadcast(p.shape(z), axes: [channelAxis]), [bias]))
    }
    return try p.reshape(z, Shape(Array(dims.prefix(2)) + p.shape(z).dims.dropFirst()))
  }

  func step(_ x: Value, _ states: [Value]) throws -> (output: Value, states: [Value]) {
    let z = try p.add(x, inner.applied(to: states[0], recurrent, in: p))
    func gate(_ index: Int) throws -> Value {
      try p.slice(z, axis: channelAxis, start: index * filters, size: filters)
    }
    let standard = call.version.major < 3 ? "hard_sigmoid" : "sigmoid"
    func bounded(_ index: Int) throws -> Value {
      try call.activated(gate(index), "recurrent_activation", default: standard)
    }
    let c = try p.add(
      p.multiply(bounded(1), states[1]),
      p.multiply(bounded(0), call.activated(gate(2), default: "tanh")))
    let h = try p.multiply(bounded(3), call.activated(c, default: "tanh"))
    return (h, [h, c])
  }
}

/// Cells of which each takes the output of the one before.
private struct KerasStackedCells: KerasCell {
  let cells: [any KerasCell]

  func stateDims(_ input: [Int]) throws -> [[Int]] { try cells.flatMap { try $0.stateDims(input) } }

  func projected(_ x: Value) throws -> Value { try cells.first?.projected(x) ?? x }

  func step(_ x: Value, _ states: [Value]) throws -> (output: Value, states: [Value]) {
    var output = x
    var new: [Value] = []
    for (place, cell) in cells.enumerated() {
      let count = try cell.stateDims([]).count
      let own = Array(states.dropFirst(new.count).prefix(count))
      let result = try cell.step(place == 0 ? output : cell.projected(output), own)
      output = result.output
      new += result.states
    }
    return (output, new)
  }
}
