import Tensors

/// `y = min(a, b)` or `max(a, b)`. NaN wins; equal arguments share the derivative equally, or the first
/// one has it all: where the second one is a bound.
package struct Extreme: BinaryFunction, Nonlinear {
  package static let name = "extreme"
  package enum Kind: String, Sendable { case minimum, maximum }
  package enum Tie: String, Sendable {
    case shared, first
    /// As `first`, at a bound beyond which nothing depends on the result any more: no kink can be seen.
    case unseen
  }
  package let kind: Kind
  package let tie: Tie
  package init(_ kind: Kind, tie: Tie = .shared) {
    self.kind = kind
    self.tie = tie
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    let better = kind == .maximum ? { max($0, $1) } : { (a: Double, b: Double) in min(a, b) }
    return Bounds(better(x[0].lower, x[1].lower), better(x[0].upper, x[1].upper))
  }

  package var attributes: String { kind.rawValue + (tie == .shared ? "" : " \(tie.rawValue)") }
  package func value(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    return kind == .maximum ? (b > a ? b : a) : (b < a ? b : a)
  }
  package var takesBooleans: Bool { true }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? {
    kind == .maximum ? max(a, b) : min(a, b)
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    // The share of a: 1 where a wins, 1/2 or 1 where the arguments are equal.
    let wins: Comparison = kind == .maximum ? .greater : .less
    let one = try p.scalar(1, like: x[0])
    let equal = try p.scalar(tie == .shared ? 0.5 : 1, like: x[0])
    let zero = try p.scalar(0, like: x[0])
    let tied = try p.select(p.compare(.equal, x[0], x[1]), equal, zero)
    let share = try p.select(p.compare(wins, x[0], x[1]), one, tied)
    return try p.sum(
      dx[0].map { try p.scaled($0, by: share) },
      dx[1].map { try p.scaled($0, by: p.subtract(one, share)) })
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    x[0] == x[1] ? x[0] : nil
  }
  package var kink: String? {
    switch tie {
    case .shared: "a = b: each argument takes half the derivative"
    case .first: "x at a bound: derivative 1"
    case .unseen: nil
    }
  }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    // Between two bounds, the way to one is that of what goes into the other: beyond a bound the
    // result does not move.
    func unbounded(_ value: Value) -> Value {
      let node = p.node(value)
      guard node.primitive is Extreme else { return value }
      let moving = node.operands.filter { !p.isKnown($0) }
      return moving.count == 1 ? moving[0] : value
    }
    let a = p.isKnown(x[1]) ? unbounded(x[0]) : x[0]
    let b = p.isKnown(x[0]) ? unbounded(x[1]) : x[1]
    return try p.absolute(p.subtract(a, b))
  }
  package static let samples = [
    Sample(Self(.maximum), .init([2, 3], in: 0...1), .init([2, 3], in: 1.2...2)),
    Sample(Self(.minimum), .init([2, 3], in: 0...1), .init([2, 3], in: 1.2...2)),
    Sample(Self(.minimum, tie: .first), .init([2, 3], in: 0...1), .init([2, 3], in: 1.2...2)),
    Sample(Self(.maximum), .init([3], .int64), .init([3], .int64)),
  ]
}
