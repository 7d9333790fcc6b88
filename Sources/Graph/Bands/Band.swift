import Tensors

/// The derivative of a value along a line of inputs, where each element of the value depends on the
/// inputs near it alone: stored by diagonals, as a banded matrix is, without the zeros around them.
///
/// The value's last axis is a line of `length` positions; diagonal k holds, for every column q of the
/// inputs, the derivative at position `q + first + k`. Layers of a convolution along the line make
/// bands of bands, at the cost of the diagonals' own elements.
package struct Band {
  /// Each has the value's shape with its last axis replaced by one for the columns.
  package let diagonals: [Value]
  package let first: Int
  package let length: Int
  /// Whether diagonals are zero where they leave the line. Otherwise nothing is meant there.
  package let isZeroOutside: Bool

  /// A wider band is not worth its nodes, and sizes in a file may be absurd.
  package static let mostDiagonals = 1 << 10

  /// Whether the band is narrow and lies so near the columns that places are safe to calculate with.
  package func isSmall(widest: Int) -> Bool {
    diagonals.count <= min(widest, Band.mostDiagonals) && first.magnitude < 1 << 28
      && length < 1 << 28
  }

  package init(diagonals: [Value], first: Int, length: Int, isZeroOutside: Bool) {
    self.diagonals = diagonals
    self.first = first
    self.length = length
    self.isZeroOutside = isZeroOutside
  }

  /// What a primitive is applied to when a band is pushed through it.
  package enum Operand {
    case value(Value)
    case band(Band)
    /// The windows of a band's value along its line, which a product is to take.
    case windows(Band, WindowAxis)
    /// All elements of a band's value in a row, so that the line is an axis no more.
    case flattened(Band)
  }

  /// The same band with each diagonal replaced.
  func map(_ transform: (Value) throws -> Value) rethrows -> Band {
    Band(
      diagonals: try diagonals.map(transform), first: first, length: length,
      isZeroOutside: isZeroOutside)
  }

  /// The band with zeros where diagonals leave the line.
  func zeroOutside(in p: ProgramBuilder) throws -> Band {
    guard !isZeroOutside, let some = diagonals.first else { return self }
    let type = p.type(some)
    guard let columns = type.dims.last else { return self }
    let masked = try diagonals.enumerated().map { k, diagonal -> Value in
      let isInside = (0..<columns).map { (0..<length).contains($0 + first + k) }
      if isInside.allSatisfy({ $0 }) { return diagonal }
      let mask = try p.constant(
        Tensor(type.with([columns]), reals: isInside.map { $0 ? 1 : 0 }))
      return try p.multiply(diagonal, p.broadcast(mask, to: type.shape))
    }
    return Band(diagonals: masked, first: first, length: length, isZeroOutside: true)
  }

  /// The elements of a value of the same line that the diagonals meet, one value for each diagonal;
  /// zero outside the line.
  func met(by value: Value, in p: ProgramBuilder) throws -> [Value] {
    guard let columns = diagonals.first.flatMap({ p.shape($0).dims.last }) else { return [] }
    let window = WindowAxis(size: diagonals.count, low: -first, count: columns)
    let all = try p.add(Window([window]), [value])
    let shape = Shape(Array(p.shape(value).dims.dropLast()) + [columns])
    return try diagonals.indices.map { k in
      try p.reshape(p.slice(all, axis: shape.rank - 1, start: k, size: 1), shape)
    }
  }

  /// All diagonals along a new leading axis.
  func stacked(in p: ProgramBuilder) throws -> Value {
    try p.concatenate(
      diagonals.map { try p.reshape($0, p.shape($0).prepending(1)) }, axis: 0)
  }
}

/// A linear primitive that a band can be pushed through.
package protocol BandPreserving: Primitive {
  /// The band of the result, or nil where these operands do not leave one.
  func band(_ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder) throws -> Band.Operand?
}
