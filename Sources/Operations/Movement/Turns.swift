import Graph
import Tensors

/// The turns of a loop that goes on as long as the data say so, unrolled up to a limit: a turn past the end
/// changes nothing, neither values nor derivatives.
package struct Turns {
  private let p: ProgramBuilder
  /// Whether the next turn is made; one boolean.
  package private(set) var isRunning: Value

  package init(while condition: Value, in p: ProgramBuilder) throws {
    self.p = p
    isRunning = try p.reshape(p.convert(condition, to: .bool), [])
  }

  /// Whether it is known that no turn follows.
  package var hasEnded: Bool {
    get throws { try p.constantTensor(of: isRunning)?.integers.first == 0 }
  }

  /// Makes turns, one after the other, as long as it is not known that none follows. `turn` gets its number, these turns
  /// and what is carried into it, and gives what is carried on.
  ///
  /// Turns stand in blocks, and these in larger ones, which are carried over as a whole where they are not reached:
  /// of many turns that are not made, few are looked at.
  package mutating func make(
    _ numbers: Range<Int>, from start: [Value],
    turn: (_ number: Int, inout Turns, [Value]) throws -> [Value]
  ) throws -> [Value] {
    guard try !numbers.isEmpty && !hasEnded else { return start }
    if numbers.count == 1 { return try turn(numbers.lowerBound, &self, start) }
    var length = 1
    while length <= (numbers.count - 1) / Turns.blocksTogether { length *= Turns.blocksTogether }
    let begins = isRunning
    var carried = start
    for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: length) {
      let block = first..<first + min(length, numbers.upperBound - first)
      carried = try make(block, from: carried, turn: turn)
    }
    guard !p.isKnown(begins) else { return carried }
    if try !hasEnded { isRunning = try p.add(BitOperation(.and), [begins, isRunning]) }
    return try zip(carried, start).map { try chosen(begins, $0, else: $1) }
  }

  private static let blocksTogether = 8

  /// Goes on only if this holds, too.
  package mutating func require(_ condition: Value) throws {
    let next = try p.reshape(p.convert(condition, to: .bool), [])
    if try p.constantTensor(of: next)?.integers.first == 1 { return }
    isRunning = try p.add(BitOperation(.and), [isRunning, next])
  }

  /// What is carried on: the new value if the turn was made, else the old one.
  package func carried(_ new: Value, else old: Value) throws -> Value {
    guard p.type(new) == p.type(old) else {
      throw NetJacError(
        .unsupported,
        """
        a turn makes \(p.type(new)) of \(p.type(old)); where the number of turns depends on an input, what \
        is carried on must keep its shape
        """)
    }
    return try chosen(isRunning, new, else: old)
  }

  private func chosen(_ condition: Value, _ new: Value, else old: Value) throws -> Value {
    try p.select(p.broadcast(condition, to: p.shape(new)), new, old)
  }

  /// What a loop gives that may have met the limit: not a number where it would have gone on. Nor are its
  /// derivatives numbers then, but for those of what it does not depend on: a zero stays zero.
  package func unlessRunning(_ value: Value) throws -> Value {
    guard p.type(value).element.isReal else { return value }
    let isRunning = try p.broadcast(isRunning, to: p.shape(value))
    let none = try p.scalar(.nan, like: value)
    let (zero, one) = try (p.scalar(0, like: value), p.scalar(1, like: value))
    // Not chosen: chosen, all that the derivatives need would have to wait for the last turn. Any number times one
    // less zero is that number.
    let product = try p.add(GuardedMultiply(), [value, p.select(isRunning, none, one)])
    return try p.subtract(product, p.select(isRunning, none, zero))
  }

  package static func refusal(_ what: String) -> NetJacError {
    NetJacError(
      .unsupported,
      """
      \(what) must be known when the network is loaded, but it depends on an input; set option \
      'loop_limit' to the most turns that may be needed, or fix that input with option 'input.NAME'
      """)
  }
}
