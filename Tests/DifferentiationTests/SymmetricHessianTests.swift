import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Both ways to a Hessian.
@Suite struct SymmetricHessianTests {
  /// Compares them at a point and returns the symmetric one.
  @discardableResult
  private func verified(
    _ program: Program, at point: Tensor? = nil, seed: UInt64 = 61,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Program {
    let symmetric = try #require(try program.symmetricHessian())
    let jacobian = try program.jacobianOfGradient()
    try symmetric.check()
    #expect(symmetric.inputTypes == jacobian.inputTypes)
    #expect(symmetric.outputTypes == jacobian.outputTypes)
    var random = Random(seed: seed)
    let arguments = [
      point ?? random.tensor(program.inputTypes[0]), random.tensor(program.outputTypes[0]),
    ]
    let rows = try symmetric.evaluate(arguments)[0].rows
    let expected = try jacobian.evaluate(arguments)[0].rows
    let scale = max(1, expected.joined().lazy.map(abs).max() ?? 0)
    for (row, column) in rows.indices.flatMap({ row in rows.indices.map { (row, $0) } }) {
      #expect(
        isClose(rows[row][column], expected[row][column], 1e-12, scale: scale),
        "[\(row), \(column)]\n\(program)\n\(symmetric)", sourceLocation: sourceLocation)
      #expect(
        isClose(rows[row][column], rows[column][row], 1e-14, scale: scale),
        "[\(row), \(column)]\n\(program)", sourceLocation: sourceLocation)
    }
    return symmetric
  }

  @Test("Random programs", arguments: 5000..<5150 as Range<UInt64>)
  func random(seed: UInt64) throws {
    try verified(RandomProgram.make(seed: seed), seed: seed)
  }

  @Test("Every primitive", arguments: PrimitiveCase.real)
  func primitive(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 62)
    let (plain, x) = try testCase.vectorProgram(testCase.arguments(&random))
    try verified(plain, at: x)
    // Behind a layer that leaves everything in place and ahead of another, so that neither its
    // operands nor its cotangents are plain.
    let n = x.count
    let count = plain.outputTypes[0].count
    let weights = random.tensor(TensorType(x.type.element, [3, count]))
    let mixing = random.tensor(TensorType(x.type.element, [n, n]), in: -1e-3...1e-3)
    let program = try Program.ofVector(n, x.type.element) { p, x in
      let moved = try p.tanh(p.dot(p.constant(mixing), x, [0, 1], [1], [0]))
      let y = try p.inline(plain, [p.add(x, moved)])[plain.outputs[0].index]
      return try p.tanh(p.dot(p.constant(weights), y, [0, 1], [1], [0]))
    }
    try verified(program, at: x)
  }
}
