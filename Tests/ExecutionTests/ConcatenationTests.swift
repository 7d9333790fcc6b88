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

  @Test(
    "within concatenations take what products read, too, as gates of a recurrent layer do",
    arguments: [ElementType.float64, .float32])
  func gates(_ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 23)
    let x = try p.input(TensorType(element, [4, 16]))
    let weights = try p.constant(random.tensor(TensorType(element, [32, 16])))
    var state = x
    var steps: [Value] = []
    for _ in 0..<3 {
      let gates = try p.concatenate([p.tanh(state), p.add(Sine(), [state])], axis: 1)
      steps.append(try p.reshape(gates, [4, 1, 32]))
      state = try p.dot(gates, weights, [0, 1], [1, 2], [0, 2])
    }
    let all = try p.concatenate(steps, axis: 1)
    for set in InstructionSet.available {
      try expectAgreement(
        p.program(outputs: [all, state]), set, element == .float64 ? 1e-13 : 1e-5
      ) { names in !names.contains("copy") }
      // Elementwise work would read rows apart one by one: such gates stay together.
      try expectAgreement(
        p.program(outputs: [all, state, try p.tanh(p.reshape(steps[0], [128]))]), set,
        element == .float64 ? 1e-13 : 1e-5
      ) { names in names.contains("copy") }
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
