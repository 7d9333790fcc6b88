import Glibc
import Tensors

/// `y = -x`.
package struct Negate: UnaryFunction, Smooth {
  package static let name = "negate"
  package var notation: Notation? { .negative }
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { -x[0] }
  package func value(_ x: Double) -> Double { -x }
  package func wholeValue(_ x: Int64) -> Int64? { 0 &- x }
  package func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value? {
    try p.scalar(-1, like: x)
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { try dx[0].map { try p.negate($0) } }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.negate(yBar)] }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    let operand = p.node(x[0])
    if operand.isA(Negate.self) { return operand.operands[0] }
    return try p.onDiagonal(self, x, deciding: [0])
  }
  package static let samples = [Sample(Self(), .init([2, 3])), Sample(Self(), .init([2], .int64))]
}

/// `y = a + b`.
package struct Add: BinaryFunction, Smooth {
  package static let name = "add"
  package var notation: Notation? { .sum }
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] + x[1] }
  package func value(_ a: Double, _ b: Double) -> Double { a + b }
  package var takesBooleans: Bool { true }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? { a &+ b }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { try p.sum(dx[0], dx[1]) }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { linear.map { $0 ? yBar : nil } }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if p.fill(of: x[0]) == 0 { return x[1] }
    if p.fill(of: x[1]) == 0 { return x[0] }
    // Parts of one array that do not overlap, as the cotangents of slices, are joined, not added.
    return try p.joined(x[0], x[1]) ?? p.onDiagonal(self, x, deciding: [0, 1])
      ?? p.saturatedSum(x[0], x[1], subtracts: false)
  }
  package static let samples = [
    Sample(Self(), .init([2, 3]), .init([2, 3])),
    Sample(Self(), .init([3], .int64), .init([3], .int64)),
  ]
}

/// `y = a - b`.
package struct Subtract: BinaryFunction, Smooth {
  package static let name = "subtract"
  package var notation: Notation? { .difference }
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] + -x[1] }
  package func value(_ a: Double, _ b: Double) -> Double { a - b }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? { a &- b }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    guard let db = dx[1] else { return dx[0] }
    return try dx[0].map { try p.subtract($0, db) } ?? p.negate(db)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [linear[0] ? yBar : nil, linear[1] ? try p.negate(yBar) : nil] }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if p.fill(of: x[1]) == 0 { return x[0] }
    if p.fill(of: x[0]) == 0 { return try p.negate(x[1]) }
    return try p.onDiagonal(self, x, deciding: [0, 1])
      ?? p.saturatedSum(x[0], x[1], subtracts: true)
  }
  package static let samples = [
    Sample(Self(), .init([2, 3]), .init([2, 3])),
    Sample(Self(), .init([3], .int64), .init([3], .int64)),
  ]
}

/// `y = a·b`, element by element.
package struct Multiply: BinaryFunction, Smooth {
  package static let name = "multiply"
  package var notation: Notation? { .product }
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0] * x[1] }
  package func value(_ a: Double, _ b: Double) -> Double { a * b }
  package var takesBooleans: Bool { true }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? { a &* b }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    if x[0] == x[1], let dx = dx[0] {
      return try p.scaled(dx, by: p.multiply(x[0], p.scalar(2, like: x[0])))
    }
    return try p.sum(
      dx[0].map { try p.scaled($0, by: x[1]) }, dx[1].map { try p.scaled($0, by: x[0]) })
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    [
      linear[0] ? try p.scaled(yBar, by: x[1]) : nil,
      linear[1] ? try p.scaled(yBar, by: x[0]) : nil,
    ]
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if p.fill(of: x[0]) == 1 { return x[1] }
    if p.fill(of: x[1]) == 1 { return x[0] }
    if p.fill(of: x[0]) == -1, p.type(x[0]).element.isReal { return try p.negate(x[1]) }
    if p.fill(of: x[1]) == -1, p.type(x[1]).element.isReal { return try p.negate(x[0]) }
    if x[0] == x[1], let sum = p.squaredByRoot(x[0]) { return try sum() }
    // A diagonal matrix stays one when it is scaled: it never becomes a matrix of numbers.
    if let scaled = try p.onDiagonal(self, x, deciding: [0]) ?? p.onDiagonal(self, x, deciding: [1])
    {
      return scaled
    }
    // The cotangent of a pool is scaled before it is spread over the image.
    return try p.scaledUpdates(x[0], x[1]) ?? p.scaledUpdates(x[1], x[0])
      ?? p.sharedFactors(x) ?? p.cancelledFactors(x[0], x[1])
  }

  package static let samples = [
    Sample(Self(), .init([2, 3]), .init([2, 3])),
    Sample(Self(), .init([3], .int64), .init([3], .int64)),
  ]
}

/// `y = a/b`; on whole numbers the quotient is truncated, and zero where b is zero.
package struct Divide: BinaryFunction, Smooth {
  package static let name = "divide"
  package var notation: Notation? { .quotient }
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    guard x[1].lower > 0 else { return .all }
    return x[0] * Bounds(1 / x[1].upper, 1 / x[1].lower)
  }
  package func isSingular(_ x: [Bounds]) -> Bool { !x[1].keepsClearOfZero }
  package func value(_ a: Double, _ b: Double) -> Double { a / b }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? {
    b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    // dy = (da - y·db)/b.
    let da = dx[0]
    if p.guardsZeros {
      let first = try da.map { try p.scaled($0, over: x[1]) }
      let second = try dx[1].map { try p.negate(p.scaled($0, by: p.divide(y, x[1]))) }
      return try p.sum(first, second)
    }
    let ydb = try dx[1].map { try p.multiply($0, y) }
    guard let ydb else { return try da.map { try p.divide($0, x[1]) } }
    return try p.divide(da.map { try p.subtract($0, ydb) } ?? p.negate(ydb), x[1])
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.scaled(yBar, over: x[1]), nil] }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.fill(of: x[1]) == 1 ? x[0] : p.onDiagonal(self, x, deciding: [0])
  }
  package static let samples = [
    Sample(Self(), .init([2, 3]), .init([2, 3], in: 0.5...2)),
    Sample(Self(), .init([3], in: 5...9, .int64), .init([3], in: 1...3, .int64)),
  ]
}

/// `y = aᵇ`.
package struct Power: BinaryFunction, Nonlinear, Smooth {
  package static let name = "power"
  package var notation: Notation? { .power }
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    x[0].isNotNegative ? Bounds(0, .infinity) : .all
  }
  package func isSingular(_ x: [Bounds]) -> Bool {
    let exponent = x[1]
    let isPolynomial =
      exponent.lower == exponent.upper && exponent.lower >= 1
      && exponent.lower == exponent.lower.rounded()
    return !isPolynomial && x[0].lower < 1e-18
  }
  package func value(_ a: Double, _ b: Double) -> Double { pow(a, b) }
  package func wholeValue(_ a: Int64, _ b: Int64) -> Int64? {
    guard b >= 0 else { return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0 }
    var result: Int64 = 1
    var base = a
    var exponent = b
    while exponent > 0 {
      if exponent & 1 == 1 { result = result &* base }
      base = base &* base
      exponent >>= 1
    }
    return result
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    let base = try dx[0].map { da -> Value in
      let one = try p.scalar(1, like: x[1])
      var safe = x[0]
      if p.fill(of: x[1]) == nil {
        // b = 0 makes a constant, also where aᵇ⁻¹ is infinite, which it is for no other a. Choosing the base and
        // not the result keeps the infinity out of further derivatives as well.
        let isConstant = try p.compare(.equal, x[1], p.scalar(0, like: x[1]))
        let least =
          p.type(x[0]).element == .float32
          ? Double(Float.leastNormalMagnitude) : .leastNormalMagnitude
        let isTiny = try p.compare(.less, p.absolute(p.detach(x[0])), p.scalar(least, like: x[0]))
        safe = try p.select(isConstant, p.select(isTiny, one, x[0]), x[0])
      }
      let lower = try p.power(safe, p.subtract(x[1], one))
      return try p.scaled(da, by: p.multiply(x[1], lower))
    }
    let exponent = try dx[1].map { db -> Value in
      // aᵇ·log(a) tends to 0 with a.
      let zero = try p.scalar(0, like: x[0])
      let one = try p.scalar(1, like: x[0])
      let isZero = try p.compare(.equal, x[0], zero)
      let logarithm = try p.logarithm(p.select(isZero, one, x[0]))
      return try p.scaled(db, by: p.multiply(y, logarithm))
    }
    return try p.sum(base, exponent)
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    guard p.type(x[0]).element.isReal else { return nil }
    switch p.fill(of: x[1]) {
    case 0: return try p.scalar(1, like: x[0])
    case 1: return x[0]
    case 2: return try p.multiply(x[0], x[0])
    case 3: return try p.multiply(p.multiply(x[0], x[0]), x[0])
    case -1: return try p.reciprocal(x[0])
    case 0.5: return try p.squareRoot(x[0])
    default: return nil
    }
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 0.4...2), .init([2, 3], in: -1.5...2.5)),
    Sample(Self(), .init([3], in: 2...4, .int64), .init([3], in: 0...3, .int64)),
  ]
}
