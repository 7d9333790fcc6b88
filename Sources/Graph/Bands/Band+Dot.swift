import Tensors

extension Dot: BandPreserving {
  package func band(
    _ x: [Band.Operand], _ type: TensorType, in p: ProgramBuilder
  ) throws -> Band.Operand? {
    let isFirst: Bool
    let other: Value
    switch (x[0], x[1]) {
    case (_, .value(let value)): (isFirst, other) = (true, value)
    case (.value(let value), _): (isFirst, other) = (false, value)
    default: return nil
    }
    let (labels, otherLabels) = isFirst ? (a, b) : (b, a)
    guard let line = labels.last, !otherLabels.contains(line), y.last == line else { return nil }
    switch x[isFirst ? 0 : 1] {
    case .value, .flattened: return nil
    case .band(let band):
      return .band(try band.map { try p.add(self, isFirst ? [$0, other] : [other, $0]) })
    case .windows(let band, let window):
      guard labels.count > 1, let axis = otherLabels.firstIndex(of: labels[labels.count - 2]),
        !y.contains(labels[labels.count - 2]), let length = type.dims.last
      else { return nil }
      let reach = (window.size - 1) * window.dilation
      guard band.diagonals.count + reach <= Band.mostDiagonals else { return nil }
      let stackLabels = [labels[labels.count - 2]] + labels.dropLast(2) + [line]
      let product = isFirst ? Dot(stackLabels, b, y) : Dot(a, stackLabels, y)
      let stack = try band.stacked(in: p)
      let diagonals = try (0..<band.diagonals.count + reach).map { k -> Value in
        // A place of the window sees diagonal k - reach + place·dilation.
        let places = (0..<window.size).filter {
          band.diagonals.indices.contains(k - reach + $0 * window.dilation)
        }
        guard let first = places.first else {
          let columns = p.shape(stack).dims.suffix(1)
          return try p.constant(
            Tensor(type.with(Shape(type.dims.dropLast() + columns)), fill: 0.0))
        }
        var (starts, sizes) = (p.shape(stack).dims.map { _ in 0 }, p.shape(stack).dims)
        var steps = sizes.map { _ in 1 }
        (starts[0], sizes[0], steps[0]) = (
          k - reach + first * window.dilation, places.count, window.dilation
        )
        let part = try p.slice(stack, starts: starts, sizes: sizes, steps: steps)
        let factor = try p.slice(other, axis: axis, start: first, size: places.count)
        return try p.add(product, isFirst ? [part, factor] : [factor, part])
      }
      return .band(
        Band(
          diagonals: diagonals, first: band.first + window.low - reach, length: length,
          isZeroOutside: false))
    }
  }
}
