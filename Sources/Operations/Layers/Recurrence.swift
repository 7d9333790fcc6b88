import Graph
import Tensors

/// What a sequence puts out at a time that its mask leaves out. Its states stay what they are.
package enum MaskedOutput: Sendable {
  case zero
  /// The output before, zero in front of the first one.
  case previous
}

/// Recurrent layers: a cell is applied at one time after the other.
extension ProgramBuilder {
  /// Unrolls a cell over time. The first of the states that a step returns is its output.
  ///
  /// `goesOn` gives, for a time, booleans of the states' leading axes: whether a sequence takes part.
  package func unrolled(
    times: some Collection<Int>, states initial: [Value], masked: MaskedOutput = .zero,
    goesOn: (_ time: Int) throws -> Value? = { _ in nil },
    step: (_ time: Int, _ states: [Value]) throws -> [Value]
  ) throws -> (outputs: [Value], states: [Value]) {
    var states = initial
    var outputs: [Value] = []
    try requireTurns(times.count)
    for time in times {
      let next = try step(time, states)
      guard let mask = try goesOn(time) else {
        states = next
        outputs.append(next[0])
        continue
      }
      func held(_ new: Value, _ old: Value) throws -> Value {
        try select(add(Broadcast(shape(new), axes: Array(0..<shape(mask).rank)), [mask]), new, old)
      }
      let rest = masked == .zero ? nil : outputs.last
      outputs.append(try held(next[0], rest ?? scalar(0, like: next[0])))
      states = try zip(next, states).map(held)
    }
    return (outputs, states)
  }

  /// The state of a gated recurrent unit, `H = (1 - z)·candidate + z·H`.
  /// Source: Cho et al., Learning phrase representations using RNN encoder–decoder, 2014.
  package func gatedState(_ state: Value, update z: Value, candidate: Value) throws -> Value {
    let fresh = try multiply(subtract(scalar(1, like: z), z), candidate)
    return try add(fresh, multiply(z, state))
  }

  /// The states of a long short-term memory, `C = keep·C + take·candidate` and `H = open(C)·h(C)`.
  /// Source: Hochreiter and Schmidhuber, Long short-term memory, 1997, with the forget gate of Gers.
  package func longShortTermStates(
    cell: Value, take: Value, keep: Value, candidate: Value, open: (Value) throws -> Value,
    activation: (Value) throws -> Value
  ) throws -> [Value] {
    let cell = try add(multiply(keep, cell), multiply(take, candidate))
    return [try multiply(open(cell), activation(cell)), cell]
  }
}
