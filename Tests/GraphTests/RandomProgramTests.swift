import Graph
import Tensors
import TestCases
import Testing

@Suite struct RandomProgramTests {
  @Test("Sharing and simplification keep every value", arguments: 0..<200 as Range<UInt64>)
  func simplification(seed: UInt64) throws {
    let plain = try RandomProgram.make(seed: seed)
    try plain.check()
    let p = ProgramBuilder()
    let values = try p.inline(plain, plain.inputTypes.map(p.input))
    let simplified = p.program(outputs: plain.outputs.map { values[$0.index] })
    try simplified.check()
    // All nodes, not only what the output needs.
    let both = Program(
      nodes: p.nodes, inputs: p.inputs,
      outputs: plain.nodes.indices.map { values[$0] })
    try both.check()
    var random = Random(seed: seed)
    let x = plain.inputTypes.map { random.tensor($0) }
    let all = Program(
      nodes: plain.nodes, inputs: plain.inputs, outputs: plain.nodes.indices.map(Value.init))
    #expect(try disagreement(both.evaluate(x), all.evaluate(x)) == nil, "\(plain)\n\(both)")
    #expect(try disagreement(simplified.evaluate(x), plain.evaluate(x)) == nil)

    // A second pass finds nothing that the first one left.
    let again = ProgramBuilder()
    let second = try again.inline(simplified, simplified.inputTypes.map(again.input))
    let repeated = again.program(outputs: simplified.outputs.map { second[$0.index] })
    #expect(try disagreement(repeated.evaluate(x), simplified.evaluate(x)) == nil)
    #expect(repeated.nodes.count <= simplified.nodes.count)
  }
}
