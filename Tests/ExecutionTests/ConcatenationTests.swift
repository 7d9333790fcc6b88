import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Parts of a concatenation that are computed where they are needed.
@Suite("Concatenations")
struct ConcatenationTests {
  @Test(
    "take parts in place or by a copy",
    arguments: [[1, 1], [1, 12], [1, 40], [5, 3], [5, 16], [64, 12], [64, 1], [7, 40]], [0, 1])
  func inPlace(_ dims: [Int], _ axis: Int) throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, Shape(dims)))
    let twice = try p.multiply(x, p.scalar(2, like: x))
    let parts = [try p.add(Sine(), [twice]), x, try p.add(Cosine(), [twice]), try p.tanh(x)]
    let joined = try p.concatenate(parts, axis: axis)
    // One part is used elsewhere too, and what is joined is joined again.
    let again = try p.concatenate([p.tanh(joined), joined], axis: axis)
    for outputs in [[joined], [again], [try p.tanh(joined), parts[3]]] {
      let program = p.program(outputs: outputs)
      var random = Random(seed: 21)
      let arguments = program.inputTypes.map { random.tensor($0) }
      let found = try Executable.compile(program).tensors(arguments)
      let disagreement = disagreement(found, try program.evaluate(arguments), 1e-13)
      #expect(disagreement == nil)
    }
  }

  @Test("of known parts are computed once, and their parts never again")
  func known() throws {
    let p = ProgramBuilder()
    var random = Random(seed: 22)
    let x = try p.input(TensorType(.float64, [3]))
    let known = try p.add(
      Diagonal(), [p.constant(random.tensor(TensorType(.float64, [3])))])
    let parts = try (0..<3).map { try p.negate(p.slice(known, axis: 1, start: $0, size: 1)) }
    let joined = try p.concatenate(
      [p.add(parts[0], parts[1]), p.add(parts[1], parts[2]), parts[0]], axis: 1)
    let program = p.program(outputs: [try p.tanh(x), joined])
    let executable = try Executable.compile(program)
    #expect(executable.kernelNames.count == 2, "\(executable.kernelNames)")
    let arguments = [random.tensor(TensorType(.float64, [3]))]
    let disagreement = disagreement(
      try executable.tensors(arguments), try program.evaluate(arguments), 1e-14)
    #expect(disagreement == nil)
  }
}
