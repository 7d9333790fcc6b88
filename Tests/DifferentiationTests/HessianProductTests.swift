import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@Suite struct HessianProductTests {
  /// Two outputs, of which each element of x enters few products.
  private static func chain(_ n: Int) throws -> Program {
    try Program.ofVector(n) { p, x in
      let left = try p.slice(x, axis: 0, start: 0, size: n - 1)
      let right = try p.slice(x, axis: 0, start: 1, size: n - 1)
      let pairs = try p.reduceSum(p.tanh(p.multiply(left, right)), over: [0])
      let linear = try p.reduceSum(p.relu(x), over: [0])
      return try p.concatenate([p.reshape(pairs, [1]), p.reshape(linear, [1])], axis: 0)
    }
  }

  private static let programs: [(String, @Sendable () throws -> Program)] = [
    ("dense", { try .dense([4, 6, 3]) }), ("chain", { try chain(7) }),
    ("relu", { try .dense([4, 5, 2]) { try $0.relu($1) } }),
  ]

  @Test("H·v equals the matrix times v, and the gradient's difference", arguments: [0, 1, 2])
  func product(_ choice: Int) throws {
    let program = try Self.programs[choice].1()
    var random = Random(seed: 3)
    let x = random.tensor(program.inputTypes[0], in: 0.2...1)
    let weights = random.tensor(program.outputTypes[0])
    let v = random.tensor(program.inputTypes[0])
    let derivative = try program.hessianProduct()
    try derivative.check()
    #expect(derivative.inputs.count == 3 && derivative.outputTypes == program.inputTypes)
    // No value of it is as large as the matrix.
    let n = program.inputTypes[0].count
    let product = try derivative.evaluate([x, weights, v])[0]
    let rows = try program.hessian().evaluate([x, weights])[0].rows
    let expected = rows.map { zip($0, v.reals).reduce(0) { $0 + $1.0 * $1.1 } }
    for (a, b) in zip(product.reals, expected) { #expect(isClose(a, b, 1e-12)) }
    let difference = try program.weightedGradient().differences(
      at: [x, weights], along: [v, Tensor(weights.type, fill: 0.0)])[0]
    for (a, b) in zip(product.reals, difference.reals) { #expect(isClose(a, b, 1e-8)) }
    for row in 0..<n {
      for column in 0..<n { #expect(isClose(rows[row][column], rows[column][row], 1e-12)) }
    }
  }

  @Test("H·v of a long chain stays linear in its length")
  func matrixFree() throws {
    let program = try Self.chain(3000)
    let largest = try program.hessianProduct().nodes.map(\.type.count).max() ?? 0
    #expect(largest <= 2 * 3000)
  }

  @Test("The structure of the Hessian is that of the products in it")
  func structure() throws {
    let n = 7
    let pattern = try Self.chain(n).hessianPattern()
    // Each element meets itself and its neighbours; the relu output adds nothing.
    for (row, columns) in pattern.rows.enumerated() {
      #expect(columns.map(Int.init) == (0..<n).filter { abs($0 - row) <= 1 })
    }
    let relu = try Program.dense([4, 5, 2]) { try $0.relu($1) }
    #expect(try relu.hessianPattern().isIndependent)
    let linear = try Program.dense([4, 2])
    #expect(try linear.hessianPattern().isIndependent)
    let dense = try Program.dense([4, 6, 3]).hessianPattern()
    #expect(dense.rows.allSatisfy { $0.count == 4 })
  }
}
