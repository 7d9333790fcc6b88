import Tensors

/// An elementwise primitive whose result carries no derivative.
package protocol DiscreteFunction: Elementwise {}

extension DiscreteFunction {
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { nil }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { throw NetJacError(.defect, "\(name) carries no derivative") }
}

package enum Comparison: String, Sendable {
  case equal, less, lessOrEqual, greater, greaterOrEqual
}

/// Compares two numbers; the result is boolean. NaN compares false.
package struct Compare: DiscreteFunction {
  package static let name = "compare"
  package let comparison: Comparison
  /// What holds where the numbers are equal, if that is more than the branch that is taken.
  package let convention: String?
  package init(_ comparison: Comparison, convention: String? = nil) {
    self.comparison = comparison
    self.convention = convention
  }

  package var attributes: String { comparison.rawValue }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(2, x)
    try expectEqualShapes(x)
    guard x[0].element == x[1].element else {
      throw NetJacError(
        .shape,
        "compare: operands are \(x[0].element.rawValue) and \(x[1].element.rawValue); their types "
          + "must be equal")
    }
    return x[0].with(.bool)
  }
  private func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool {
    switch comparison {
    case .equal: a == b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if x[0].type.element.isReal {
      return Tensor(type, integers: zip(x[0].reals, x[1].reals).map { holds($0, $1) ? 1 : 0 })
    }
    return Tensor(type, integers: zip(x[0].integers, x[1].integers).map { holds($0, $1) ? 1 : 0 })
  }
  package var kink: String? {
    if let convention { return convention }
    return switch comparison {
    case .equal: "a = b: compares true"
    case .lessOrEqual, .greater: "a = b: value and derivative as for a < b"
    case .less, .greaterOrEqual: "a = b: value and derivative as for a > b"
    }
  }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    // Equality holds at single points, which nobody meets but to guard against them.
    comparison == .equal ? nil : try p.absolute(p.subtract(x[0], x[1]))
  }
  package static let samples = [
    Sample(Self(.less), .init([2, 3]), .init([2, 3])),
    Sample(Self(.equal), .init([2, 3], .int64), .init([2, 3], .int64)),
    Sample(
      Self(.greaterOrEqual), .init([2, 3], in: 0...2, .int64), .init([2, 3], in: 0...2, .int64)),
  ]
}

/// `and`, `or`, `xor` of booleans, bit by bit on whole numbers, and shifts of whole numbers.
package struct BitOperation: DiscreteFunction, Smooth {
  package static let name = "bits"
  package enum Kind: String, Sendable { case and, or, xor, shiftLeft, shiftRight }
  package let kind: Kind
  package init(_ kind: Kind) { self.kind = kind }

  package var attributes: String { kind.rawValue }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(2, x)
    try expectEqualShapes(x)
    guard x[0].element == x[1].element, !x[0].element.isReal else {
      throw NetJacError(
        .shape,
        "\(kind.rawValue): operands are \(x[0].element.rawValue) and \(x[1].element.rawValue); both "
          + "must be boolean, or whole numbers of one type")
    }
    if x[0].element == .bool, kind == .shiftLeft || kind == .shiftRight {
      throw NetJacError(
        .shape, "\(kind.rawValue): operands are boolean; they must be whole numbers")
    }
    return x[0]
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    Tensor(
      type,
      integers: zip(x[0].integers, x[1].integers).map { a, b in
        switch kind {
        case .and: a & b
        case .or: a | b
        case .xor: a ^ b
        case .shiftLeft: b < 0 || b > 63 ? 0 : a << b
        case .shiftRight: b < 0 || b > 63 ? 0 : a >> b
        }
      })
  }
  package static let samples = [
    Sample(Self(.and), .init([2, 3], in: 0...1, .bool), .init([2, 3], in: 0...1, .bool)),
    Sample(Self(.xor), .init([2, 3], in: 0...9, .int64), .init([2, 3], in: 0...9, .int64)),
    Sample(Self(.or), .init([2, 3], in: -9...9, .int64), .init([2, 3], in: -9...9, .int64)),
    Sample(Self(.shiftLeft), .init([3], in: -9...9, .int64), .init([3], in: 0...5, .int64)),
    Sample(
      Self(.shiftLeft), .init([3], .int64, values: [1, -1, 3]),
      .init([3], .int64, values: [-1, 63, 64])),
    Sample(Self(.shiftRight), .init([3], in: -99...99, .int64), .init([3], in: -2...9, .int64)),
  ]
}

/// `not` of booleans, bit by bit on whole numbers.
package struct Not: DiscreteFunction, Smooth {
  package static let name = "not"
  package init() {}
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard !x[0].element.isReal else {
      throw NetJacError(
        .shape, "not: the operand is \(x[0].element.rawValue); it must be boolean or whole")
    }
    return x[0]
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    Tensor(type, integers: x[0].integers.map { type.element == .bool ? 1 - $0 : ~$0 })
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 0...1, .bool)),
    Sample(Self(), .init([2, 3], in: -9...9, .int64)),
  ]
}

/// Whether a real number is NaN, or infinite.
package struct Classify: DiscreteFunction, Smooth {
  package static let name = "classify"
  package enum Kind: String, Sendable { case isNaN, isPositiveInfinity, isNegativeInfinity }
  package let kind: Kind
  package init(_ kind: Kind) { self.kind = kind }

  package var attributes: String { kind.rawValue }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    guard x[0].element.isReal else {
      throw NetJacError(
        .shape, "\(kind.rawValue): the operand is \(x[0].element.rawValue); it must be real")
    }
    return x[0].with(.bool)
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    Tensor(
      type,
      integers: x[0].reals.map { value in
        switch kind {
        case .isNaN: value.isNaN ? 1 : 0
        case .isPositiveInfinity: value == .infinity ? 1 : 0
        case .isNegativeInfinity: value == -.infinity ? 1 : 0
        }
      })
  }
  package static let samples = [
    Sample(Self(.isNaN), .init([4], values: [1, .nan, .infinity, -.infinity])),
    Sample(Self(.isPositiveInfinity), .init([4], values: [1, .nan, .infinity, -.infinity])),
  ]
}

/// `y = condition ? a : b`, element by element.
package struct Select: Elementwise, Smooth {
  package static let name = "select"
  package init() {}
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[1].union(x[2]) }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(3, x)
    try expectEqualShapes(x)
    guard x[0].element == .bool, x[1].element == x[2].element else {
      throw NetJacError(
        .shape,
        "select: operands are \(x.map(\.element.rawValue).joined(separator: ", ")); a bool and two "
          + "of one type are needed")
    }
    return x[1]
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let condition = x[0].integers
    if type.element.isReal {
      let (a, b) = (x[1].reals, x[2].reals)
      return Tensor(type, reals: condition.indices.map { condition[$0] != 0 ? a[$0] : b[$0] })
    }
    let (a, b) = (x[1].integers, x[2].integers)
    return Tensor(type, integers: condition.indices.map { condition[$0] != 0 ? a[$0] : b[$0] })
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    guard dx[1] != nil || dx[2] != nil else { return nil }
    let zero = try p.scalar(0, like: y)
    return try p.select(x[0], dx[1] ?? zero, dx[2] ?? zero)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    let zero = try p.scalar(0, like: yBar)
    return [
      nil,
      linear[1] ? try p.select(x[0], yBar, zero) : nil,
      linear[2] ? try p.select(x[0], zero, yBar) : nil,
    ]
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    if x[1] == x[2] { return x[1] }
    guard let condition = p.fill(of: x[0]) else {
      return try p.onDiagonal(self, x, deciding: [1, 2])
    }
    return condition != 0 ? x[1] : x[2]
  }
  package static let samples = [
    Sample(Self(), .init([2, 3], in: 0...1, .bool), .init([2, 3]), .init([2, 3])),
    Sample(
      Self(), .init([3], in: 0...1, .bool), .init([3], .int64), .init([3], .int64)),
  ]
}

/// The same number in another element type; reals become whole numbers as `Tensor.whole` has it, and
/// anything but zero is true.
package struct Convert: Elementwise {
  package static let name = "convert"
  package let element: ElementType
  package init(_ element: ElementType) { self.element = element }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds {
    // Without its fraction a number may be zero, and what does not fit is far below.
    element.isReal ? x[0] : element == .bool ? .unit : .all
  }

  package var attributes: String { element.rawValue }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    return x[0].with(element)
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if element.isReal {
      return x[0].fill.map { Tensor(type, fill: $0) } ?? Tensor(type, reals: x[0].reals)
    }
    if element == .bool, x[0].type.element.isReal {
      return Tensor(type, integers: x[0].reals.map { $0 != 0 ? 1 : 0 })
    }
    if x[0].type.element.isReal {
      return Tensor(type, integers: x[0].reals.map { Tensor.whole($0, element) })
    }
    return Tensor(type, integers: x[0].integers)
  }
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    guard element.isReal else { return nil }
    return try dx[0].map { try p.convert($0, to: element) }
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.convert(yBar, to: p.type(x[0]).element)] }
  package var kink: String? {
    element.isReal
      ? nil : element == .bool ? "x = 0: false; derivative 0" : "whole x: jumps; derivative 0"
  }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? {
    if element.isReal { return nil }
    return try element == .bool ? p.absolute(x[0]) : p.distanceToTruncation(x[0])
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.type(x[0]).element == element ? x[0] : p.onDiagonal(self, x, deciding: [0])
  }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }
  package static let samples = [
    Sample(Self(.int64), .init([2, 3])),
    Sample(Self(.float64), .init([2, 3], .int64)),
    Sample(Self(.bool), .init([4], values: [0, 0.5, -1, .nan])),
    Sample(Self(.float64), .init([3], in: 0...1, .bool)),
  ]
}
