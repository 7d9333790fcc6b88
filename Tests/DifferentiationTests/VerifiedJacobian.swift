import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Checks values in whatever orientation they came against columns by forward mode.
func verified(
  _ program: Program, seed: UInt64 = 5, sourceLocation: SourceLocation = #_sourceLocation
) throws -> JacobianProgram {
  var random = Random(seed: seed)
  let x = [random.tensor(program.inputTypes[0])]
  let jacobian = try Jacobian.program(of: program)
  try jacobian.program.check()
  let results = try jacobian.program.evaluate(x)
  #expect(
    disagreement([results[0]], try program.evaluate(x)) == nil, sourceLocation: sourceLocation)
  let expected = try program.columnwiseJacobian(at: x)
  let (n, m) = (program.inputTypes[0].count, program.outputTypes[0].count)
  #expect(
    results[1].shape.dims == (jacobian.isTransposed ? [n, m] : [m, n]),
    sourceLocation: sourceLocation)
  let rows = results[1].rows
  for row in 0..<m {
    for column in 0..<n {
      let value = jacobian.isTransposed ? rows[column][row] : rows[row][column]
      #expect(
        isClose(value, expected[row][column], 1e-12), "row \(row), column \(column)",
        sourceLocation: sourceLocation)
    }
  }
  return jacobian
}
