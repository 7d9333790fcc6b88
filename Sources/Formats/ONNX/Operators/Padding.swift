import Graph
import Operations
import Tensors

/// ONNX `Pad`: adds elements around a tensor, or cuts some off where the amount is negative.
enum PaddingOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Pad", operands: ["data": .any],
      attributes: ["mode": .text, "paddings": .integers, "pads": .integers, "value": .real],
      limits: "pads and axes must be known while loading"
    ) { node, p in
      guard let pads = try node.integers("pads") else {
        throw NetJacError(.format, "the attribute 'pads' is missing")
      }
      let value = try p.scalar(node.real("value", default: 0))
      return try padded(node, pads, axes: nil, value: value, in: p)
    },
    ONNXOperator(
      "Pad", since: 11,
      operands: [
        "data": .any, "pads": .whole, "constant_value": .optional(.any), "axes": .optional(.whole),
      ], attributes: ["mode": .text]
    ) { node, p in
      try padded(
        node, node.constantIntegers(1, "pads"), axes: node.optionalConstantIntegers(3, "axes"),
        value: node.optionalInput(2), in: p)
    },
  ]

  private static let modes: KeyValuePairs<String, PaddingMode> = [
    "constant": .constant, "reflect": .reflect, "edge": .edge, "wrap": .wrap,
  ]

  private static func padded(
    _ node: NodeCall, _ pads: [Int], axes given: [Int]?, value: Value?, in p: ProgramBuilder
  ) throws -> Value {
    let x = try node.input(0, "data")
    let dims = p.shape(x).dims
    if let value, node.optionalInput(2) != nil {
      guard p.shape(value).count <= 1, p.type(value).element == p.type(x).element else {
        throw NetJacError(
          .shape,
          """
          constant_value is \(p.type(value)); one element of the kind of data, \(p.type(x).element), is \
          needed
          """)
      }
    }
    let axes = try node.axes(given ?? Array(dims.indices), rank: dims.count)
    guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude < 1 << 40 }) else {
      throw NetJacError(
        .shape, "pads \(pads) do not fit \(axes.count) axes; two for each are needed")
    }
    var low = dims.map { _ in 0 }
    var high = low
    for (place, axis) in axes.enumerated() {
      low[axis] = pads[place]
      high[axis] = pads[axes.count + place]
    }
    return try p.pad(
      x, low: low, high: high, node.choice("mode", modes, default: .constant), with: value)
  }
}
