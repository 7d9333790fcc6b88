import Graph
import Tensors
import TestCases
import Testing

@Suite struct RegistryTests {
  @Test func namesAreUnique() {
    let names = PrimitiveRegistry.all.map { $0.name }
    #expect(Set(names).count == names.count, "\(names.sorted())")
  }

  @Test("Every primitive has samples, except where none can exist")
  func samplesExist() {
    let without = PrimitiveRegistry.all.filter { $0.samples.isEmpty }.map { $0.name }
    #expect(Set(without) == [Input.name, Detach.name])
  }

  @Test("Samples are of the primitive that lists them")
  func samplesBelong() {
    for type in PrimitiveRegistry.all {
      for sample in type.samples { #expect(sample.primitive.name == type.name) }
    }
  }

  @Test("The shape rule gives the type of what evaluate computes", arguments: PrimitiveCase.all)
  func shapeRule(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 1)
    let arguments = testCase.arguments(&random)
    let type = try testCase.resultType
    let result = try testCase.primitive.evaluate(arguments, type)
    #expect(result.type == type)
    #expect((type.element.isReal ? result.reals.count : result.integers.count) == type.count)
  }

  @Test("A wrong number of operands is refused", arguments: PrimitiveCase.all)
  func operandCount(_ testCase: PrimitiveCase) {
    let types = testCase.operands.map(\.type)
    // Concatenate takes any number; leaves take whatever they are given, which is nothing.
    guard !(testCase.primitive is Concatenate), !types.isEmpty else { return }
    #expect(throws: NetJacError.self) { try testCase.primitive.type(of: types + types) }
    #expect(throws: NetJacError.self) { try testCase.primitive.type(of: []) }
  }

  @Test(
    "What the builder makes of a primitive evaluates to the same", arguments: PrimitiveCase.all)
  func simplification(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 2)
    let arguments = testCase.arguments(&random)
    let plain = try testCase.program()
    let p = ProgramBuilder()
    let values = try p.inline(plain, plain.inputTypes.map(p.input))
    let simplified = p.program(outputs: plain.outputs.map { values[$0.index] })
    try simplified.check()
    let difference = try disagreement(simplified.evaluate(arguments), plain.evaluate(arguments))
    #expect(difference == nil, "\(simplified)")
  }

  @Test("Constant operands fold to what evaluate computes", arguments: PrimitiveCase.all)
  func folding(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 3)
    let arguments = testCase.arguments(&random)
    let p = ProgramBuilder()
    let y = try p.add(testCase.primitive, arguments.map(p.constant))
    let expected = try testCase.primitive.evaluate(arguments, testCase.resultType)
    let folded = try #require(try p.constantTensor(of: y))
    #expect(disagreement([folded], [expected]) == nil)
  }
}
