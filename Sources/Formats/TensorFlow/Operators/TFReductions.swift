import Graph
import Operations
import Tensors

/// Operators that combine the elements along axes.
enum TFReductionOperators {
  static let all: [TFOperator] = [
    reduction("Sum") { p, x, axes in try p.reduceSum(x, over: axes) },
    reduction("Mean") { p, x, axes in try p.mean(x, over: axes) },
    reduction("Prod") { p, x, axes in try p.reduceProduct(x, over: axes) },
    reduction("Max") { p, x, axes in try p.reduceMaximum(x, over: axes) },
    reduction("Min") { p, x, axes in try p.reduceMinimum(x, over: axes) },
    reduction("EuclideanNorm") { p, x, axes in
      try p.root(p.reduceSum(p.multiply(x, x), over: axes), of: 2)
    },
    reduction("All") { p, x, axes in
      try p.convert(p.reduceMinimum(p.convert(x, to: .int64), over: axes), to: .bool)
    },
    reduction("Any") { p, x, axes in
      try p.convert(p.reduceMaximum(p.convert(x, to: .int64), over: axes), to: .bool)
    },
    argument("ArgMax", .maximum), argument("ArgMin", .minimum),
    TFOperator("Cumsum", outputs: ["out"], attributes: ["exclusive", "reverse"]) { node, p in
      let x = try node.input(0, "x")
      let axis = try node.axis(node.constantInteger(1, "axis"), rank: p.shape(x).rank)
      return try p.add(
        CumulativeSum(
          axis: axis, exclusive: node.flag("exclusive"), reverse: node.flag("reverse")), [x])
    },
    TFOperator("Cumprod", outputs: ["out"], attributes: ["exclusive", "reverse"]) { node, p in
      let x = try node.input(0, "x")
      let axis = try node.axis(node.constantInteger(1, "axis"), rank: p.shape(x).rank)
      return try p.cumulativeProduct(
        x, axis: axis, exclusive: node.flag("exclusive"), reverse: node.flag("reverse"))
    },
    TFOperator(several: "TopKV2", outputs: ["values", "indices"]) { node, p in
      let x = try node.input(0, "input")
      let k = try node.constantInteger(1, "k")
      let axis = try node.axis(-1, rank: p.shape(x).rank)
      guard k >= 0, k <= p.shape(x)[axis] else {
        throw NetJacError(.shape, "k is \(k); the last axis of \(p.shape(x)) is shorter")
      }
      let (values, places) = try p.topElements(x, k, axis: axis, largest: true)
      return [.tensor(values), .tensor(places)]
    },
  ]

  private static func reduction(
    _ name: String,
    _ body: @escaping @Sendable (ProgramBuilder, Value, [Int]) throws -> Value
  ) -> TFOperator {
    TFOperator(name, attributes: ["keep_dims"]) { node, p in
      let x = try node.input(0, "input")
      let axes = try node.axes(
        node.constantIntegers(1, "reduction_indices"), rank: p.shape(x).rank, "reduction_indices")
      let y = try body(p, x, axes)
      return try node.flag("keep_dims") ? p.reshape(y, p.shape(x).withOnes(at: axes)) : y
    }
  }

  private static func argument(_ name: String, _ kind: Extreme.Kind) -> TFOperator {
    TFOperator(name) { node, p in
      let x = try node.input(0, "input")
      let axis = try node.axis(node.constantInteger(1, "dimension"), rank: p.shape(x).rank)
      return try p.add(ArgExtreme(kind, axis: axis), [x])
    }
  }
}
