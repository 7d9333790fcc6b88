import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Zeros that come from a branch not taken or an argument that is cut off stay zero, whatever slope they
/// meet, in every mode of differentiation.
@Suite struct SingularSlopeTests {
  struct Point: CustomTestStringConvertible, Sendable {
    let primitive: any Primitive
    let operands: [Double]
    var testDescription: String { "\(primitive.name) \(primitive.attributes) at \(operands)" }

    /// The primitive of operands that move with x and have this point's values at it.
    func applied(to x: Value, at numbers: [Double], in p: ProgramBuilder) throws -> Value {
      try p.add(
        primitive,
        operands.map { operand in
          let offsets = numbers.map { operand - $0 }
          return try p.add(x, p.constant(Tensor(p.type(x), reals: offsets)))
        })
    }

    /// The primitive of operands that were cut off at this point.
    func appliedToConstants(
      where isFree: Value, else x: Value, in p: ProgramBuilder
    ) throws -> Value {
      try p.add(
        primitive, operands.map { try p.select(isFree, x, p.scalar($0, like: x)) })
    }
  }

  private static let numbers: [Double] = [
    0, 1, -1, -0.5, 2, 800, -800, 1e160, 1e-200, 1e300,
  ]
  private static let few: [Double] = [0, -1, 0.5, 1e160]

  static let functions: [any Primitive] = PrimitiveCase.real.map(\.primitive).filter {
    $0 is any UnaryFunction || $0 is any BinaryFunction
  }

  /// Every point of every function where value or slope is no finite number.
  static let singular: [Point] = functions.flatMap { primitive -> [Point] in
    let points =
      primitive is any UnaryFunction
      ? numbers.map { [$0] } : few.flatMap { a in few.map { [a, $0] } }
    return points.map { Point(primitive: primitive, operands: $0) }.filter { point in
      (try? Self.slopes(point).allSatisfy(\.isFinite)) == false
    }
  }

  private static let x = [1.25, 0.5, -0.75]

  private static func slopes(_ point: Point) throws -> [Double] {
    let program = try Program.ofVector(1) { p, x in try point.applied(to: x, at: [1.25], in: p) }
    let argument = Tensor(program.inputTypes[0], reals: [1.25])
    let value = try program.evaluate([argument])[0].reals[0]
    return [value] + (try program.columnwiseJacobian(at: [argument])[0])
  }

  @Test("Functions that can be singular say so", arguments: singular.indices)
  func announced(_ place: Int) throws {
    let point = Self.singular[place]
    // Sums and products overflow, too, but only at numbers that nothing ordinary leads to.
    guard !(point.primitive is Multiply || point.primitive is Add || point.primitive is Subtract),
      point.operands.allSatisfy({ abs($0) < 1e100 })
    else { return }
    #expect(
      point.primitive.isSingular(point.operands.map { _ in .all }), "\(point.testDescription)")
  }

  private static let weights: [Double] = [2, -1, 0, 0.5, 3, 1, -2, 0, 0.25, 1, 0, -0.5]

  /// The derivatives of `Wᵀ·f(x)` in every mode, all equal to the right ones.
  private func check(
    _ what: String, jacobian right: [[Double]], _ body: (ProgramBuilder, Value) throws -> Value
  ) throws {
    let program = try Program.ofVector(3) { p, x in
      let y = try body(p, x)
      let matrix = try p.constant(Tensor(TensorType(.float64, [4, 3]), reals: Self.weights))
      return try p.dot(matrix, y, [0, 1], [1], [0])
    }
    let x = Tensor(program.inputTypes[0], reals: Self.x)
    let ones = Tensor(program.outputTypes[0], fill: 1.0)
    #expect(try program.columnwiseJacobian(at: [x]) == right, "\(what): jvp")
    for row in 0..<4 {
      let unit = (0..<4).map { $0 == row ? 1.0 : 0 }
      let product = try program.cotangents(
        at: [x], of: [Tensor(program.outputTypes[0], reals: unit)])
      #expect(product[0].reals == right[row], "\(what): vjp")
    }
    let jacobian = try Jacobian.program(of: program)
    let rows = try jacobian.program.evaluate([x])[1].rows
    for row in 0..<4 {
      for column in 0..<3 {
        let value = jacobian.layout.isTransposed ? rows[column][row] : rows[row][column]
        #expect(value == right[row][column], "\(what): jacobian")
      }
    }
    #expect(
      try SparseJacobian(of: program).matrix(of: program, at: [x]) == right, "\(what): sparse")
    let zeros = [[Double]](repeating: [0, 0, 0], count: 3)
    for hessian in try program.hessians() {
      #expect(try hessian.evaluate([x, ones])[0].rows == zeros, "\(what): hessian")
    }
    let direction = Tensor(x.type, reals: [1, 2, 3])
    let product = try program.hessianProduct().evaluate([x, ones, direction])[0].reals
    #expect(product == [0, 0, 0], "\(what): hvp")
  }

  private static func never(_ x: Value, in p: ProgramBuilder) throws -> Value {
    try p.compare(.greater, x, p.scalar(100, like: x))
  }

  private static let linear = (0..<4).map { row in Array(weights[row * 3..<row * 3 + 3]) }
  private static let zero = [[Double]](repeating: [0, 0, 0], count: 4)

  @Test("A branch that is not taken", arguments: singular.indices)
  func branch(_ place: Int) throws {
    let point = Self.singular[place]
    try check(point.testDescription, jacobian: Self.linear) { p, x in
      try p.select(Self.never(x, in: p), point.applied(to: x, at: Self.x, in: p), x)
    }
  }

  @Test("An argument that is cut off", arguments: singular.indices)
  func cutOff(_ place: Int) throws {
    let point = Self.singular[place]
    try check(point.testDescription, jacobian: Self.zero) { p, x in
      try point.appliedToConstants(where: Self.never(x, in: p), else: x, in: p)
    }
  }

  @Test("A relu that cuts the argument off behind a layer, and one that cuts the result off")
  func layers() throws {
    for (name, function) in [
      ("sqrt", { (p: ProgramBuilder, x: Value) in try p.squareRoot(x) }),
      ("power", { p, x in try p.power(x, p.scalar(0.3, like: x)) }),
      ("root of a product", { p, x in try p.squareRoot(p.multiply(x, x)) }),
    ] {
      try check(name, jacobian: Self.zero) { p, x in
        try function(p, p.relu(p.multiply(p.multiply(x, x), p.scalar(-1, like: x))))
      }
    }
    try check("exp", jacobian: Self.zero) { p, x in
      let huge = try p.exponential(p.add(p.multiply(x, x), p.scalar(800, like: x)))
      return try p.minimum(huge, p.scalar(1, like: x))
    }
  }

  @Test("A mask of zeros")
  func mask() throws {
    try check("mask", jacobian: Self.zero) { p, x in
      let zeros = try p.constant(Tensor(p.type(x), reals: [0, 0, 0]))
      let masked = try p.multiply(p.squareRoot(p.multiply(x, zeros)), zeros)
      return try p.multiply(masked, zeros)
    }
  }
}
