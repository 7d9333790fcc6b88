import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// The derivatives that NetJac promises where there is no derivative.
@Suite struct KinkTests {
  struct Kink: CustomTestStringConvertible, Sendable {
    let name: String
    let x: [Double]
    let jacobian: [[Double]]
    let body: @Sendable (ProgramBuilder, Value) throws -> Value
    var testDescription: String { "\(name) at \(x)" }
  }

  private static func pair(
    _ primitive: any Primitive
  ) -> @Sendable (ProgramBuilder, Value) throws -> Value {
    { p, x in
      try p.add(
        primitive,
        [p.slice(x, axis: 0, start: 0, size: 1), p.slice(x, axis: 0, start: 1, size: 1)])
    }
  }

  private static func whole(
    _ primitive: any Primitive
  ) -> @Sendable (ProgramBuilder, Value) throws -> Value {
    { p, x in
      let y = try p.add(primitive, [x])
      return try p.reshape(y, [p.shape(y).count])
    }
  }

  private static let third = 1.0 / 3

  static let table: [Kink] = [
    Kink(name: "relu", x: [0], jacobian: [[0]], body: whole(Relu())),
    Kink(name: "relu", x: [-0.0], jacobian: [[0]], body: whole(Relu())),
    Kink(
      name: "relu", x: [-1, 0, 2], jacobian: [[0, 0, 0], [0, 0, 0], [0, 0, 1]], body: whole(Relu())),
    Kink(name: "abs", x: [0], jacobian: [[0]], body: whole(Absolute())),
    Kink(name: "abs", x: [-2, 3], jacobian: [[-1, 0], [0, 1]], body: whole(Absolute())),
    Kink(name: "sign", x: [0], jacobian: [[0]], body: whole(Sign())),
    Kink(name: "step", x: [0], jacobian: [[0]], body: whole(Step())),
    Kink(name: "floor", x: [1], jacobian: [[0]], body: whole(Floor())),
    Kink(name: "ceil", x: [1], jacobian: [[0]], body: whole(Ceiling())),
    Kink(name: "round", x: [0.5], jacobian: [[0]], body: whole(Round())),
    Kink(name: "trunc", x: [-1], jacobian: [[0]], body: whole(Truncate())),
    Kink(name: "maximum", x: [1, 1], jacobian: [[0.5, 0.5]], body: pair(Extreme(.maximum))),
    Kink(name: "maximum", x: [1, 2], jacobian: [[0, 1]], body: pair(Extreme(.maximum))),
    Kink(name: "minimum", x: [1, 1], jacobian: [[0.5, 0.5]], body: pair(Extreme(.minimum))),
    Kink(name: "minimum", x: [1, 2], jacobian: [[1, 0]], body: pair(Extreme(.minimum))),
    Kink(name: "maximum", x: [0, -0.0], jacobian: [[0.5, 0.5]], body: pair(Extreme(.maximum))),
    Kink(
      name: "maximum with a constant", x: [2], jacobian: [[0.5]],
      body: { p, x in try p.maximum(x, p.scalar(2, like: x)) }),
    Kink(
      name: "reduce-max", x: [3, 1, 3, 3], jacobian: [[third, 0, third, third]],
      body: whole(ReduceExtreme(.maximum, [0]))),
    Kink(
      name: "reduce-min", x: [1, 1, 3], jacobian: [[0.5, 0.5, 0]],
      body: whole(ReduceExtreme(.minimum, [0]))),
    Kink(
      name: "power 0", x: [0], jacobian: [[0]],
      body: { p, x in try p.power(x, p.scalar(0, like: x)) }),
    Kink(
      name: "power 1 + 0·x", x: [0], jacobian: [[1]],
      body: { p, x in try p.power(x, p.add(p.detach(x), p.scalar(1, like: x))) }),
    Kink(
      name: "powers 0 to 3", x: [0, 0, 0, 0],
      jacobian: [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
      body: { p, x in
        try p.power(x, p.constant(Tensor(TensorType(.float64, [4]), reals: [0, 1, 2, 3])))
      }),
    Kink(
      name: "square", x: [0], jacobian: [[0]],
      body: { p, x in try p.power(x, p.scalar(2, like: x)) }),
    Kink(
      name: "sort", x: [2, 1, 1], jacobian: [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
      body: { p, x in try p.gather(x, p.add(SortOrder(descending: false), [x])) }),
    Kink(
      name: "detach", x: [2], jacobian: [[3]],
      body: { p, x in
        try p.add(p.multiply(x, p.scalar(3, like: x)), p.multiply(p.detach(x), p.detach(x)))
      }),
  ]

  @Test("Both modes give the stated derivative", arguments: table)
  func convention(_ kink: Kink) throws {
    let program = try Program.ofVector(kink.x.count, .float64, kink.body)
    let x = Tensor(program.inputTypes[0], reals: kink.x)
    #expect(try program.columnwiseJacobian(at: [x]) == kink.jacobian)
    let m = program.outputTypes[0].count
    for row in 0..<m {
      var unit = [Double](repeating: 0, count: m)
      unit[row] = 1
      let cotangents = try program.cotangents(
        at: [x], of: [Tensor(program.outputTypes[0], reals: unit)])
      #expect(cotangents[0].reals == kink.jacobian[row])
    }
    let jacobian = try Jacobian.program(of: program)
    let rows = try jacobian.program.evaluate([x])[1].rows
    for row in 0..<m {
      for column in kink.x.indices {
        let value = jacobian.layout.isTransposed ? rows[column][row] : rows[row][column]
        #expect(value == kink.jacobian[row][column])
      }
    }
  }

  @Test("Second derivatives at kinks are those beside them, not undefined", arguments: table)
  func secondDerivative(_ kink: Kink) throws {
    let program = try Program.ofVector(kink.x.count, .float64, kink.body)
    let weights = Tensor(program.outputTypes[0], fill: 1.0)
    let x = Tensor(program.inputTypes[0], reals: kink.x)
    let hessian = try program.hessian().evaluate([x, weights])[0].rows
    for (row, columns) in hessian.enumerated() {
      for (column, value) in columns.enumerated() {
        let isSquare = kink.name == "square" || kink.name == "powers 0 to 3" && row == 2
        #expect(value == (isSquare && row == column ? 2 : 0), "\(hessian)")
      }
    }
  }

  @Test(
    "NaN stays NaN through what compares",
    arguments: [
      whole(Relu()), whole(Absolute()), whole(Sign()), whole(ReduceExtreme(.maximum, [0])),
      whole(ReduceExtreme(.minimum, [0])), pair(Extreme(.maximum)), pair(Extreme(.minimum)),
    ])
  func notANumber(_ body: @Sendable (ProgramBuilder, Value) throws -> Value) throws {
    let program = try Program.ofVector(2, .float64, body)
    for x in [[Double.nan, 1], [1, .nan]] {
      let y = try program.evaluate([Tensor(program.inputTypes[0], reals: x)])[0].reals
      #expect(y.contains { $0.isNaN })
    }
  }
}
