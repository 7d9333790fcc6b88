import Tensors

/// A primitive that computes each element of its result from the same element of its operands, all
/// of one shape.
package protocol Elementwise: Primitive {}

extension Elementwise {
  func expectEqualShapes(_ x: [TensorType]) throws {
    for operand in x.dropFirst() where operand.shape != x[0].shape {
      throw NetJacError(
        .shape,
        "\(name): operands are \(x.map(\.shape.description).joined(separator: " and ")); "
          + "their shapes must be equal")
    }
  }

  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    try p.add(self, zip(x, added).map { try $1 ? $0 : p.prependingAxis($0, size) })
  }

  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern {
    guard type.element.isReal else { return .independent(count: type.count) }
    if x.count == 1 { return x[0] }
    return Pattern(
      rows: try (0..<type.count).map { k in
        try x.reduce(Pattern.Row()) { try Pattern.union($0, $1.rows[k]) }
      })
  }

  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int {
    y.element.isReal ? y.count : 0
  }
}

/// A function of one real number (of a whole number too, where `wholeValue` says so).
///
/// States value and slope; both modes of differentiation follow from the slope.
package protocol UnaryFunction: Elementwise, Nonlinear {
  init()
  func value(_ x: Double) -> Double
  /// The function on whole numbers, or nil if it has none.
  func wholeValue(_ x: Int64) -> Int64?
  /// dy/dx, or nil if it is zero everywhere. `y` is the result at `x`.
  func slope(at x: Value, _ y: Value, in p: ProgramBuilder) throws -> Value?
}

extension UnaryFunction {
  package func wholeValue(_ x: Int64) -> Int64? { nil }

  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(1, x)
    // Of booleans there are functions with types of their own only, such as Not.
    guard x[0].element.isReal || x[0].element != .bool && wholeValue(0) != nil else {
      throw NetJacError(.shape, "\(name): the operand is \(x[0].element.rawValue); it must be real")
    }
    return x[0]
  }

  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if type.element.isReal {
      if let fill = x[0].fill { return Tensor(type, fill: value(fill)) }
      return Tensor(type, reals: x[0].reals.map(value))
    }
    return Tensor(type, integers: x[0].integers.map { wholeValue($0) ?? 0 })
  }

  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    guard let dx = dx[0], let slope = try slope(at: x[0], y, in: p) else { return nil }
    return try p.scaled(dx, by: slope)
  }
}

/// A function of two numbers.
package protocol BinaryFunction: Elementwise {
  func value(_ a: Double, _ b: Double) -> Double
  /// The function on whole numbers, or nil if it has none.
  func wholeValue(_ a: Int64, _ b: Int64) -> Int64?
  /// Whether it has a meaning for booleans, which is that for the whole numbers 0 and 1.
  var takesBooleans: Bool { get }
}

extension BinaryFunction {
  package var takesBooleans: Bool { false }

  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(2, x)
    try expectEqualShapes(x)
    guard x[0].element == x[1].element else {
      throw NetJacError(
        .shape,
        "\(name): operands are \(x[0].element.rawValue) and \(x[1].element.rawValue); their types "
          + "must be equal")
    }
    let takesWholes = wholeValue(1, 1) != nil
    guard x[0].element.isReal || (x[0].element == .bool ? takesBooleans : takesWholes) else {
      throw NetJacError(
        .shape,
        "\(name): operands are \(x[0].element.rawValue); they must be "
          + (takesWholes ? "real or whole numbers" : "real"))
    }
    return x[0]
  }

  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    if type.element.isReal {
      if let a = x[0].fill, let b = x[1].fill { return Tensor(type, fill: value(a, b)) }
      return Tensor(type, reals: zip(x[0].reals, x[1].reals).map(value))
    }
    return Tensor(
      type, integers: zip(x[0].integers, x[1].integers).map { wholeValue($0, $1) ?? 0 })
  }
}
