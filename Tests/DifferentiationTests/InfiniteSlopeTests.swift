import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Where some slopes are infinite or not numbers, a sparse Jacobian says the same as one made of single columns or
/// rows: what is infinite along one column stays out of those that share its seed.
@Suite struct InfiniteSlopeTests {
  struct Network: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let body: @Sendable (ProgramBuilder, Value) throws -> Value
  }

  private static let points = 24
  private static let x: [Double] = (0..<points).map { $0 % 5 == 2 ? 0 : 0.25 + Double($0 % 7) }

  private static func convolved(
    _ x: Value, _ kernel: [Double], in p: ProgramBuilder
  ) throws -> Value {
    let kernel = try p.constant(Tensor(TensorType(.float64, [3]), reals: kernel))
    let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: points)]), [x])
    return try p.dot(kernel, windows, [0], [0, 1], [1])
  }

  private static func neighbours(_ x: Value, in p: ProgramBuilder) throws -> Value {
    try p.subtract(
      p.slice(x, axis: 0, start: 1, size: points - 1),
      p.slice(x, axis: 0, start: 0, size: points - 1))
  }

  static let networks: [Network] = [
    .init(testDescription: "roots, convolved") { p, x in
      try convolved(p.squareRoot(x), [0.5, -1, 2], in: p)
    },
    .init(testDescription: "roots, convolved with a kernel that has a zero") { p, x in
      try convolved(p.squareRoot(x), [0.5, 0, 2], in: p)
    },
    .init(testDescription: "roots of a convolution of roots") { p, x in
      let inner = try convolved(p.squareRoot(x), [0.5, 1, 2], in: p)
      return try convolved(
        p.squareRoot(p.relu(p.subtract(inner, p.scalar(4, like: inner)))), [1, 2, 3], in: p)
    },
    .init(testDescription: "logarithms, their differences") { p, x in
      try neighbours(p.logarithm(x), in: p)
    },
    .init(testDescription: "x·log x") { p, x in try p.multiply(x, p.logarithm(x)) },
    .init(testDescription: "differences of x·log x, convolved") { p, x in
      let y = try convolved(p.multiply(x, p.logarithm(x)), [1, -2, 1], in: p)
      return try neighbours(y, in: p)
    },
    .init(testDescription: "powers, convolved twice") { p, x in
      let inner = try convolved(p.power(x, p.scalar(0.25, like: x)), [1, 2, 0.5], in: p)
      return try convolved(p.squareRoot(inner), [1, 2, 3], in: p)
    },
    .init(testDescription: "roots beside what they do not touch") { p, x in
      try p.concatenate([p.squareRoot(x), p.tanh(x), neighbours(p.squareRoot(x), in: p)], axis: 0)
    },
    .init(testDescription: "one row for all, and a diagonal") { p, x in
      try p.concatenate(
        [p.reshape(p.reduceSum(p.squareRoot(x), over: [0]), [1]), p.squareRoot(x)], axis: 0)
    },
  ]

  private func same(_ a: Double, _ b: Double) -> Bool {
    a == b || a.isNaN && b.isNaN || abs(a - b) <= 1e-14 * abs(b)
  }

  @Test("sparse and dense agree at infinite slopes", arguments: networks)
  func agreement(_ network: Network) throws {
    let program = try Program.ofVector(Self.points) { try network.body($0, $1) }
    let argument = Tensor(program.inputTypes[0], reals: Self.x)
    let count = program.outputTypes[0].count
    let columns = try program.columnwiseJacobian(at: [argument])
    let sparse = try SparseJacobian(of: program)
    let found = try sparse.matrix(of: program, at: [argument])
    let pattern = try program.jacobianPattern()
    var special = 0
    for row in 0..<count {
      let unit = (0..<count).map { $0 == row ? 1.0 : 0 }
      let rows = try program.cotangents(
        at: [argument], of: [Tensor(program.outputTypes[0], reals: unit)])[0].reals
      for column in 0..<Self.points {
        let place = "\(network.testDescription) at \(row), \(column)"
        // A known zero times an infinite slope is no number in a product forwards, and the structure says 0.
        #expect(
          same(found[row][column], columns[row][column])
            || columns[row][column].isNaN && !pattern.rows[row].contains(Int32(column)),
          "\(place): \(found[row][column]), forwards \(columns[row][column])")
        #expect(
          same(found[row][column], rows[column]),
          "\(place): \(found[row][column]), backwards \(rows[column])")
        if !pattern.rows[row].contains(Int32(column)) {
          #expect(found[row][column] == 0, "\(place)")
        }
        special += found[row][column].isFinite ? 0 : 1
      }
    }
    #expect(special > 0, "\(network.testDescription)")
    #expect(sparse.seedCount < Self.points || program.outputTypes[0].count > 2 * Self.points)
  }
}
