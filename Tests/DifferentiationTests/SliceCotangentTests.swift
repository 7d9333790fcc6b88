import Differentiation
import Graph
import Tensors
import Testing

struct SliceCotangentTests {
  @Test(
    "cotangents of slices that tile an array are joined, in any order",
    arguments: [
      [0, 1, 2, 3], [3, 0, 2, 1],
    ])
  func joined(_ order: [Int]) throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [1, 8]))
    let z = try p.tanh(x)
    var y: Value?
    for part in order {
      let slice = try p.slice(z, axis: 1, start: 2 * part, size: 2)
      y = try p.sum(y, p.sine(slice))
    }
    let output = try #require(y)
    let pulled = try p.program(outputs: [output]).vjp()
    #expect(!pulled.nodes.contains { $0.primitive is Pad })
    #expect(pulled.nodes.filter { $0.primitive is Concatenate }.count == 1)
    try pulled.check()
  }
}
