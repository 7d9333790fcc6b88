import Graph
import Operations
import Tensors

/// Operators that combine the elements along axes.
enum ReductionOperators {
  static let all: [ONNXOperator] =
    reduction("ReduceSum", .number, axesAsInputSince: 13) { p, x, axes in
      try p.reduceSum(x, over: axes)
    }
    + reduction("ReduceMean", .number) { p, x, axes in try p.mean(x, over: axes) }
    + reduction("ReduceMax", .any, derivative: shared) { p, x, axes in
      try p.reduceMaximum(x, over: axes)
    }
    + reduction("ReduceMin", .any, derivative: shared) { p, x, axes in
      try p.reduceMinimum(x, over: axes)
    }
    + reduction("ReduceProd", .number) { p, x, axes in try p.reduceProduct(x, over: axes) }
    + reduction("ReduceL1", .number, derivative: .kinked("x = 0: derivative 0")) { p, x, axes in
      try p.reduceSum(p.absolute(x), over: axes)
    }
    + reduction("ReduceL2", derivative: .kinked("a norm of zeros: derivative 0")) { p, x, axes in
      try p.root(p.reduceSum(p.multiply(x, x), over: axes), of: 2)
    }
    + reduction("ReduceSumSquare", .number) { p, x, axes in
      try p.reduceSum(p.multiply(x, x), over: axes)
    }
    + reduction("ReduceLogSum") { p, x, axes in try p.logarithm(p.reduceSum(x, over: axes)) }
    + reduction("ReduceLogSumExp") { p, x, axes in try p.logSumExp(x, over: axes) }
    + [argument("ArgMax", .maximum), argument("ArgMin", .minimum)]
    + [
      ONNXOperator(
        "CumSum", since: 11, operands: ["x": .number, "axis": .whole],
        attributes: ["exclusive": .integer, "reverse": .integer],
        limits: "axis must be known while loading"
      ) { node, p in
        let x = try node.input(0, "x")
        let axis = try node.axis(node.constantInteger(1, "axis"), rank: p.shape(x).rank)
        return try p.add(
          CumulativeSum(
            axis: axis, exclusive: node.flag("exclusive", default: false),
            reverse: node.flag("reverse", default: false)), [x])
      },
      ONNXOperator(
        "CumProd", since: 26, operands: ["x": .number, "axis": .whole],
        attributes: ["exclusive": .integer, "reverse": .integer],
        limits: "axis must be known while loading"
      ) { node, p in
        let x = try node.input(0, "x")
        let axis = try node.axis(node.constantInteger(1, "axis"), rank: p.shape(x).rank)
        return try p.cumulativeProduct(
          x, axis: axis, exclusive: node.flag("exclusive", default: false),
          reverse: node.flag("reverse", default: false))
      },
      ONNXOperator(
        several: "TopK", operands: ["X": .number], attributes: ["axis": .integer, "k": .integer],
        derivative: .kinked("equal elements: their order is by place"),
        limits: "k must be known while loading"
      ) { node, p in
        try topElements(node, node.integer("k"), in: p)
      },
      ONNXOperator(
        several: "TopK", since: 10, operands: ["X": .number, "K": .whole],
        attributes: ["axis": .integer, "largest": .integer, "sorted": .integer]
      ) { node, p in
        try topElements(node, node.constantInteger(1, "K"), in: p)
      },
    ]

  private static let shared = Derivative.kinked("equal extremes share the derivative equally")

  private typealias Body = @Sendable (ProgramBuilder, Value, [Int]) throws -> Value

  /// The axes are an attribute at first and an input later; without any, all axes are meant, unless
  /// `noop_with_empty_axes` says none.
  private static func reduction(
    _ name: String, _ kind: OperandKind = .real, axesAsInputSince since: Int64 = 18,
    derivative: Derivative = .smooth, _ body: @escaping Body
  ) -> [ONNXOperator] {
    [
      ONNXOperator(
        name, operands: ["data": kind], attributes: ["axes": .integers, "keepdims": .integer],
        derivative: derivative, limits: "axes must be known while loading"
      ) { node, p in try reduce(node, node.integers("axes"), body, in: p) },
      ONNXOperator(
        name, since: since, operands: ["data": kind, "axes": .optional(.whole)],
        attributes: ["keepdims": .integer, "noop_with_empty_axes": .integer]
      ) { node, p in
        try reduce(node, node.optionalConstantIntegers(1, "axes"), body, in: p)
      },
    ]
  }

  private static func reduce(
    _ node: NodeCall, _ given: [Int]?, _ body: Body, in p: ProgramBuilder
  ) throws -> Value {
    let x = try node.input(0, "data")
    let rank = p.shape(x).rank
    var axes = try node.axes(given ?? [], rank: rank)
    if axes.isEmpty, try !node.flag("noop_with_empty_axes", default: false) {
      axes = Array(0..<rank)
    }
    let y = try body(p, x, axes)
    return try node.flag("keepdims", default: true)
      ? p.reshape(y, p.shape(x).withOnes(at: axes)) : y
  }

  private static func argument(_ name: String, _ kind: Extreme.Kind) -> ONNXOperator {
    ONNXOperator(
      name, operands: ["data": .number],
      attributes: ["axis": .integer, "keepdims": .integer, "select_last_index": .integer],
      derivative: .none
    ) { node, p in
      let x = try node.input(0, "data")
      let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(x).rank)
      let last = try node.flag("select_last_index", default: false)
      let y = try p.add(ArgExtreme(kind, axis: axis, last: last), [x])
      return try node.flag("keepdims", default: true)
        ? p.reshape(y, p.shape(x).withOnes(at: [axis])) : y
    }
  }

  /// The k largest or smallest elements along an axis, in order, and where they are.
  private static func topElements(_ node: NodeCall, _ k: Int, in p: ProgramBuilder) throws
    -> [Value?]
  {
    let x = try node.input(0, "X")
    let rank = p.shape(x).rank
    let axis = try node.axis(node.integer("axis", default: -1), rank: rank)
    guard k >= 0, k <= p.shape(x)[axis] else {
      throw NetJacError(.shape, "K is \(k); axis \(axis) of \(p.shape(x)) has \(p.shape(x)[axis])")
    }
    let (values, places) = try p.topElements(
      x, k, axis: axis, largest: node.flag("largest", default: true))
    return [values, places]
  }
}
