import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@Suite struct JacobianCostTests {
  @Test("Costs beyond all numbers are compared, not trapped on")
  func hugeCosts() throws {
    // Unevaluated repetitions of one number: large shapes without memory.
    let program = try Program.ofVector(2) { p, x in
      let wide = Shape([1 << 21, 1 << 10])
      func repeated(_ value: Value) throws -> Value {
        try p.broadcast(p.reduceSum(value, over: Array(0..<p.shape(value).rank)), to: wide)
      }
      var value = try repeated(x)
      for _ in 0..<3 {
        value = try p.tanh(value)
        value = try p.transpose(p.dot(value, value, [0, 1], [0, 2], [1, 2]), [1, 0])
        value = try repeated(value)
      }
      return try p.reshape(p.reduceSum(value, over: [0, 1]), [1])
    }
    let jacobian = try Jacobian.program(of: program)
    #expect(jacobian.cost.chosen > 0)
    #expect(jacobian.cost.chosen <= min(jacobian.cost.forward, jacobian.cost.reverse))
  }
}
