import Graph
import Tensors

extension ProgramBuilder {
  /// The determinants of matrices [count, n, n], by elimination.
  ///
  /// The pivot is the largest element of all that is left, so that a pivot is zero only when
  /// everything left is. The last two rows are multiplied out. So the first and second derivatives are
  /// right at every rank.
  package func determinants(_ matrices: Value) throws -> Value {
    let count = shape(matrices)[0]
    var rest = matrices
    var product = try constant(Tensor(TensorType(real, [count]), fill: 1.0))
    for size in stride(from: shape(matrices)[1], to: 0, by: -1) {
      func element(_ row: Int, _ column: Int) throws -> Value {
        try reshape(
          slice(rest, starts: [0, row, column], sizes: [count, 1, 1]), Shape([count]))
      }
      if size == 1 { return try multiply(product, element(0, 0)) }
      if size == 2 {
        let minor = try subtract(
          multiply(element(0, 0), element(1, 1)), multiply(element(0, 1), element(1, 0)))
        return try multiply(product, minor)
      }
      // Which element is the pivot changes nothing but rounding.
      let candidates = try detach(absolute(reshape(rest, Shape([count, size * size]))))
      let place = try add(ArgExtreme(.maximum, axis: 1), [candidates])
      let width = try scalar(Double(size), like: place)
      let row = try divide(place, width)
      let column = try add(Modulo(), [place, width])
      rest = try gather(rest, firstExchanged(with: row, size: size), batch: 1)
      rest = try transpose(rest, [0, 2, 1])
      let columns = try firstExchanged(with: column, size: size)
      rest = try transpose(gather(rest, columns, batch: 1), [0, 2, 1])

      func block(_ rows: Range<Int>, _ columns: Range<Int>) throws -> Value {
        try slice(
          rest, starts: [0, rows.lowerBound, columns.lowerBound],
          sizes: [count, rows.count, columns.count])
      }
      let pivot = try reshape(block(0..<1, 0..<1), [count])
      // Each of the two exchanges turns the sign, unless it leaves everything in place.
      let zero = try scalar(0, like: row)
      let turns = try add(
        BitOperation(.xor), [compare(.equal, row, zero), compare(.equal, column, zero)])
      product = try multiply(product, select(turns, negate(pivot), pivot))

      let isZero = try compare(.equal, pivot, scalar(0, like: pivot))
      let safe = try select(isZero, scalar(1, like: pivot), pivot)
      let left = try reshape(block(1..<size, 0..<1), [count, size - 1])
      let factors = try divide(left, add(Broadcast(shape(left), axes: [0]), [safe]))
      let top = try reshape(block(0..<1, 1..<size), [count, size - 1])
      rest = try subtract(
        block(1..<size, 1..<size), dot(factors, top, [0, 1], [0, 2], [0, 1, 2]))
    }
    return product
  }
}
