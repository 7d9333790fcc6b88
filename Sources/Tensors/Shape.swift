/// The lengths of a tensor's axes; row-major, so the last axis is contiguous. A scalar has none.
package struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  package let dims: [Int]
  /// The number of elements. Checked to fit when the shape was made from outside data.
  package let count: Int

  /// Makes a shape from lengths that a file or a caller gave.
  package init(checking dims: [Int]) throws {
    try Shape.requireRank(dims.count)
    var count = 1
    var overflowed = false
    for dim in dims {
      guard dim >= 0 else {
        throw NetJacError(.shape, "dimension \(dim) in shape \(dims) is negative")
      }
      // An empty axis counts as one, so that sums and products of the other lengths stay small.
      let (product, overflow) = count.multipliedReportingOverflow(by: max(dim, 1))
      overflowed = overflowed || overflow
      count = overflow ? 1 : product
    }
    guard !overflowed, count <= Shape.countLimit else {
      throw NetJacError(
        .memory, "a tensor of shape \(dims) has more than \(Shape.countLimit) elements")
    }
    self.dims = dims
    self.count = dims.contains(0) ? 0 : count
  }

  /// Makes a shape from lengths of our own making.
  package init(_ dims: [Int]) {
    self.dims = dims
    count = dims.reduce(1, *)
  }

  package init(arrayLiteral dims: Int...) { self.init(dims) }

  /// Far above any real network, and small enough that byte sizes and strides cannot overflow.
  package static let countLimit = 1 << 40

  /// NumPy has 64 axes at most and TensorFlow 254. With hundreds of thousands, which a small file can name, work on pairs
  /// of axes would take minutes.
  package static let rankLimit = 1024

  package static func requireRank(_ rank: Int) throws {
    guard rank <= rankLimit else {
      throw NetJacError(
        .unsupported, "a tensor with \(rank) axes; at most \(rankLimit) are supported")
    }
  }

  package var rank: Int { dims.count }
  package subscript(axis: Int) -> Int { dims[axis] }

  /// Elements between neighbours along each axis.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * max(dims[axis + 1], 1)
    }
    return strides
  }

  package func removing(_ axes: [Int]) -> Shape {
    Shape(dims.indices.filter { !axes.contains($0) }.map { dims[$0] })
  }

  package func prepending(_ dim: Int) throws -> Shape { try Shape(checking: [dim] + dims) }

  package var description: String { "[\(dims.map(String.init).joined(separator: ", "))]" }
}
