import Tensors

/// The largest or smallest elements of windows, gathered from the places that a `WindowExtreme` found.
package struct PooledExtreme {
  package let extreme: WindowExtreme
  package let image: Value
  /// What found the places, before any reshape of them.
  package let places: Value
}

/// The sums of whole windows.
package struct SummedWindows {
  package let window: Window
  package let image: Value
  /// The windows themselves.
  package let windows: Value
}

extension NodeSource {
  /// The pool that a gather is: it takes from each image what is at the places found in that image.
  package func pooledExtreme(_ value: Value) -> PooledExtreme? {
    let node = node(value)
    guard let gather = node.primitive as? Gather else { return nil }
    let places = unshaped(node.operands[1])
    guard let extreme = self.node(places).primitive as? WindowExtreme else { return nil }
    let image = self.node(places).operands[0]
    let outer = type(image).dims.dropLast(extreme.axes.count)
    let images = outer.reduce(1, *)
    let (x, index) = (type(node.operands[0]), type(node.operands[1]))
    guard unshaped(node.operands[0]) == unshaped(image), x.rank == gather.batch + 1,
      x.dims.prefix(gather.batch).reduce(1, *) == images,
      x.dims[gather.batch] == type(image).dims.dropFirst(outer.count).reduce(1, *),
      index.dims.prefix(gather.batch).reduce(1, *) == images
    else { return nil }
    return PooledExtreme(extreme: extreme, image: image, places: places)
  }

  /// The windows that a sum runs over, each over all of its places.
  package func summedWindows(_ value: Value) -> SummedWindows? {
    let node = node(value)
    guard let sum = node.primitive as? ReduceSum, let windows = node.operands.first,
      let window = self.node(windows).primitive as? Window
    else { return nil }
    let outer = type(windows).rank - 2 * window.axes.count
    guard sum.axes.sorted() == Array(outer..<outer + window.axes.count) else { return nil }
    return SummedWindows(
      window: window, image: self.node(windows).operands[0], windows: windows)
  }
}
