import Containers
import Graph
import Operations
import Tensors

/// Operations that summarise axes.
enum KerasReductionOperations {
  static let all: [KerasOperation] = [
    reduction("Sum") { p, x, axes in try p.reduceSum(x, over: axes) },
    reduction("Mean") { p, x, axes in try p.mean(p.asReal(x), over: axes) },
    reduction("Max", ["initial"]) { p, x, axes in try p.reduceMaximum(x, over: axes) },
    reduction("Min", ["initial"]) { p, x, axes in try p.reduceMinimum(x, over: axes) },
    reduction("Amax") { p, x, axes in try p.reduceMaximum(x, over: axes) },
    reduction("Amin") { p, x, axes in try p.reduceMinimum(x, over: axes) },
    reduction("Prod") { p, x, axes in try p.reduceProduct(x, over: axes) },
    reduction("Any") { p, x, axes in try p.any(p.asBoolean(x), over: axes) },
    reduction("All") { p, x, axes in
      try p.add(Not(), [p.any(p.add(Not(), [p.asBoolean(x)]), over: axes)])
    },
    reduction("Var") { p, x, axes in try variance(p, p.asReal(x), axes) },
    reduction("Std") { p, x, axes in try p.squareRoot(variance(p, p.asReal(x), axes)) },
    reduction("Logsumexp") { p, x, axes in try p.logSumExp(x, over: axes) },
    KerasOperation("Average", ["axis"]) { call, p in
      let x = try p.asReal(call.operand(0, "x"))
      let axes = try call.reducedAxes(x)
      guard let given = call.argument("weights", 1) else { return try p.mean(x, over: axes) }
      var weights = try p.asReal(call.value(given))
      if p.shape(weights) != p.shape(x), p.shape(weights).rank == 1, axes.count == 1 {
        weights = try p.add(Broadcast(p.shape(x), axes: axes), [weights])
      }
      weights = try p.broadcast(weights, to: p.shape(x))
      return try p.divide(
        p.reduceSum(p.multiply(x, weights), over: axes), p.reduceSum(weights, over: axes))
    },
    KerasOperation("Norm", ["ord", "axis", "keepdims"]) { call, p in
      let x = try p.asReal(call.operand(0, "x"))
      let axes = try call.reducedAxes(x)
      let order =
        try call.config.object["ord"]?.string == "euclidean"
        ? nil : call.config.optionalReal("ord")
      // Of matrices only the root of the sum of squares, which is the default, is a norm of elements.
      guard order == nil || axes.count == 1 && (order == 1 || order == 2) else {
        throw NetJacError(
          .unsupported, "the norm of order \(order ?? 0) over \(axes.count) axes is not supported")
      }
      let exponent = order ?? 2
      let y = try p.root(
        p.reduceSum(p.raisedMagnitude(x, to: exponent), over: axes), of: exponent)
      return try call.reduced(y, from: x, over: axes)
    },
    KerasOperation("Normalize", ["axis", "order", "epsilon"]) { call, p in
      let x = try p.asReal(call.operand(0, "x"))
      guard try call.config.real("order", default: 2) == 2 else {
        throw NetJacError(.unsupported, "'order' other than 2 is not supported")
      }
      let axes = try (call.config.ints("axis") ?? [-1]).map {
        try call.axis($0, rank: p.shape(x).rank)
      }
      let epsilon = try call.config.real("epsilon", default: 1e-7)
      return try KerasNormalisationLayers.unit(
        x, over: axes, bound: 1 / epsilon, version: KerasVersion(3), in: p)
    },
    KerasOperation("Argmax", ["axis", "keepdims"]) { call, p in try extreme(.maximum, call, p) },
    KerasOperation("Argmin", ["axis", "keepdims"]) { call, p in try extreme(.minimum, call, p) },
    KerasOperation("Cumsum", ["axis", .ignored("dtype")]) { call, p in
      let x = try call.operand(0, "x")
      let axis = try call.axis(call.config.int("axis"), rank: p.shape(x).rank)
      return try p.add(CumulativeSum(axis: axis), [x])
    },
    KerasOperation(
      "OneHot", ["num_classes", "axis", .ignored("dtype"), .only("sparse")]
    ) { call, p in
      let index = try p.convert(call.operand(0, "x"), to: .int64)
      let rank = p.shape(index).rank
      let axis = try call.axis(call.config.int("axis", default: -1), rank: rank + 1)
      let hot = try p.oneHot(index, length: call.config.count("num_classes"))
      return try p.asReal(p.moveAxis(hot, from: rank, to: axis))
    },
  ]

  private static func reduction(
    _ name: String, _ extra: [String] = [],
    _ body: @escaping @Sendable (ProgramBuilder, Value, [Int]) throws -> Value
  ) -> KerasOperation {
    KerasOperation(
      name, ["axis", "keepdims", .ignored("dtype")] + extra.map { .only($0) }
    ) { call, p in
      let x = try call.operand(0, "x")
      let axes = try call.reducedAxes(x)
      return try call.reduced(body(p, x, axes), from: x, over: axes)
    }
  }

  private static func variance(_ p: ProgramBuilder, _ x: Value, _ axes: [Int]) throws -> Value {
    let centred = try p.centred(x, over: axes)
    return try p.mean(p.multiply(centred, centred), over: axes)
  }

  private static func extreme(_ kind: Extreme.Kind, _ call: KerasCall, _ p: ProgramBuilder) throws
    -> Value
  {
    var x = try call.operand(0, "x")
    if call.config.value("axis") == nil { x = try p.reshape(x, Shape([p.shape(x).count])) }
    let axis = try call.axis(call.config.int("axis", default: 0), rank: p.shape(x).rank)
    return try call.reduced(p.add(ArgExtreme(kind, axis: axis), [x]), from: x, over: [axis])
  }
}
