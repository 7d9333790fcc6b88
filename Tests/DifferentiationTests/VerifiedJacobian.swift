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
    results[1].shape.dims == (jacobian.layout.isTransposed ? [n, m] : [m, n]),
    sourceLocation: sourceLocation)
  let rows = results[1].rows
  for row in 0..<m {
    for column in 0..<n {
      let value = jacobian.layout.isTransposed ? rows[column][row] : rows[row][column]
      #expect(
        isClose(value, expected[row][column], 1e-12), "row \(row), column \(column)",
        sourceLocation: sourceLocation)
    }
  }
  return jacobian
}

/// Checks the nonzeros of a sparse Jacobian against columns by forward mode, and that there are no
/// others.
@discardableResult
func verifiedSparse(
  _ program: Program, seed: UInt64 = 22, sourceLocation: SourceLocation = #_sourceLocation
) throws -> SparseJacobian {
  var random = Random(seed: seed)
  let x = [random.tensor(program.inputTypes[0])]
  let sparse = try SparseJacobian(of: program)
  try sparse.program.check()
  let rows = try sparse.matrix(of: program, at: x)
  let expected = try program.columnwiseJacobian(at: x)
  for (row, columns) in rows.enumerated() {
    for (column, value) in columns.enumerated() {
      #expect(
        isClose(value, expected[row][column]), "[\(row), \(column)]",
        sourceLocation: sourceLocation)
    }
  }
  #expect(
    try disagreement([sparse.program.evaluate(x)[0]], program.evaluate(x)) == nil,
    sourceLocation: sourceLocation)
  return sparse
}

extension SparseJacobian {
  /// The rows of the dense matrix that the sparse one stands for.
  func matrix(of program: Program, at x: [Tensor]) throws -> [[Double]] {
    let (n, m) = (program.inputTypes[0].count, program.outputTypes[0].count)
    var rows = [[Double]](repeating: [Double](repeating: 0, count: n), count: m)
    let values = try self.program.evaluate(x)[1].reals
    #expect(values.count == rowIndices.count)
    for column in 0..<n {
      for k in columnPointers[column]..<columnPointers[column + 1] {
        rows[rowIndices[k]][column] = values[k]
      }
    }
    return rows
  }
}
