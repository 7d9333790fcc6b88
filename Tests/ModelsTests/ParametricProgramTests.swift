import Graph
import Models
import Tensors
import Testing

struct ParametricProgramTests {
  @Test("where a format knows no parameters, arrays of different floats are taken for them")
  func constants() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [3]))
    let weights = Tensor(TensorType(.float64, [3]), reals: [1, 2, 3])
    let scaled = try p.multiply(x, p.constant(weights))
    let shifted = try p.add(scaled, p.scalar(0.5, like: x))
    let program = p.program(outputs: [shifted])
    let parametric = try ParametricProgram(constantsOf: program)
    #expect(parametric.parameters.map(\.name) == ["constant1"])
    #expect(parametric.parameters[0].value == weights)
    #expect(parametric.inputCount == 1)

    let point = Tensor(TensorType(.float64, [3]), reals: [1, 1, 1])
    let same = try parametric.specialised().evaluate([point])
    #expect(same[0].reals == [1.5, 2.5, 3.5])
    let other = Tensor(weights.type, reals: [4, 5, 6])
    let changed = try parametric.with(values: [other]).specialised()
    let moved = try changed.evaluate([point])[0].reals
    #expect(moved == [4.5, 5.5, 6.5])
  }
}
