import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@Suite struct HessianTests {
  private func hessian(_ program: Program, _ x: Tensor, _ weights: Tensor) throws -> [[Double]] {
    let hessian = try program.hessian()
    try hessian.check()
    #expect(hessian.inputTypes == [x.type, weights.type])
    return try hessian.evaluate([x, weights])[0].rows
  }

  @Test(
    "Symmetric, and the differences of gradients", arguments: [[3, 5, 4], [5, 4, 2], [2, 9, 1]])
  func dense(_ sizes: [Int]) throws {
    let program = try Program.dense(sizes)
    var random = Random(seed: 31)
    let x = random.tensor(program.inputTypes[0])
    let weights = random.tensor(program.outputTypes[0])
    let rows = try hessian(program, x, weights)
    let gradient = try program.weightedGradient()
    for column in 0..<sizes[0] {
      var unit = [Double](repeating: 0, count: sizes[0])
      unit[column] = 1
      let direction = [Tensor(x.type, reals: unit), Tensor(weights.type, fill: 0.0)]
      let differences = try gradient.differences(at: [x, weights], along: direction)[0].reals
      for row in 0..<sizes[0] {
        #expect(isClose(rows[row][column], differences[row], 1e-9))
        #expect(isClose(rows[row][column], rows[column][row], 1e-13))
      }
    }
  }

  @Test("A linear program has none, a square twice its weights")
  func simple() throws {
    var random = Random(seed: 32)
    let linear = try Program.dense([4, 3])
    let flat = try hessian(
      linear, random.tensor(linear.inputTypes[0]), random.tensor(linear.outputTypes[0]))
    #expect(flat == [[Double]](repeating: [0, 0, 0, 0], count: 4))

    let square = try Program.ofVector(3) { p, x in try p.multiply(x, x) }
    let weights = Tensor(square.outputTypes[0], reals: [1, -2, 0.5])
    let rows = try hessian(square, random.tensor(square.inputTypes[0]), weights)
    #expect(rows == [[2, 0, 0], [0, -4, 0], [0, 0, 1]])
  }

  @Test func independentAndSame() throws {
    let zeros = [[0.0, 0], [0, 0]]
    for body: (ProgramBuilder, Value) throws -> Value in [
      { p, x in try p.constant(Tensor(p.type(x), fill: 1.0)) }, { _, x in x },
      { p, x in try p.sign(x) },
    ] {
      let program = try Program.ofVector(2, .float64, body)
      let one = Tensor(program.inputTypes[0], fill: 1.0)
      #expect(try hessian(program, one, one) == zeros)
    }
  }

  @Test("Third derivatives: the Jacobian of a flattened Hessian")
  func thirdOrder() throws {
    let program = try Program.dense([3, 4, 1])
    let hessian = try program.hessian()
    let p = ProgramBuilder()
    let x = try p.input(hessian.inputTypes[0])
    let values = try p.inline(hessian, [x, p.constant(Tensor(hessian.inputTypes[1], fill: 1.0))])
    let flattened = p.program(outputs: [try p.reshape(values[hessian.outputs[0].index], [9])])
    let jacobian = try Jacobian.program(of: flattened)
    var random = Random(seed: 33)
    let point = random.tensor(x: flattened)
    let result = try jacobian.program.evaluate([point])[1]
    let rows = result.rows
    for column in 0..<3 {
      var unit = [0.0, 0, 0]
      unit[column] = 1
      let differences = try flattened.differences(
        at: [point], along: [Tensor(point.type, reals: unit)])[0].reals
      for row in 0..<9 {
        let value = jacobian.layout.isTransposed ? rows[column][row] : rows[row][column]
        #expect(isClose(value, differences[row], 1e-9))
      }
    }
  }
}

extension Random {
  fileprivate mutating func tensor(x program: Program) -> Tensor { tensor(program.inputTypes[0]) }
}
