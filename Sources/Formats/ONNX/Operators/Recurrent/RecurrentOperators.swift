import Graph
import Operations
import Tensors

/// Recurrent layers. The weights of a layer's gates stand one below the other, in the order that
/// the comments at the equations have.
enum RecurrentOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      several: "RNN",
      operands: [
        "X": .real, "W": .real, "R": .real, "B": .optional(.real),
        "sequence_lens": .optional(.whole), "initial_h": .optional(.real),
      ],
      attributes: [
        "activation_alpha": .reals, "activation_beta": .reals, "activations": .texts, "clip": .real,
        "direction": .text, "hidden_size": .integer, "layout": .integer,
        "output_sequence": .integer,
      ], limits: "unrolled; sequence lengths must be known while loading", simple),
    ONNXOperator(
      several: "GRU",
      operands: [
        "X": .real, "W": .real, "R": .real, "B": .optional(.real),
        "sequence_lens": .optional(.whole), "initial_h": .optional(.real),
      ],
      attributes: [
        "activation_alpha": .reals, "activation_beta": .reals, "activations": .texts, "clip": .real,
        "direction": .text, "hidden_size": .integer, "layout": .integer,
        "linear_before_reset": .integer, "output_sequence": .integer,
      ], limits: "unrolled; sequence lengths must be known while loading", gated),
    ONNXOperator(
      several: "LSTM",
      operands: [
        "X": .real, "W": .real, "R": .real, "B": .optional(.real),
        "sequence_lens": .optional(.whole), "initial_h": .optional(.real),
        "initial_c": .optional(.real), "P": .optional(.real),
      ],
      attributes: [
        "activation_alpha": .reals, "activation_beta": .reals, "activations": .texts, "clip": .real,
        "direction": .text, "hidden_size": .integer, "input_forget": .integer, "layout": .integer,
        "output_sequence": .integer,
      ], limits: "unrolled; sequence lengths must be known while loading", longShortTerm),
  ]

  private typealias Body = @Sendable (NodeCall, ProgramBuilder) throws -> [Value?]

  /// `H = f(X·Wᵀ + H·Rᵀ + Wb + Rb)`
  private static let simple: Body = { node, p in
    let layer = try RecurrentLayer(node, gates: 1, in: p)
    let activations = try RecurrentActivation.all(
      node, standard: ["Tanh"], directions: layer.directionCount)
    return try layer.unrolled(
      stateNames: ["initial_h"], bias: summedBias
    ) { layer, direction in
      let r = try layer.weight(2, "R", direction: direction, [layer.hidden, layer.hidden])
      return { fromInput, states in
        let sum = try p.add(fromInput, layer.product(states[0], r))
        return [try activations[direction](layer.clipped(sum), in: p)]
      }
    }
  }

  /// Gates z, r, h:
  /// `z = f(X·Wzᵀ + H·Rzᵀ + …)`, `r = f(X·Wrᵀ + H·Rrᵀ + …)`,
  /// `h = g(X·Whᵀ + (r·H)·Rhᵀ + Rbh + Wbh)`, or with `linear_before_reset`
  /// `h = g(X·Whᵀ + r·(H·Rhᵀ + Rbh) + Wbh)`, and `H = (1 - z)·h + z·H`.
  private static let gated: Body = { node, p in
    let layer = try RecurrentLayer(node, gates: 3, in: p)
    let n = layer.hidden
    let activations = try RecurrentActivation.all(
      node, standard: ["Sigmoid", "Tanh"], directions: layer.directionCount)
    let resetsLate = try node.flag("linear_before_reset", default: false)
    return try layer.unrolled(
      stateNames: ["initial_h"], bias: inputBias
    ) { layer, direction in
      let f = activations[2 * direction]
      let g = activations[2 * direction + 1]
      let r = try layer.weight(2, "R", direction: direction, [3 * n, n])
      let early = try p.slice(r, axis: 0, start: 0, size: 2 * n)
      let late = try layer.gate(2, of: r)
      let recurrentBias = try bias(layer, direction, part: 1)
      let earlyBias = try recurrentBias.map {
        try layer.rows(p.slice($0, axis: 0, start: 0, size: 2 * n))
      }
      let lateBias = try recurrentBias.map { try layer.rows(layer.gate(2, of: $0)) }
      func plus(_ x: Value, _ bias: Value?) throws -> Value {
        try bias.map { try p.add(x, $0) } ?? x
      }
      return { fromInput, states in
        let h = states[0]
        let recurrent = try plus(layer.product(h, early), earlyBias)
        let both = try f(
          layer.clipped(
            p.add(p.slice(fromInput, axis: 1, start: 0, size: 2 * n), recurrent)), in: p)
        let update = try p.slice(both, axis: 1, start: 0, size: n)
        let reset = try p.slice(both, axis: 1, start: n, size: n)
        let history =
          try resetsLate
          ? p.multiply(reset, plus(layer.product(h, late), lateBias))
          : plus(layer.product(p.multiply(reset, h), late), lateBias)
        let candidate = try g(
          layer.clipped(p.add(p.slice(fromInput, axis: 1, start: 2 * n, size: n), history)), in: p)
        return [try p.gatedState(h, update: update, candidate: candidate)]
      }
    }
  }

  /// Gates i, o, f, c:
  /// `i = f(X·Wiᵀ + H·Riᵀ + Pi·C + …)`, `f = f(… + Pf·C …)`, `c = g(…)`, `C = f·C + i·c`,
  /// `o = f(… + Po·C …)` with the new C, and `H = o·h(C)`.
  private static let longShortTerm: Body = { node, p in
    let layer = try RecurrentLayer(node, gates: 4, in: p)
    let n = layer.hidden
    let activations = try RecurrentActivation.all(
      node, standard: ["Sigmoid", "Tanh", "Tanh"], directions: layer.directionCount)
    let forgetsWhatItTakes = try node.flag("input_forget", default: false)
    return try layer.unrolled(
      stateNames: ["initial_h", "initial_c"], bias: summedBias
    ) { layer, direction in
      let (f, g, h) = (
        activations[3 * direction], activations[3 * direction + 1], activations[3 * direction + 2]
      )
      let r = try layer.weight(2, "R", direction: direction, [4 * n, n])
      let peepholes = try node.optionalInput(7).map { _ in
        let all = try layer.weight(7, "P", direction: direction, [3 * n])
        return try (0..<3).map { try layer.rows(layer.gate($0, of: all)) }
      }
      return { fromInput, states in
        let sums = try p.add(fromInput, layer.product(states[0], r))
        func gate(_ index: Int, peephole: Int?, at cell: Value) throws -> Value {
          var sum = try p.slice(sums, axis: 1, start: index * n, size: n)
          if let peephole, let peepholes {
            sum = try p.add(sum, p.multiply(peepholes[peephole], cell))
          }
          return try layer.clipped(sum)
        }
        let take = try f(gate(0, peephole: 0, at: states[1]), in: p)
        let keep =
          try forgetsWhatItTakes
          ? p.subtract(p.scalar(1, like: take), take)
          : f(gate(2, peephole: 2, at: states[1]), in: p)
        let candidate = try g(gate(3, peephole: nil, at: states[1]), in: p)
        return try p.longShortTermStates(
          cell: states[1], take: take, keep: keep, candidate: candidate,
          open: { try f(gate(1, peephole: 1, at: $0), in: p) }, activation: { try h($0, in: p) })
      }
    }
  }

  /// One half of the bias, that of the input (0) or of the recurrence (1), if the node has any.
  private static func bias(_ layer: RecurrentLayer, _ direction: Int, part: Int) throws -> Value? {
    guard layer.node.optionalInput(3) != nil else { return nil }
    let length = layer.gates * layer.hidden
    let both = try layer.weight(3, "B", direction: direction, [2 * length])
    return try layer.p.slice(both, axis: 0, start: part * length, size: length)
  }

  private static func inputBias(_ layer: RecurrentLayer, _ direction: Int) throws -> Value? {
    try bias(layer, direction, part: 0)
  }

  private static func summedBias(_ layer: RecurrentLayer, _ direction: Int) throws -> Value? {
    guard let input = try bias(layer, direction, part: 0),
      let recurrent = try bias(layer, direction, part: 1)
    else { return nil }
    return try layer.p.add(input, recurrent)
  }
}
