import Graph
import Operations
import Tensors

/// Operators that give elements another shape or order.
enum ShapeOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Reshape", since: 5, operands: ["data": .any, "shape": .whole],
      attributes: ["allowzero": .integer], limits: "the shape must be known while loading"
    ) { node, p in
      let x = try node.input(0, "data")
      let zeroIsZero = try node.flag("allowzero", default: false)
      let target = try node.constantIntegers(1, "shape")
      return try p.reshape(x, reshaped(p.shape(x), target, zeroIsZero: zeroIsZero))
    },
    ONNXOperator("Flatten", operands: ["input": .any], attributes: ["axis": .integer]) { node, p in
      let x = try node.input(0, "input")
      let rank = p.shape(x).rank
      let given = try node.integer("axis", default: 1)
      let axis = given == rank ? rank : try node.axis(given, rank: max(rank, 1))
      let rows = p.shape(x).dims.prefix(axis).reduce(1, *)
      let columns = p.shape(x).dims.dropFirst(axis).reduce(1, *)
      return try p.reshape(x, Shape([rows, columns]))
    },
    ONNXOperator(
      "Squeeze", operands: ["data": .any], attributes: ["axes": .integers],
      limits: "axes must be known while loading"
    ) { node, p in
      try squeeze(node, node.integers("axes"), in: p)
    },
    ONNXOperator(
      "Squeeze", since: 13, operands: ["data": .any, "axes": .optional(.whole)], attributes: [:]
    ) { node, p in
      try squeeze(node, node.optionalConstantIntegers(1, "axes"), in: p)
    },
    ONNXOperator(
      "Unsqueeze", operands: ["data": .any], attributes: ["axes": .integers],
      limits: "axes must be known while loading"
    ) { node, p in
      try unsqueeze(node, node.integers("axes") ?? [], in: p)
    },
    ONNXOperator("Unsqueeze", since: 13, operands: ["data": .any, "axes": .whole], attributes: [:])
    { node, p in
      try unsqueeze(node, node.constantIntegers(1, "axes"), in: p)
    },
    ONNXOperator("Transpose", operands: ["data": .any], attributes: ["perm": .integers]) {
      node, p in
      let x = try node.input(0, "data")
      let rank = p.shape(x).rank
      let order = try node.integers("perm") ?? Array((0..<rank).reversed())
      return try p.transpose(x, node.axes(order, rank: rank, "perm"))
    },
    ONNXOperator(
      "Expand", since: 8, operands: ["input": .any, "shape": .whole],
      limits: "the shape must be known while loading"
    ) { node, p in
      let x = try node.input(0, "input")
      return try p.broadcast(x, to: p.broadcastShape([p.shape(x), node.shape(1, "shape")]))
    },
    ONNXOperator(
      "Tile", since: 6, operands: ["input": .any, "repeats": .whole],
      limits: "repeats must be known while loading"
    ) { node, p in
      try p.tile(node.input(0, "input"), node.constantIntegers(1, "repeats"))
    },
    ONNXOperator(
      "DepthToSpace", operands: ["input": .any],
      attributes: ["blocksize": .integer, "mode": .text], depthToSpace),
    ONNXOperator(
      "SpaceToDepth", operands: ["input": .any],
      attributes: ["blocksize": .integer, "mode": .text], spaceToDepth),
  ]

  /// The shape that a request means: 0 keeps the length, -1 takes what is left.
  static func reshaped(_ shape: Shape, _ target: [Int], zeroIsZero: Bool) throws -> Shape {
    var dims = try target.enumerated().map { axis, length in
      guard length == 0, !zeroIsZero else { return length }
      guard axis < shape.rank else {
        throw NetJacError(
          .shape, "shape \(target) keeps axis \(axis) of \(shape), which has no such axis")
      }
      return shape[axis]
    }
    if let open = dims.firstIndex(of: -1) {
      dims[open] = 1
      let rest = try Shape(checking: dims).count
      guard rest > 0, shape.count % rest == 0 else {
        throw NetJacError(
          .shape,
          "shape \(target) does not divide the \(shape.count) elements of \(shape)")
      }
      dims[open] = shape.count / rest
    }
    return try Shape(checking: dims)
  }

  private static func squeeze(_ node: NodeCall, _ given: [Int]?, in p: ProgramBuilder) throws
    -> Value
  {
    let x = try node.input(0, "data")
    let dims = p.shape(x).dims
    let axes =
      try given.map { try node.axes($0, rank: dims.count) } ?? dims.indices.filter { dims[$0] == 1 }
    guard axes.allSatisfy({ dims[$0] == 1 }) else {
      throw NetJacError(
        .shape, "axes \(axes) of \(p.shape(x)) cannot vanish; only axes of length 1 can")
    }
    return try p.reshape(x, p.shape(x).removing(axes))
  }

  private static func unsqueeze(_ node: NodeCall, _ given: [Int], in p: ProgramBuilder) throws
    -> Value
  {
    let x = try node.input(0, "data")
    var rest = p.shape(x).dims[...]
    let rank = rest.count + given.count
    let axes = try node.axes(given, rank: rank)
    let dims = (0..<rank).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 }
    return try p.reshape(x, Shape(dims))
  }

  private enum DepthOrder: String, CaseIterable {
    case depthFirst = "DCR"
    case columnFirst = "CRD"
  }

  private static func image(_ node: NodeCall, in p: ProgramBuilder) throws -> (Value, [Int], Int) {
    let x = try node.input(0, "input")
    let block = try node.integer("blocksize")
    guard p.shape(x).rank == 4, block > 0, block < 1 << 10 else {
      throw NetJacError(
        .shape,
        "the input is \(p.shape(x)), blocksize is \(block); 4 axes and a positive size are needed")
    }
    return (x, p.shape(x).dims, block)
  }

  private static let depthToSpace: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let (x, dims, block) = try image(node, in: p)
    let channels = dims[1] / (block * block)
    guard channels * block * block == dims[1] else {
      throw NetJacError(
        .shape, "\(dims[1]) channels cannot be spread over blocks of \(block) by \(block)")
    }
    let order = try node.choice("mode", default: DepthOrder.depthFirst)
    let parts =
      order == .depthFirst
      ? try p.transpose(
        p.reshape(x, Shape([dims[0], block, block, channels, dims[2], dims[3]])),
        [0, 3, 4, 1, 5, 2])
      : try p.transpose(
        p.reshape(x, Shape([dims[0], channels, block, block, dims[2], dims[3]])),
        [0, 1, 4, 2, 5, 3])
    return try p.reshape(parts, Shape([dims[0], channels, dims[2] * block, dims[3] * block]))
  }

  private static let spaceToDepth: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let (x, dims, block) = try image(node, in: p)
    let (rows, columns) = (dims[2] / block, dims[3] / block)
    guard rows * block == dims[2], columns * block == dims[3] else {
      throw NetJacError(
        .shape, "\(dims[2]) by \(dims[3]) is not made of blocks of \(block) by \(block)")
    }
    let channels = block * block * dims[1]
    let blocks = try p.reshape(x, Shape([dims[0], dims[1], rows, block, columns, block]))
    // The block's position counts above the channel, except in the later form CRD.
    let order = try node.choice("mode", default: DepthOrder.depthFirst)
    let moved = try p.transpose(
      blocks, order == .depthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4])
    return try p.reshape(moved, Shape([dims[0], channels, rows, columns]))
  }
}
