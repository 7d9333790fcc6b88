import Graph
import Tensors
import Testing

@Suite("Diagonals that are written to a file")
struct SavedDiagonalTests {
  @Test("the diagonal of truth values is written with numbers")
  func diagonals() throws {
    let type = { (batch: Int) in TensorType(.float64, [batch, 3, 3]) }
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder()
      let x = try p.input(type(batch))
      let isPositive = try p.compare(.greater, x, p.scalar(0, like: x))
      let part = try p.add(DiagonalPart(), [isPositive])
      let square = try p.add(Diagonal(), [part])
      return p.program(outputs: [try p.convert(square, to: .float64)])
    }
    try SavedProgram(make).expectSame(as: make, type, seed: 18)
  }
}
