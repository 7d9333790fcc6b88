import Graph
import Operations
import Tensors

/// Operators that give elements another shape or order.
enum TFShapeOperators {
  static let all: [TFOperator] = [
    TFOperator("Reshape") { node, p in
      let x = try node.input(0, "tensor")
      let target = try node.constantIntegers(1, "shape")
      return try p.reshape(
        x, ShapeOperators.reshaped(p.shape(x), target, zeroIsZero: true))
    },
    TFOperator("ExpandDims") { node, p in
      let x = try node.input(0, "input")
      let axis = try node.axis(node.constantInteger(1, "dim"), rank: p.shape(x).rank + 1, "dim")
      var dims = p.shape(x).dims
      dims.insert(1, at: axis)
      return try p.reshape(x, Shape(dims))
    },
    TFOperator("Squeeze", attributes: ["squeeze_dims"]) { node, p in
      let x = try node.input(0, "input")
      let dims = p.shape(x).dims
      let given = try node.integers("squeeze_dims") ?? []
      let axes =
        try given.isEmpty
        ? dims.indices.filter { dims[$0] == 1 } : node.axes(given, rank: dims.count)
      guard axes.allSatisfy({ dims[$0] == 1 }) else {
        throw NetJacError(
          .shape, "axes \(axes) of \(p.shape(x)) cannot vanish; only axes of length 1 can")
      }
      return try p.reshape(x, p.shape(x).removing(axes))
    },
    TFOperator("Transpose", outputs: ["y"]) { node, p in
      let x = try node.input(0, "x")
      let order = try node.axes(
        node.constantIntegers(1, "perm"), rank: p.shape(x).rank, "perm")
      guard order.count == p.shape(x).rank else {
        throw NetJacError(.shape, "perm \(order) does not fit \(p.shape(x))")
      }
      return try p.transpose(x, order)
    },
    TFOperator("BroadcastTo") { node, p in
      try p.broadcast(node.input(0, "input"), to: node.shape(1, "shape"))
    },
    TFOperator("BroadcastArgs", outputs: ["r0"]) { node, p in
      try p.integers(p.broadcastShape([node.shape(0, "s0"), node.shape(1, "s1")]).dims)
    },
    TFOperator("Tile") { node, p in
      try p.tile(node.input(0, "input"), node.constantIntegers(1, "multiples"))
    },
    TFOperator("DepthToSpace", attributes: ["block_size", "data_format"]) { node, p in
      let (x, dims, block) = try image(node, in: p)
      let channels = dims[3] / (block * block)
      guard channels * block * block == dims[3] else {
        throw NetJacError(
          .shape, "\(dims[3]) channels cannot be spread over blocks of \(block) by \(block)")
      }
      let parts = try p.transpose(
        p.reshape(x, Shape([dims[0], dims[1], dims[2], block, block, channels])),
        [0, 1, 3, 2, 4, 5])
      return try p.reshape(parts, Shape([dims[0], dims[1] * block, dims[2] * block, channels]))
    },
    TFOperator("SpaceToDepth", attributes: ["block_size", "data_format"]) { node, p in
      let (x, dims, block) = try image(node, in: p)
      let (rows, columns) = (dims[1] / block, dims[2] / block)
      guard rows * block == dims[1], columns * block == dims[2] else {
        throw NetJacError(
          .shape, "\(dims[1]) by \(dims[2]) is not made of blocks of \(block) by \(block)")
      }
      let parts = try p.transpose(
        p.reshape(x, Shape([dims[0], rows, block, columns, block, dims[3]])), [0, 1, 3, 2, 4, 5])
      return try p.reshape(parts, Shape([dims[0], rows, columns, block * block * dims[3]]))
    },
    TFOperator("SpaceToBatchND") { node, p in
      let x = try node.input(0, "input")
      let (block, pairs) = try blocks(node, 2, "paddings", x, in: p)
      var (low, high) = (p.shape(x).dims.map { _ in 0 }, p.shape(x).dims.map { _ in 0 })
      for (axis, pair) in pairs.enumerated() { (low[axis + 1], high[axis + 1]) = pair }
      let padded = try p.pad(x, low: low, high: high)
      let dims = p.shape(padded).dims
      guard zip(dims.dropFirst(), block).allSatisfy({ $0 % $1 == 0 }) else {
        throw NetJacError(.shape, "\(p.shape(padded)) is not made of blocks of \(block)")
      }
      let rest = Array(dims.dropFirst(1 + block.count))
      let inner = zip(dims.dropFirst(), block).flatMap { [$0 / $1, $1] }
      let apart = try p.reshape(padded, Shape([dims[0]] + inner + rest))
      let places = block.indices
      let moved = try p.transpose(
        apart,
        places.map { 2 + 2 * $0 } + [0] + places.map { 1 + 2 * $0 }
          + rest.indices.map { 1 + 2 * block.count + $0 })
      return try p.reshape(
        moved,
        Shape(
          checking: [dims[0] * block.reduce(1, *)] + zip(dims.dropFirst(), block).map { $0 / $1 }
            + rest))
    },
    TFOperator("BatchToSpaceND") { node, p in
      let x = try node.input(0, "input")
      let (block, pairs) = try blocks(node, 2, "crops", x, in: p)
      let dims = p.shape(x).dims
      let count = block.reduce(1, *)
      guard dims[0] % count == 0 else {
        throw NetJacError(.shape, "\(dims[0]) images are not made of blocks of \(block)")
      }
      let rest = Array(dims.dropFirst(1 + block.count))
      let spatial = Array(dims[1..<1 + block.count])
      let apart = try p.reshape(x, Shape(block + [dims[0] / count] + spatial + rest))
      let n = block.count
      let moved = try p.transpose(
        apart,
        [n] + (0..<n).flatMap { [n + 1 + $0, $0] } + rest.indices.map { 2 * n + 1 + $0 })
      let whole = try p.reshape(
        moved, Shape(checking: [dims[0] / count] + zip(spatial, block).map { $0 * $1 } + rest))
      var (low, high) = (dims.map { _ in 0 }, dims.map { _ in 0 })
      for (axis, pair) in pairs.enumerated() {
        (low[axis + 1], high[axis + 1]) = (-pair.low, -pair.high)
      }
      return try p.pad(whole, low: low, high: high)
    },
  ]

  private static func image(_ node: TFCall, in p: ProgramBuilder) throws -> (Value, [Int], Int) {
    let x = try node.input(0, "input")
    let block = try node.integer("block_size")
    guard try node.layout() == .channelsLast else {
      throw NetJacError(.unsupported, "data_format 'NCHW' is not supported here")
    }
    guard p.shape(x).rank == 4, block > 0, block < 1 << 10 else {
      throw NetJacError(
        .shape,
        "the input is \(p.shape(x)), block_size is \(block); 4 axes and a positive size are needed")
    }
    return (x, p.shape(x).dims, block)
  }

  /// The lengths of blocks, and what is added or cut off at both ends of the axes that have them.
  private static func blocks(
    _ node: TFCall, _ index: Int, _ name: String, _ x: Value, in p: ProgramBuilder
  ) throws -> (block: [Int], pairs: [(low: Int, high: Int)]) {
    let block = try node.constantIntegers(1, "block_shape")
    let numbers = try node.constantIntegers(index, name)
    guard !block.isEmpty, block.allSatisfy({ $0 > 0 && $0 < 1 << 20 }),
      numbers.count == 2 * block.count, numbers.allSatisfy({ $0 >= 0 && $0 < 1 << 30 }),
      p.shape(x).rank > block.count
    else {
      throw NetJacError(
        .shape, "block_shape \(block) and \(name) \(numbers) do not fit \(p.shape(x))")
    }
    _ = try Shape(checking: block + p.shape(x).dims)
    return (block, block.indices.map { (numbers[2 * $0], numbers[2 * $0 + 1]) })
  }
}
