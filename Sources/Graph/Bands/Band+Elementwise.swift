import Tensors

extension Multiply: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    try Band.scaled(x, by: self, in: p).map { .band($0) }
  }
}

extension GuardedMultiply: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    try Band.scaled(x, by: self, in: p).map { .band($0) }
  }
}

extension Band {
  /// A band times a value of the same line, by the product that is given; nil for other operands.
  fileprivate static func scaled(
    _ x: [Operand], by product: some BinaryFunction, in p: ProgramBuilder
  ) throws -> Band? {
    switch (x[0], x[1]) {
    case (.band(let band), .value(let factor)), (.value(let factor), .band(let band)):
      let factors = try band.met(by: factor, in: p)
      return Band(
        diagonals: try zip(band.diagonals, factors).map { try p.add(product, [$0, $1]) },
        first: band.first, length: band.length, isZeroOutside: true)
    default: return nil
    }
  }
}

extension Negate: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    guard case .band(let band) = x[0] else { return nil }
    return .band(try band.map { try p.negate($0) })
  }
}

extension Add: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    guard case .band(let a) = x[0], case .band(let b) = x[1] else { return nil }
    let first = min(a.first, b.first)
    let end = max(a.first + a.diagonals.count, b.first + b.diagonals.count)
    let diagonals = try (first..<end).map { offset -> Value? in
      let parts = [a, b].compactMap { band -> Value? in
        let k = offset - band.first
        return band.diagonals.indices.contains(k) ? band.diagonals[k] : nil
      }
      return parts.count == 2 ? try p.add(parts[0], parts[1]) : parts.first
    }
    // Bands that do not touch would be a wider one.
    guard !diagonals.contains(where: { $0 == nil }) else { return nil }
    return .band(
      Band(
        diagonals: diagonals.compactMap(\.self), first: first, length: a.length,
        isZeroOutside: a.isZeroOutside && b.isZeroOutside))
  }
}
