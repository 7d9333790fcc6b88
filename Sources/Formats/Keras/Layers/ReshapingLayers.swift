import Containers
import Graph
import Operations
import Tensors

/// Layers that move, repeat, cut or surround elements.
enum KerasReshapingLayers {
  static let all: [KerasLayer] =
    [
      KerasLayer("Flatten", keys: ["data_format"]) { layer, p in
        var x = try layer.x
        let rank = p.shape(x).rank
        if !layer.config.channelsAreLast, rank > 2 { x = try p.moveAxis(x, from: 1, to: rank - 1) }
        let dims = p.shape(x).dims
        return try p.reshape(x, Shape([dims[0], dims.dropFirst().reduce(1, *)]))
      },
      KerasLayer("Reshape", keys: ["target_shape"]) { layer, p in
        let x = try layer.x
        let target = try layer.config.ints("target_shape") ?? []
        return try p.reshape(x, p.completed([p.shape(x)[0]] + target, of: x))
      },
      KerasLayer("Permute", keys: ["dims"]) { layer, p in
        let x = try layer.x
        let dims = try layer.config.ints("dims") ?? []
        guard dims.sorted() == Array(1..<max(p.shape(x).rank, 1)) else {
          throw NetJacError(
            .shape,
            "'dims' is \(dims); the axes of \(p.shape(x)) without the batch, from 1 on, are needed")
        }
        return try p.transpose(x, [0] + dims)
      },
      KerasLayer("RepeatVector", keys: ["n"]) { layer, p in
        let x = try layer.input(rank: 2)
        let dims = p.shape(x).dims
        let count = try layer.config.count("n")
        return try p.add(
          Broadcast(try Shape(checking: [dims[0], count, dims[1]]), axes: [0, 2]), [x])
      },
    ] + (1...3).flatMap { rank in [cropping(rank), padding(rank), upSampling(rank)] }

  private static func cropping(_ rank: Int) -> KerasLayer {
    KerasLayer(several: "Cropping\(rank)D", keys: ["cropping", "data_format"], masking: .drops) {
      layer, p in
      let image = try layer.image(rank: rank)
      let margins = try layer.margins("cropping", rank: rank, image.layout)
      return [
        try image.result(
          p.pad(image.value, low: margins.map { -$0.0 }, high: margins.map { -$0.1 }), in: p)
      ]
    }
  }

  private static func padding(_ rank: Int) -> KerasLayer {
    KerasLayer(several: "ZeroPadding\(rank)D", keys: ["padding", "data_format"], masking: .drops) {
      layer, p in
      let image = try layer.image(rank: rank)
      let margins = try layer.margins("padding", rank: rank, image.layout)
      return [
        try image.result(
          p.pad(image.value, low: margins.map(\.0), high: margins.map(\.1)), in: p)
      ]
    }
  }

  private static func upSampling(_ rank: Int) -> KerasLayer {
    let keys: [KerasKey] = ["size", "data_format"] + (rank == 2 ? ["interpolation"] : [])
    return KerasLayer(several: "UpSampling\(rank)D", keys: keys, masking: .drops) { layer, p in
      let image = try layer.image(rank: rank)
      let sizes = try layer.config.sizes(
        "size", rank: rank, default: [Int](repeating: 2, count: rank))
      let axes = image.layout.spatialAxes(rank: rank + 2)
      let lengths = try zip(axes, sizes).map { axis, size in
        let (length, overflow) = p.shape(image.value)[axis].multipliedReportingOverflow(by: size)
        guard !overflow else { throw NetJacError(.shape, "'size' is \(sizes), which is too large") }
        return length
      }
      let mode = try layer.config.choice("interpolation", default: KerasResampling.nearest)
      return [
        try image.result(mode.resized(image.value, axes: axes, to: lengths, in: p), in: p)
      ]
    }
  }
}

extension KerasCall {
  /// What is cut or added before and behind each axis; a number stands for both ends, or for all axes.
  fileprivate func margins(_ key: String, rank: Int, _ layout: ImageLayout) throws -> [(Int, Int)] {
    var pairs: [(Int, Int)]
    let value = config.value(key) ?? .number(JSONNumber(text: "1"))
    func pair(_ json: JSON) throws -> (Int, Int) {
      if let number = json.int { return (number, number) }
      if let list = json.array, list.count == 2, let low = list[0].int, let high = list[1].int {
        return (low, high)
      }
      throw NetJacError(.format, "the configuration has \(key.quoted): \(value.described)")
    }
    if rank == 1 || value.int != nil {
      pairs = try [(Int, Int)](repeating: pair(value), count: rank)
    } else {
      pairs = try (value.array ?? []).map(pair)
    }
    guard pairs.count == rank,
      pairs.allSatisfy({ (0..<1 << 30).contains($0.0) && (0..<1 << 30).contains($0.1) })
    else {
      throw NetJacError(
        .format,
        "the configuration has \(key.quoted): \(value.described); a pair for each of \(rank) axes is needed"
      )
    }
    var all = [(Int, Int)](repeating: (0, 0), count: rank + 2)
    for (axis, pair) in zip(layout.spatialAxes(rank: rank + 2), pairs) { all[axis] = pair }
    return all
  }
}

extension ProgramBuilder {
  /// A target shape, one length of which may be left open by -1.
  func completed(_ target: [Int], of x: Value) throws -> Shape {
    var dims = target
    let open = dims.indices.filter { dims[$0] == -1 }
    let wrong = NetJacError(
      .shape,
      "the target shape \(target) does not fit the \(shape(x).count) elements of \(shape(x))")
    guard open.count <= 1, dims.allSatisfy({ $0 >= -1 }) else { throw wrong }
    if let place = open.first {
      var known = 1
      for (axis, dim) in dims.enumerated() where axis != place {
        known = known.multipliedSaturated(by: dim)
      }
      guard known > 0, shape(x).count % known == 0 else { throw wrong }
      dims[place] = shape(x).count / known
    }
    let full = try Shape(checking: dims)
    guard full.count == shape(x).count else { throw wrong }
    return full
  }
}
