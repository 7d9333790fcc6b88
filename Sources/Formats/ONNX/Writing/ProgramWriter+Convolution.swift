import Graph
import Tensors

/// Convolutions and pools, from the nodes that they are in a program.
extension ProgramWriter {
  func write(_ form: WrittenForm, _ value: Value) throws -> String {
    switch form {
    case .maximumPool(let pool): try write(pool, value)
    case .averagePool(let pool): try write(pool, value)
    case .convolution(let convolution): try write(convolution, value)
    case .transposedConvolution(let convolution): try write(convolution, value)
    }
  }

  private func write(_ convolution: WrittenConvolution, _ value: Value) throws -> String {
    var image = try arranged(convolution.image)
    let place = convolution.place
    if place.isCropped {
      image = try add(
        "Slice",
        [
          image, integers(place.starts), integers(place.ends),
          integers(place.starts.indices.map { $0 + 2 }),
        ])
    }
    let bias = try convolution.bias.map { [try full($0)] } ?? []
    let y = try add(
      "Conv", [image, arranged(convolution.kernel)] + bias,
      sliding(convolution.axes, place.low + place.high)
        + [.integers("dilations", convolution.axes.map(\.dilation))]
        + grouped(convolution.groups))
    let shape = [convolution.image.shape[0], convolution.kernel.shape[0]]
    return try arranged(
      defineImage(y, shape + counts(convolution.axes)), convolution.result, value)
  }

  private func write(_ convolution: TransposedConvolution, _ value: Value) throws -> String {
    let place = convolution.place
    var y = try add(
      "ConvTranspose", [arranged(convolution.image), arranged(convolution.kernel)],
      sliding(convolution.axes, place.low + place.high)
        + [
          .integers("dilations", convolution.axes.map(\.dilation)),
          .integers("output_padding", place.extra),
        ] + grouped(convolution.groups))
    if (place.zerosBefore + place.zerosAfter).contains(where: { $0 > 0 }) {
      y = try padded(y, [0, 0] + place.zerosBefore, [0, 0] + place.zerosAfter, like: value)
    }
    return try arranged(
      defineImage(
        y,
        [convolution.image.shape[0], .fixed(convolution.features)]
          + convolution.spatial.map { .fixed($0) }), convolution.result, value)
  }

  private func write(_ pool: AveragePool, _ value: Value) throws -> String {
    let images = try images(pool.image, pool.axes)
    let y = try add(
      "AveragePool", [images.name],
      sliding(pool.axes, pool.pads)
        + [.integer("count_include_pad", pool.includesPadding ? 1 : 0)])
    return try reshape(defineImage(y, images.outer + counts(pool.axes)), batched.shape(value))
  }

  func counts(_ axes: [WindowAxis]) -> [BatchedProgram.Length] { axes.map { .fixed($0.count) } }

  func sliding(_ axes: [WindowAxis], _ pads: [Int]) -> [WireAttributeProto] {
    [
      .integers("kernel_shape", axes.map(\.size)), .integers("strides", axes.map(\.stride)),
      .integers("pads", pads),
    ]
  }

  private func grouped(_ groups: Int) -> [WireAttributeProto] {
    groups == 1 ? [] : [.integer("group", groups)]
  }

  private func arranged(_ arrangement: Arrangement) throws -> String {
    try reshape(
      transposed(full(arrangement.value), arrangement.order, batched.shape(arrangement.value)),
      arrangement.shape)
  }

  private func arranged(_ y: String, _ result: LabelledResult, _ value: Value) throws -> String {
    guard !result.isInOrder else { return try reshape(y, batched.shape(value)) }
    return try reshape(
      transposed(reshape(y, result.lengths), result.order, result.lengths), batched.shape(value))
  }

  /// The axes in another order; where only axes of length one move, as it is.
  func transposed(_ x: String, _ order: [Int], _ shape: [BatchedProgram.Length]) throws -> String {
    let long = order.filter { shape[$0] != .fixed(1) }
    return try long == long.sorted() ? x : add("Transpose", [x], [.integers("perm", order)])
  }
}
