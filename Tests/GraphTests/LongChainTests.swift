import Graph
import Tensors
import Testing

/// What looks below a node looks a bounded number of nodes down.
@Suite("Simplifications below long chains") struct LongChainTests {
  private static let length = 100_000

  @Test("a logarithm of a long sum, of a long product, and the square of one")
  func chains() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [2]))
    var sum = try p.exponential(x)
    var product = x
    for k in 1...Self.length {
      sum = try p.add(sum, x)
      product = try p.multiply(product, p.scalar(1 + 1 / Double(k), like: x))
    }
    let y = try p.add(p.logarithm(sum), p.logarithm(product))
    let z = try p.add(y, p.multiply(product, product))
    #expect(p.program(outputs: [z]).nodes.count > Self.length)
  }
}
