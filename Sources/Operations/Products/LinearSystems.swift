import Graph
import Tensors

/// Systems of linear equations, unrolled by column; matrices are [count, n, n], right-hand sides
/// [count, n, m].
///
/// Source: Golub and Van Loan, Matrix computations, chapters 3 and 4.
extension ProgramBuilder {
  private func block(_ x: Value, _ rows: Range<Int>, _ columns: Range<Int>) throws -> Value {
    try slice(
      x, starts: [0, rows.lowerBound, columns.lowerBound],
      sizes: [shape(x)[0], rows.count, columns.count])
  }

  /// Products of stacked matrices.
  private func products(_ a: Value, _ b: Value) throws -> Value {
    try dot(a, b, [0, 1, 2], [0, 2, 3], [0, 1, 3])
  }

  /// Beyond this, unrolled elimination makes programs that nobody would want to plan.
  private static let unrolledLimit = 256

  private func checkSystem(_ matrix: Value) throws -> Int {
    let dims = shape(matrix).dims
    guard dims.count == 3, dims[1] == dims[2], dims[1] > 0 else {
      throw NetJacError(.shape, "the matrices are \(shape(matrix)); square ones are needed")
    }
    guard dims[1] <= Self.unrolledLimit else {
      throw NetJacError(
        .unsupported,
        "the matrices have \(dims[1]) rows; elimination is supported up to \(Self.unrolledLimit)")
    }
    return dims[1]
  }

  /// The lower triangular factor of symmetric positive definite matrices, of which the lower half is
  /// read.
  package func choleskyFactor(_ matrix: Value) throws -> Value {
    let n = try checkSystem(matrix)
    var columns: [Value] = []
    var rest = matrix
    for column in 0..<n {
      // The first column of what is left, over the root of its first element.
      let size = n - column
      let pivot = try squareRoot(block(rest, 0..<1, 0..<1))
      let left = try block(rest, 0..<size, 0..<1)
      let scaled = try divide(left, broadcast(pivot, to: shape(left)))
      columns.append(try pad(scaled, low: [0, column, 0], high: [0, 0, 0]))
      guard size > 1 else { break }
      let below = try block(scaled, 1..<size, 0..<1)
      rest = try subtract(
        block(rest, 1..<size, 1..<size), products(below, transpose(below, [0, 2, 1])))
    }
    return try concatenate(columns, axis: 2)
  }

  /// X with A·X = B for triangular A, of which only that half is read.
  package func triangularSolution(_ matrix: Value, _ right: Value, isLower: Bool) throws -> Value {
    let n = try checkSystem(matrix)
    try checkRight(matrix, right)
    let width = shape(right)[2]
    var rows = [Value?](repeating: nil, count: n)
    for row in isLower ? Array(0..<n) : Array((0..<n).reversed()) {
      let known = isLower ? 0..<row : row + 1..<n
      var sum = try block(right, row..<row + 1, 0..<width)
      let solved = rows[known].compactMap { $0 }
      if !solved.isEmpty {
        sum = try subtract(
          sum, products(block(matrix, row..<row + 1, known), concatenate(solved, axis: 1)))
      }
      let pivot = try block(matrix, row..<row + 1, row..<row + 1)
      rows[row] = try divide(sum, broadcast(pivot, to: shape(sum)))
    }
    return try concatenate(rows.compactMap { $0 }, axis: 1)
  }

  /// X with A·X = B, by elimination with the largest element of each column as its pivot.
  package func linearSolution(_ matrix: Value, _ right: Value) throws -> Value {
    let n = try checkSystem(matrix)
    try checkRight(matrix, right)
    let (count, width) = (shape(right)[0], shape(right)[2])
    // The rows of both sides are exchanged and combined together.
    var rest = try concatenate([matrix, right], axis: 2)
    var finished: [Value] = []
    for column in 0..<n {
      let size = n - column
      let total = size + width
      let candidates = try detach(absolute(reshape(block(rest, 0..<size, 0..<1), [count, size])))
      let place = try add(ArgExtreme(.maximum, axis: 1), [candidates])
      rest = try gather(rest, firstExchanged(with: place, size: size), batch: 1)
      let pivotRow = try block(rest, 0..<1, 0..<total)
      let pivot = try block(pivotRow, 0..<1, 0..<1)
      let scaled = try divide(
        block(pivotRow, 0..<1, 1..<total),
        broadcast(pivot, to: Shape([count, 1, total - 1])))
      finished.append(scaled)
      guard size > 1 else { break }
      rest = try subtract(
        block(rest, 1..<size, 1..<total), products(block(rest, 1..<size, 0..<1), scaled))
    }
    // Each row now has a one in front of what stands right of the diagonal.
    var solved: [Value] = []
    for row in (0..<n).reversed() {
      let later = n - 1 - row
      var value = try block(finished[row], 0..<1, later..<later + width)
      if later > 0 {
        value = try subtract(
          value, products(block(finished[row], 0..<1, 0..<later), concatenate(solved, axis: 1)))
      }
      solved.insert(value, at: 0)
    }
    return try concatenate(solved, axis: 1)
  }

  private func checkRight(_ matrix: Value, _ right: Value) throws {
    guard shape(right).rank == 3, shape(right).dims.prefix(2) == shape(matrix).dims.prefix(2),
      shape(right)[2] > 0
    else {
      throw NetJacError(
        .shape,
        "the matrices are \(shape(matrix)), the right-hand sides \(shape(right)); their rows differ"
      )
    }
  }

  /// The order 0 … size-1 with the first place and another exchanged.
  func firstExchanged(with place: Value, size: Int) throws -> Value {
    let full = Shape([shape(place).count, size])
    let order = try add(Broadcast(full, axes: [1]), [integers(Array(0..<size))])
    let other = try add(Broadcast(full, axes: [0]), [place])
    let zero = try scalar(0, like: order)
    let first = try select(compare(.equal, order, zero), other, order)
    return try select(compare(.equal, order, other), zero, first)
  }
}
