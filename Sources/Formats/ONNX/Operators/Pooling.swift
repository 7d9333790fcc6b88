import Graph
import Operations
import Tensors

/// Operators that summarise windows of an image. The largest element of a window is the first of
/// equal ones, which alone takes the derivative.
enum PoolingOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      several: "MaxPool", operands: ["X": .number],
      attributes: [
        "auto_pad": .text, "ceil_mode": .integer, "dilations": .integers, "kernel_shape": .integers,
        "pads": .integers, "storage_order": .integer, "strides": .integers,
      ], derivative: .kinked("equal extremes: the first takes the derivative"), maximumPool),
    ONNXOperator(
      "AveragePool", operands: ["X": .real],
      attributes: [
        "auto_pad": .text, "ceil_mode": .integer, "count_include_pad": .integer,
        "dilations": .integers, "kernel_shape": .integers, "pads": .integers, "strides": .integers,
      ]
    ) { node, p in
      let x = try node.input(0, "X")
      return try Pooling(window(node, x), in: p).average(
        x, includingPadding: node.flag("count_include_pad", default: false))
    },
    // The exponent was a float in the first version.
    ONNXOperator(
      "LpPool", operands: ["X": .real],
      attributes: [
        "auto_pad": .text, "kernel_shape": .integers, "p": .real, "pads": .integers,
        "strides": .integers,
      ], derivative: .kinked("a norm of zeros: derivative 0")
    ) { node, p in
      try powerPool(node, exponent: node.real("p", default: 2), in: p)
    },
    ONNXOperator(
      "LpPool", since: 2,
      attributes: [
        "auto_pad": .text, "ceil_mode": .integer, "dilations": .integers, "kernel_shape": .integers,
        "p": .integer, "pads": .integers, "strides": .integers,
      ], derivative: .kinked("a norm of zeros: derivative 0")
    ) { node, p in
      try powerPool(node, exponent: Double(node.integer("p", default: 2)), in: p)
    },
    ONNXOperator("GlobalAveragePool", operands: ["X": .real]) { node, p in
      try global(node) { x, axes in try p.mean(x, over: axes) }
    },
    ONNXOperator(
      "GlobalMaxPool", operands: ["X": .real],
      derivative: .kinked("equal extremes: the first takes the derivative")
    ) { node, p in
      try global(node) { x, _ in try p.globalMaximum(x) }
    },
    ONNXOperator(
      "GlobalLpPool", operands: ["X": .real], attributes: ["p": .real],
      derivative: .kinked("a norm of zeros: derivative 0")
    ) { node, p in
      try globalPower(node, exponent: node.real("p", default: 2), in: p)
    },
    ONNXOperator(
      "GlobalLpPool", since: 2, attributes: ["p": .integer],
      derivative: .kinked("a norm of zeros: derivative 0")
    ) { node, p in
      try globalPower(node, exponent: Double(node.integer("p", default: 2)), in: p)
    },
    ONNXOperator(
      "MaxUnpool", since: 9,
      operands: ["X": .real, "I": .whole, "output_shape": .optional(.whole)],
      attributes: ["kernel_shape": .integers, "pads": .integers, "strides": .integers],
      limits: "output_shape must be known while loading; \(ComputedIndices.writing)",
      maximumUnpool),
  ]

  private static func powerPool(_ node: NodeCall, exponent: Double, in p: ProgramBuilder) throws
    -> Value
  {
    let x = try node.input(0, "X")
    try requireNorm(exponent)
    let sum = try Pooling(window(node, x), in: p).sum(p.raisedMagnitude(x, to: exponent))
    return try p.root(sum, of: exponent)
  }

  private static func globalPower(_ node: NodeCall, exponent: Double, in p: ProgramBuilder) throws
    -> Value
  {
    try requireNorm(exponent)
    return try global(node) { x, axes in
      try p.root(p.reduceSum(p.raisedMagnitude(x, to: exponent), over: axes), of: exponent)
    }
  }

  private static func requireNorm(_ exponent: Double) throws {
    guard exponent >= 1, exponent.isFinite else {
      throw NetJacError(.format, "p is \(exponent); a norm needs a number of at least 1")
    }
  }

  private static func window(_ node: NodeCall, _ x: Value) throws -> SlidingWindow {
    guard let kernel = try node.integers("kernel_shape") else {
      throw NetJacError(.format, "the attribute 'kernel_shape' is missing")
    }
    let window = try node.window(spatial: node.spatialDims(x), kernel: kernel)
    // A window may not lie in the padding alone: it would summarise nothing.
    let (low, high) = try node.pads(kernel.count)
    let spans = zip(kernel, try node.sizes("dilations", kernel.count)).map { ($0 - 1) * $1 + 1 }
    for (place, span) in spans.enumerated() where max(low[place], high[place]) >= span {
      throw NetJacError(
        .shape,
        """
        pads is \(low + high), the kernel spans \(spans) elements; the padding must be smaller than the \
        kernel
        """)
    }
    return window
  }

  private static func global(_ node: NodeCall, _ body: (Value, [Int]) throws -> Value) throws
    -> Value
  {
    let x = try node.input(0, "X")
    let axes = Array(2..<(2 + (try node.spatialDims(x).count)))
    let y = try body(x, axes)
    return try node.p.reshape(y, node.p.shape(x).withOnes(at: axes))
  }

  private static let maximumPool: @Sendable (NodeCall, ProgramBuilder) throws -> [Value?] = {
    node, p in
    let x = try node.input(0, "X")
    let window = try window(node, x)
    let (y, pixel) = try Pooling(window, in: p).maximum(x)
    return [
      y,
      node.wantsOutput(1)
        ? try p.reshape(globalIndex(pixel, node, window, in: p), p.shape(y)) : nil,
    ]
  }

  /// Where the maxima are in the whole input; `storage_order` counts pixels column by column.
  private static func globalIndex(
    _ pixel: Value, _ node: NodeCall, _ window: SlidingWindow, in p: ProgramBuilder
  ) throws -> Value {
    var local = pixel
    if try node.flag("storage_order", default: false) {
      let steps = Array(Shape(window.spatial.reversed()).strides.reversed())
      let order = positions(window.spatial) { index in
        zip(index, steps).reduce(0) { $0 + $1.0 * $1.1 }
      }
      local = try p.gather(p.integers(order), pixel)
    }
    let shape = p.shape(pixel)
    let pixels = window.spatial.reduce(1, *)
    let starts = try p.integers((0..<shape[0]).map { $0 * pixels })
    return try p.add(local, p.add(Broadcast(shape, axes: [0]), [starts]))
  }

  /// A number for each index of a box, in row-major order.
  private static func positions(_ dims: [Int], _ number: ([Int]) -> Int) -> [Int] {
    var indices: [[Int]] = [[]]
    for dim in dims { indices = indices.flatMap { index in (0..<dim).map { index + [$0] } } }
    return indices.map(number)
  }

  /// Puts elements back where a pool with the same attributes took them from; zeros elsewhere.
  private static let maximumUnpool: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "X")
    let index = try node.input(1, "I")
    let spatial = try node.spatialDims(x)
    guard let kernel = try node.integers("kernel_shape"), kernel.count == spatial.count,
      p.shape(index) == p.shape(x), kernel.allSatisfy({ $0 >= 1 && $0 < 1 << 30 }),
      spatial.allSatisfy({ $0 < 1 << 30 })
    else {
      throw NetJacError(
        .shape, "X is \(p.shape(x)), I is \(p.shape(index)); equal shapes and a kernel are needed")
    }
    let strides = try node.sizes("strides", kernel.count)
    let pads = try node.pads(kernel.count)
    let pooled = kernel.indices.map {
      (spatial[$0] - 1) * strides[$0] - pads.low[$0] - pads.high[$0] + kernel[$0]
    }
    let inferred = try Shape(checking: p.shape(x).dims.prefix(2) + pooled)
    let count = p.shape(x).count
    let place = try p.positive(index, length: inferred.count, fromEnd: false)
    let flat = try p.add(
      ScatterAdd(length: inferred.count),
      [p.reshape(x, Shape([count])), p.reshape(place, Shape([count]))])
    let y = try p.reshape(flat, inferred)
    guard let target = try node.optionalConstantIntegers(2, "output_shape") else { return y }
    let shape = try Shape(checking: target)
    guard shape.rank == inferred.rank else {
      throw NetJacError(
        .shape, "output_shape is \(shape); \(inferred.rank) axes are needed")
    }
    return try p.pad(
      y, low: shape.dims.map { _ in 0 }, high: zip(shape.dims, inferred.dims).map { $0 - $1 })
  }
}
