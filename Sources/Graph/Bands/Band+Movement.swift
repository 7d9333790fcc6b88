import Tensors

extension Reshape: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    func reshaped(_ band: Band, _ outer: [Int]) throws -> Band {
      try band.map { try p.reshape($0, Shape(outer + p.shape($0).dims.suffix(1))) }
    }
    switch x[0] {
    case .band(let band) where type.dims.last == band.length,
      .flattened(let band) where type.dims.last == band.length:
      return .band(try reshaped(band, type.dims.dropLast()))
    case .band(let band) where type.rank == 1: return .flattened(band)
    case .windows(let band, let window) where type.dims.suffix(2) == [window.size, window.count]:
      return .windows(try reshaped(band, type.dims.dropLast(2)), window)
    default: return nil
    }
  }
}

extension Window: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    guard case .band(let source) = x[0], axes.count == 1, axes[0].stride == 1, axes[0].size > 0
    else { return nil }
    let window = axes[0]
    let band = try source.zeroOutside(in: p)
    guard window.size == 1 else { return .windows(band, window) }
    // The line is moved, and that is all.
    let moved = try band.diagonals.map { diagonal in
      let dims = p.shape(diagonal).dims
      return try p.reshape(diagonal, Shape(dims.dropLast() + [1] + dims.suffix(1)))
    }
    return .band(
      Band(
        diagonals: moved, first: band.first + window.low, length: window.count,
        isZeroOutside: window.low == 0 && window.count >= band.length))
  }
}
