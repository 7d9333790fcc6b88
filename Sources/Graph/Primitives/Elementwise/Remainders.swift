import Glibc
import Tensors

/// `y = a - trunc(a/b)·b`, with the sign of a, as C's fmod.
package struct Remainder: BinaryFunction, Nonlinear {
  package static let name = "remainder"
  package init() {}
  package func isSingular(_ x: [Bounds]) -> Bool { !x[1].keepsClearOfZero }
  package func value(_ a: Double, _ b: Double) -> Double { fmod(a, b) }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? {
    b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    try p.remainderTangent(dx, quotient: { try p.truncate(p.divide(x[0], x[1])) })
  }
  package var kink: String? { "a/b whole: jumps" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.multiply(p.absolute(x[1]), p.distanceToTruncation(p.divide(x[0], x[1])))
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 4.2...4.8), .init([2, 3], in: 1.6...1.9)),
    Sample(Self(), .init([3], in: -9...9, .int64), .init([3], in: 2...5, .int64)),
  ]
}

/// `y = a - floor(a/b)·b`, with the sign of b.
package struct Modulo: BinaryFunction, Nonlinear {
  package static let name = "modulo"
  package init() {}
  package func isSingular(_ x: [Bounds]) -> Bool { !x[1].keepsClearOfZero }
  package func value(_ a: Double, _ b: Double) -> Double {
    let remainder = fmod(a, b)
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? {
    guard b != 0 else { return 0 }
    let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder &+ b : remainder
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    try p.remainderTangent(dx, quotient: { try p.floor(p.divide(x[0], x[1])) })
  }
  package var kink: String? { "a/b whole: jumps" }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.multiply(p.absolute(x[1]), p.distanceToWhole(p.divide(x[0], x[1])))
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 4.2...4.8), .init([2, 3], in: 1.6...1.9)),
    Sample(Self(), .init([3], in: -9...9, .int64), .init([3], in: 2...5, .int64)),
  ]
}

extension ProgramBuilder {
  // Between the jumps the quotient q is constant: dy = da - q·db.
  fileprivate func remainderTangent(_ dx: [Value?], quotient: () throws -> Value) throws -> Value? {
    guard let db = dx[1] else { return dx[0] }
    let part = try scaled(db, by: quotient())
    return try dx[0].map { try subtract($0, part) } ?? negate(part)
  }
}
