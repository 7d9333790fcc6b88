import Tensors

extension Fold {
  /// The fold that the result without its margins is. Nil for a part so small that another may be
  /// taken as well, and for one of other axes.
  func cropped(_ part: Slice, of shape: Shape) -> Fold? {
    let outer = shape.rank - axes.count
    guard part.steps.allSatisfy({ $0 == 1 }),
      part.sizes.prefix(outer) == shape.dims.prefix(outer),
      zip(part.sizes.dropFirst(outer), spatial).allSatisfy({ 2 * $0 > $1 })
    else { return nil }
    let moved = zip(axes, part.starts.dropFirst(outer)).map { $0.moved(by: $1) }
    return moved.allSatisfy(\.isValid)
      ? Fold(moved, spatial: Array(part.sizes.dropFirst(outer))) : nil
  }
}
