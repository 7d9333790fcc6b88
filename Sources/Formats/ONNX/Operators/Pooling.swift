import Graph
import Tensors

/// Operators that summarise windows of an image. The largest element of a window is the first of
/// equal ones, which alone takes the derivative.
enum PoolingOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(several: "MaxPool", maximumPool),
    ONNXOperator("AveragePool") { node, p in
      let x = try node.input(0, "X")
      let window = try window(node, x)
      let type = TensorType(p.real, Shape(window.outputDims))
      let counts = try p.constant(
        Tensor(
          type,
          reals: window.counts(
            includingPadding: node.flag("count_include_pad", default: false))))
      let sum = try sum(x, window, in: p)
      return try p.divide(sum, p.broadcast(counts, to: p.shape(sum)))
    },
    ONNXOperator("LpPool") { node, p in
      let x = try node.input(0, "X")
      let exponent = try powerExponent(node)
      let sum = try sum(p.raisedMagnitude(x, to: exponent), window(node, x), in: p)
      return try p.root(sum, of: exponent)
    },
    ONNXOperator("GlobalAveragePool") { node, p in
      try global(node) { x, axes in try p.mean(x, over: axes) }
    },
    ONNXOperator("GlobalMaxPool") { node, p in
      try global(node) { x, axes in
        let dims = p.shape(x).dims
        let flat = try p.reshape(
          x, Shape([dims[0] * dims[1], axes.reduce(1) { $0 * dims[$1] }]))
        let place = try p.add(ArgExtreme(.maximum, axis: 1), [flat])
        return try p.reshape(p.gather(flat, place, batch: 1), Shape([dims[0], dims[1]]))
      }
    },
    ONNXOperator("GlobalLpPool") { node, p in
      let exponent = try powerExponent(node)
      return try global(node) { x, axes in
        try p.root(p.reduceSum(p.raisedMagnitude(x, to: exponent), over: axes), of: exponent)
      }
    },
    ONNXOperator("MaxUnpool", since: 9, maximumUnpool),
  ]

  /// The exponent was a float in the first version.
  private static func powerExponent(_ node: NodeCall) throws -> Double {
    if case .real(let exponent) = node.node.attributes["p"] { return Double(exponent) }
    return Double(try node.integer("p", default: 2))
  }

  private static func window(_ node: NodeCall, _ x: Value) throws -> SlidingWindow {
    guard let kernel = try node.integers("kernel_shape") else {
      throw NetJacError(.format, "the attribute 'kernel_shape' is missing")
    }
    return try SlidingWindow(node, spatial: node.spatialDims(x), kernel: kernel)
  }

  private static func sum(_ x: Value, _ window: SlidingWindow, in p: ProgramBuilder) throws -> Value
  {
    let windows = try p.add(Window(window.axes), [x])
    return try p.reduceSum(windows, over: window.axes.indices.map { 2 + $0 })
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
    let dims = p.shape(x).dims
    let images = dims[0] * dims[1]
    let pixels = window.spatial.reduce(1, *)
    let outputs = window.outputDims.reduce(1, *)
    let output = Shape([dims[0], dims[1]] + window.outputDims)

    let size = try Shape(checking: dims.prefix(2) + window.kernelDims + window.outputDims).count
    guard size <= p.memoryLimit / 8 else {
      throw NetJacError(
        .memory,
        "the windows hold \(size) elements, which is beyond the memory limit of \(p.memoryLimit) "
          + "bytes (option memory_limit)")
    }
    let place = try p.add(WindowExtreme(.maximum, window.axes), [x])
    let pixel = try p.reshape(place, Shape([images, outputs]))
    let y = try p.gather(p.reshape(x, Shape([images, pixels])), pixel, batch: 1)
    return [
      try p.reshape(y, output),
      node.wantsOutput(1)
        ? try p.reshape(globalIndex(pixel, node, window, in: p), output) : nil,
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
    let strides = try SlidingWindow.sizes(node, "strides", kernel.count)
    let pads = try SlidingWindow.pads(node, kernel.count)
    let pooled = kernel.indices.map {
      (spatial[$0] - 1) * strides[$0] - pads[$0] - pads[kernel.count + $0] + kernel[$0]
    }
    let inferred = try Shape(checking: p.shape(x).dims.prefix(2) + pooled)
    let count = p.shape(x).count
    let flat = try p.add(
      ScatterAdd(length: inferred.count),
      [p.reshape(x, Shape([count])), p.reshape(index, Shape([count]))])
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

extension ProgramBuilder {
  /// The lowest number of the type, in the shape of another value.
  func lowest(like x: Value) throws -> Value {
    try type(x).element.isReal
      ? scalar(-.infinity, like: x)
      : constant(Tensor(type(x), fill: type(x).element == .bool ? 0 : Int64.min))
  }

  /// `|x|ᵖ`
  func raisedMagnitude(_ x: Value, to exponent: Double) throws -> Value {
    switch exponent {
    case 1: try absolute(x)
    case 2: try multiply(x, x)
    default: try power(absolute(x), scalar(exponent, like: x))
    }
  }

  /// `x^(1/p)` of a sum of magnitudes. A norm of zeros has derivative 0, as |x| has at 0.
  func root(_ x: Value, of exponent: Double) throws -> Value {
    guard exponent != 1 else { return x }
    let zero = try scalar(0, like: x)
    let isZero = try compare(.equal, x, zero)
    // The root of zero has an infinite slope, which must not meet a zero on the way back.
    let safe = try select(isZero, scalar(1, like: x), x)
    let root = try exponent == 2 ? squareRoot(safe) : power(safe, scalar(1 / exponent, like: x))
    return try select(isZero, zero, root)
  }
}
