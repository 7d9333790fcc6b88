import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Jacobians by diagonals.
@Suite("Bands")
struct BandTests {
  @Test("a network along a line is differentiated by diagonals", arguments: LineNetwork.all)
  func line(_ network: LineNetwork) throws {
    let program = try network.program()
    let sparse = try verifiedSparse(program)
    #expect(sparse.summary.hasSuffix("by diagonals"), "\(sparse.summary)")
    // The same values make the dense matrix.
    var random = Random(seed: 42)
    let x = [random.tensor(program.inputTypes[0])]
    let jacobian = try verified(program)
    #expect(jacobian.order.contains("diagonals"))
    #expect(!jacobian.layout.isTransposed)
    #expect(
      try jacobian.program.evaluate(x)[1].rows == sparse.matrix(of: program, at: x))
  }

  @Test("takes fewer multiply-adds than seeds do")
  func cost() throws {
    let program = try LineNetwork.all[0].program()
    let jacobian = try Jacobian.program(of: program)
    // Of 7 seeds each, the layers' 3·4·3 and 3·3 terms; the band's are those of its diagonals.
    #expect(jacobian.cost.chosen < 7 * 40 * (36 + 9))
  }

  @Test("what mixes points far apart leaves no band")
  func noBand() throws {
    let network = try Program.ofVector(32) { p, x in
      let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 32)]), [x])
      let kernel = try p.constant(Tensor(TensorType(.float64, [3]), reals: [1, -2, 1]))
      let y = try p.tanh(p.dot(kernel, windows, [0], [0, 1], [1]))
      return try p.multiply(y, p.reverse(x, [0]))
    }
    #expect(try !verifiedSparse(network).summary.contains("diagonals"))
  }

  @Test("absurd steps and margins leave no band, and no harm")
  func absurd() throws {
    for window in [
      WindowAxis(size: 3, dilation: 1 << 28, low: 1 << 28, count: 32),
      WindowAxis(size: 1, low: (1 << 30) - 1, count: 32),
      WindowAxis(size: 3, dilation: 1 << 9, low: 1 << 9, count: 32),
    ] {
      let network = try Program.ofVector(32) { p, x in
        var y = x
        let kernel = try p.constant(
          Tensor(TensorType(.float64, [window.size]), reals: (1...window.size).map(Double.init)))
        for _ in 0..<3 {
          let windows = try p.add(Window([window]), [y])
          y = try p.tanh(p.add(x, p.dot(kernel, windows, [0], [0, 1], [1])))
        }
        return y
      }
      try verifiedSparse(network)
    }
  }
}
