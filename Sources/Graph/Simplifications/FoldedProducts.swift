import Tensors

extension ProgramBuilder {
  /// What the fold of a product of a kernel [M…, K…] and an array [Q…, O…] is: a convolution of the
  /// array, padded, with the reversed kernel. It needs no array of K times the size in between.
  ///
  /// Nil where the windows take steps, or where so few features M come out that the product is better
  /// laid out: a convolution reads its windows anew for each few of them.
  func convolution(folding fold: Fold, _ x: Value) throws -> Value? {
    let product = node(unshaped(x))
    guard fold.axes.allSatisfy({ $0.stride == 1 && $0.size > 0 && $0.count > 0 }),
      let dot = product.primitive as? Dot, type(x).element.isReal
    else { return nil }
    let rank = fold.axes.count
    for side in [1, 0] {
      let labels = ProductLabels(dot, imageSide: side, one: 1) { [self] in
        shape(product.operands[$0])[$1]
      }
      guard let all = labels.seen(labels.result, as: shape(x).dims),
        let places = slides(fold, all.suffix(2 * rank), labels)
      else { continue }
      let features = labels.kernel.compactMap { $0 }.filter { label in
        labels.isOfKernel(label) && !places.contains { $0.kernel == label }
      }
      guard features.reduce(1, { $0 * (labels.lengths[$1] ?? 1) }) >= Self.fewestFeatures
      else { continue }
      let array = product.operands[side]
      // An image of few pixels is better spread pixel by pixel than read window by window.
      if isScattered(array) { return nil }
      return try reshape(
        convolution(
          product.operands[1 - side], side == 1 ? dot.a : dot.b, array,
          side == 1 ? dot.b : dot.a, places,
          result: dot.y.filter { label in !places.contains { $0.kernel == label } }),
        Shape(shape(x).dims.dropLast(2 * rank) + fold.spatial))
    }
    return nil
  }

  /// How the reversed kernel slides along one axis, and the labels of its places and of the array's.
  private typealias Slide = (axis: WindowAxis, kernel: Int, output: Int)

  /// Those of the fold's axes but ones of one element; nil where the kernel's places are not the
  /// kernel's alone, or the outputs not the array's.
  private func slides(
    _ fold: Fold, _ all: some Collection<Int?>, _ labels: ProductLabels<Int>
  ) -> [Slide]? {
    var found: [Slide] = []
    for (axis, (k, o)) in zip(all, all.dropFirst(fold.axes.count)).enumerated() {
      let window = fold.axes[axis]
      if k == nil, o == nil, window.low == 0, fold.spatial[axis] == 1 { continue }
      guard let k, let o, labels.isOfKernel(k), labels.isOfImage(o) else { return nil }
      let slid = WindowAxis(
        size: window.size, dilation: window.dilation,
        low: (window.size - 1) * window.dilation - window.low, count: fold.spatial[axis])
      found.append((slid, k, o))
    }
    return found.isEmpty ? nil : found
  }

  private static let fewestFeatures = 4

  /// Whether most of an array is zero because few numbers were scattered into it.
  private func isScattered(_ x: Value) -> Bool {
    let node = node(unshaped(x))
    return node.isA(ScatterAdd.self) && type(node.operands[0]).count * 2 <= type(x).count
  }

  private func convolution(
    _ kernel: Value, _ kernelLabels: [Int], _ array: Value, _ arrayLabels: [Int],
    _ places: [Slide], result: [Int]
  ) throws -> Value {
    let others = arrayLabels.filter { label in !places.contains { $0.output == label } }
    let order = (others + places.map(\.output)).compactMap { arrayLabels.firstIndex(of: $0) }
    let windows = try add(Window(places.map(\.axis)), [transpose(array, order)])
    let reversed = try reverse(
      kernel, places.compactMap { kernelLabels.firstIndex(of: $0.kernel) })
    return try dot(
      reversed, windows, kernelLabels, others + places.map(\.kernel) + places.map(\.output), result)
  }
}
