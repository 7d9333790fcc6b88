import Tensors

extension ProgramBuilder {
  /// What the fold of a product of a kernel [M…, K…] and an array [Q…, O…] is: a convolution of the
  /// array, padded, with the reversed kernel. It needs no array of K times the size in between.
  ///
  /// Nil where the windows take steps, or where so few features M come out that the product is better
  /// laid out: a convolution reads its windows anew for each few of them.
  func convolution(folding fold: Fold, _ x: Value) throws -> Value? {
    guard fold.axes.allSatisfy({ $0.stride == 1 && $0.size > 0 && $0.count > 0 }),
      let (dot, operands, labels) = labelledProduct(x)
    else { return nil }
    let rank = fold.axes.count
    let kernelLabels = Array(labels.dropLast(rank).suffix(rank))
    let outputLabels = Array(labels.suffix(rank))
    for (isSwapped, sides) in [(false, (dot.a, dot.b)), (true, (dot.b, dot.a))] {
      let (kernelSide, arraySide) = sides
      let inKernel = Set(kernelSide).subtracting(arraySide)
      let inArray = Set(arraySide).subtracting(kernelSide)
      var axes: [WindowAxis] = []
      var places: [(kernel: Int, output: Int)] = []
      for (axis, (k, o)) in zip(kernelLabels, outputLabels).enumerated() {
        let window = fold.axes[axis]
        if k == nil, o == nil, window.low == 0, fold.spatial[axis] == 1 { continue }
        guard let k, let o, inKernel.contains(k), inArray.contains(o) else {
          axes.removeAll()
          places.removeAll()
          break
        }
        places.append((k, o))
        axes.append(
          WindowAxis(
            size: window.size, dilation: window.dilation,
            low: (window.size - 1) * window.dilation - window.low, count: fold.spatial[axis]))
      }
      guard !places.isEmpty else { continue }
      let dims = dot.lengths(operands.map(type))
      let features = inKernel.subtracting(places.map(\.kernel)).reduce(1) { $0 * dims[$1] }
      guard features >= ProgramBuilder.fewestFeatures else { continue }
      let (kernel, array) = isSwapped ? (operands[1], operands[0]) : (operands[0], operands[1])
      // An image of few pixels is better spread pixel by pixel than read window by window.
      if isScattered(array) { return nil }
      return try reshape(
        convolution(
          kernel, kernelSide, array, arraySide, places, axes,
          result: dot.y.filter { label in !places.contains { $0.kernel == label } }),
        Shape(shape(x).dims.dropLast(2 * rank) + fold.spatial))
    }
    return nil
  }

  private static let fewestFeatures = 4

  /// Whether most of an array is zero because few numbers were scattered into it.
  private func isScattered(_ x: Value) -> Bool {
    var x = x
    while node(x).primitive is Reshape { x = node(x).operands[0] }
    return node(x).primitive is ScatterAdd && type(node(x).operands[0]).count * 2 <= type(x).count
  }

  private func convolution(
    _ kernel: Value, _ kernelLabels: [Int], _ array: Value, _ arrayLabels: [Int],
    _ places: [(kernel: Int, output: Int)], _ axes: [WindowAxis], result: [Int]
  ) throws -> Value {
    let others = arrayLabels.filter { label in !places.contains { $0.output == label } }
    let order = (others + places.map(\.output)).compactMap { arrayLabels.firstIndex(of: $0) }
    let windows = try add(Window(axes), [transpose(array, order)])
    let reversed = try reverse(
      kernel, places.compactMap { kernelLabels.firstIndex(of: $0.kernel) })
    return try dot(
      reversed, windows, kernelLabels, others + places.map(\.kernel) + places.map(\.output), result)
  }

  /// A product, seen through a reshape that adds axes of length one, and the label of each axis.
  private func labelledProduct(_ x: Value) -> (dot: Dot, operands: [Value], labels: [Int?])? {
    var value = x
    if node(value).primitive is Reshape { value = node(value).operands[0] }
    guard let dot = node(value).primitive as? Dot, type(x).element.isReal else { return nil }
    let operands = node(value).operands
    return dot.labels(in: shape(x).dims, lengths: dot.lengths(operands.map(type))).map {
      (dot, operands, $0)
    }
  }
}
