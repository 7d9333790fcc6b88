import Graph
import Operations
import Tensors

/// Layers of several inputs.
enum KerasMergingLayers {
  static let all: [KerasLayer] = [
    merge("Add") { p, all in try all.dropFirst().reduce(all[0]) { try p.add($0, $1) } },
    merge("Multiply") { p, all in try all.dropFirst().reduce(all[0]) { try p.multiply($0, $1) } },
    merge("Maximum") { p, all in try p.extreme(.maximum, of: all) },
    merge("Minimum") { p, all in try p.extreme(.minimum, of: all) },
    merge("Average") { p, all in
      let sum = try all.dropFirst().reduce(all[0]) { try p.add($0, $1) }
      return try p.divide(sum, p.scalar(Double(all.count), like: sum))
    },
    merge("Subtract") { p, all in
      guard all.count == 2 else {
        throw NetJacError(.shape, "\(all.count) inputs are given; two are needed")
      }
      return try p.subtract(all[0], all[1])
    },
    KerasLayer(several: "Concatenate", keys: ["axis"]) { layer, p in
      let inputs = layer.inputs
      guard let first = inputs.first else {
        throw NetJacError(.shape, "there is nothing to concatenate")
      }
      let axis = try layer.axis(
        layer.config.int("axis", default: -1), rank: p.shape(first.value).rank)
      let images = inputs.compactMap(\.channelsFirst)
      if images.count == inputs.count, axis == p.shape(first.value).rank - 1 {
        return [try KerasTensor(channelsFirst: p.concatenate(images, axis: 1), in: p)]
      }
      return [
        KerasTensor(
          try p.concatenate(inputs.map(\.value), axis: axis),
          mask: try concatenatedMask(inputs, axis, layer, p))
      ]
    },
    KerasLayer("Dot", keys: ["axes", "normalize"], call: dot),
  ]

  /// A layer that combines elements at equal places; axes of length one are repeated, and shorter shapes get them
  /// behind the batch.
  private static func merge(
    _ name: String, _ body: @escaping @Sendable (ProgramBuilder, [Value]) throws -> Value
  ) -> KerasLayer {
    KerasLayer(several: name) { layer, p in
      let inputs = layer.inputs
      guard !inputs.isEmpty else {
        throw NetJacError(.shape, "the layer is called without tensors")
      }
      let rank = inputs.map { p.shape($0.value).rank }.max() ?? 0
      let values = try inputs.map { input -> Value in
        var dims = p.shape(input.value).dims
        guard dims.count < rank, !dims.isEmpty else { return input.value }
        dims.insert(contentsOf: [Int](repeating: 1, count: rank - dims.count), at: 1)
        return try p.reshape(input.value, Shape(dims))
      }
      return [
        KerasTensor(
          try body(p, p.broadcast(values)), mask: try mergedMask(inputs, layer, p))
      ]
    }.elementwise()
  }

  /// Keras 3.0 to 3.3 drops masks in merges.
  static func mergesDropMasks(_ version: KerasVersion) -> Bool {
    version >= KerasVersion(3) && version < KerasVersion(3, 4)
  }

  /// Keras 3 keeps a mask if every input has one, and sets it where any of them is set; Keras 2 keeps what all masks
  /// that there are have in common.
  private static func mergedMask(
    _ inputs: [KerasTensor], _ layer: KerasCall, _ p: ProgramBuilder
  ) throws -> Value? {
    let masks = inputs.compactMap(\.mask)
    let isOlder = layer.version.major < 3
    guard let first = masks.first, isOlder || masks.count == inputs.count,
      !mergesDropMasks(layer.version)
    else { return nil }
    return try masks.dropFirst().reduce(first) { sum, mask in
      try p.add(BitOperation(isOlder ? .and : .or), p.broadcast([sum, mask]))
    }
  }

  /// An input without a mask counts as set throughout.
  private static func concatenatedMask(
    _ inputs: [KerasTensor], _ axis: Int, _ layer: KerasCall, _ p: ProgramBuilder
  ) throws -> Value? {
    guard inputs.contains(where: { $0.mask != nil }), !mergesDropMasks(layer.version) else {
      return nil
    }
    let full = try inputs.map { input -> Value in
      let shape = p.shape(input.value)
      guard let mask = input.mask else {
        return try p.constant(Tensor(TensorType(.bool, shape), fill: Int64(1)))
      }
      let dims = p.shape(mask).dims
      guard dims.count <= shape.rank else {
        throw NetJacError(.shape, "the mask is \(p.shape(mask)) for an input of \(shape)")
      }
      let padded = Shape(dims + [Int](repeating: 1, count: shape.rank - dims.count))
      return try p.broadcast(p.reshape(mask, padded), to: shape)
    }
    let joined = try p.concatenate(full, axis: axis)
    // Set where all features are.
    let unset = try p.any(p.add(Not(), [joined]), over: [p.shape(joined).rank - 1])
    return try p.add(Not(), [unset])
  }

  /// Sums of products along an axis of each input, the batch apart.
  private static let dot: @Sendable (KerasCall, ProgramBuilder) throws -> Value = { layer, p in
    var (a, b) = try (layer.input(0).value, layer.input(1).value)
    let given = try layer.config.ints("axes") ?? []
    let (aRank, bRank) = (p.shape(a).rank, p.shape(b).rank)
    guard let first = given.first, let last = given.last, given.count <= 2 else {
      throw NetJacError(.format, "'axes' is \(given); one or two axes are needed")
    }
    let aAxis = try layer.axis(first, rank: aRank)
    let bAxis = try layer.axis(last, rank: bRank)
    guard aAxis > 0, bAxis > 0, p.shape(a)[aAxis] == p.shape(b)[bAxis] else {
      throw NetJacError(
        .shape,
        "the inputs are \(p.shape(a)) and \(p.shape(b)); their axes \(aAxis) and \(bAxis) must be equally "
          + "long, and not the batch")
    }
    if layer.config.flag("normalize", default: false) {
      a = try KerasNormalisationLayers.unit(a, over: [aAxis], version: layer.version, in: p)
      b = try KerasNormalisationLayers.unit(b, over: [bAxis], version: layer.version, in: p)
    }
    let summed = -1
    let aLabels = (0..<aRank).map { $0 == aAxis ? summed : $0 }
    let bLabels = (0..<bRank).map { $0 == 0 ? 0 : $0 == bAxis ? summed : aRank + $0 }
    let kept = aLabels.filter { $0 != summed } + bLabels.filter { $0 > 0 }
    let y = try p.dot(a, b, aLabels, bLabels, kept)
    // The result of two lists of vectors is a column.
    return kept.count == 1 ? try p.reshape(y, Shape([p.shape(y)[0], 1])) : y
  }
}
