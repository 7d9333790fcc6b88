import Graph
import Tensors

extension ProgramBuilder {
  /// The product of matrices in stacks: the last two axes are multiplied, those before are repeated
  /// to a common shape; a vector counts as a row on the left and as a column on the right.
  package func stackedProduct(_ a: Value, _ b: Value) throws -> Value {
    let (aDims, bDims) = (shape(a).dims, shape(b).dims)
    guard let inner = aDims.last, !bDims.isEmpty else {
      throw NetJacError(
        .shape, "A is \(shape(a)), B is \(shape(b)); scalars have no matrix product")
    }
    guard bDims[max(bDims.count - 2, 0)] == inner else {
      throw NetJacError(
        .shape, "A is \(shape(a)), B is \(shape(b)); columns of A must equal rows of B")
    }
    let (row, summed, column) = (-1, -2, -3)
    let stackRank = max(aDims.count, bDims.count, 2) - 2
    let a = try stack(a, aDims.dropLast(2), against: bDims.dropLast(2), stackRank)
    let b = try stack(b, bDims.dropLast(2), against: aDims.dropLast(2), stackRank)
    let stacked = Array(0..<stackRank)
    return try dot(
      a.value, b.value,
      a.labels + (aDims.count > 1 ? [row] : []) + [summed],
      b.labels + [summed] + (bDims.count > 1 ? [column] : []),
      stacked.filter { (a.labels + b.labels).contains($0) }
        + (aDims.count > 1 ? [row] : []) + (bDims.count > 1 ? [column] : []))
  }

  /// Labels the leading axes of a stack; an axis of length one that the other operand is longer in
  /// is left out, which repeats it at no cost.
  private func stack(
    _ x: Value, _ dims: ArraySlice<Int>, against others: ArraySlice<Int>, _ rank: Int
  ) throws -> (value: Value, labels: [Int]) {
    var labels: [Int] = []
    var kept: [Int] = []
    for (axis, length) in dims.enumerated() {
      let label = rank - dims.count + axis
      let place = label - (rank - others.count)
      let other = place >= 0 ? others[others.startIndex + place] : length
      guard length == other || length == 1 || other == 1 else {
        throw NetJacError(
          .shape,
          """
          the stacks of matrices are \(Array(dims)) and \(Array(others)); their lengths must be \
          equal or one
          """)
      }
      if length == 1, other != 1 { continue }
      labels.append(label)
      kept.append(length)
    }
    let matrix = shape(x).dims.dropFirst(dims.count)
    return (try reshape(x, Shape(checking: kept + matrix)), labels)
  }
}
