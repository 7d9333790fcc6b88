import Graph
import Tensors

extension ProgramWriter {
  /// What ONNX has no operator for is a function of the file: other readers compute it by its body, NetJac takes
  /// it for the primitive again, with the same bits and derivatives.
  func own(_ name: String, _ node: Node) throws -> String {
    try defineFunction(name, ["x"]) { try body(of: node) }
    return try call(name, [full(node.operands[0])])
  }

  /// The result for the argument `x`.
  private func body(of node: Node) throws -> String {
    let x = node.operands[0]
    switch node.primitive {
    case is NormalDistribution:
      // (1 + erf(x/√2))/2
      let argument = try add("Mul", ["x", scalar(0.5.squareRoot(), like: x)])
      let sum = try add("Add", [single("Erf", argument, node.type.element), scalar(1, like: x)])
      return try add("Mul", [sum, scalar(0.5, like: x)])
    case is NormalDistributionByTanh:
      let bounds = [-1, 1].map { scalar($0 * NormalDistributionByTanh.limit, like: x) }
      let near = try add("Clip", ["x"] + bounds)
      let cube = scalar(NormalDistributionByTanh.cube, like: x)
      let scaled = try add("Mul", [add("Mul", [near, near]), cube])
      let sum = try add("Mul", [near, add("Add", [scaled, scalar(1, like: x)])])
      let slope = scalar(NormalDistributionByTanh.slope, like: x)
      return try add("Sigmoid", [add("Mul", [sum, slope])])
    case is ComplementaryErrorFunction:
      return try add("Sub", [scalar(1, like: x), single("Erf", "x", node.type.element)])
    case is ExponentialMinusOne:
      // tanh(x/2)·(exp(x) + 1), which loses nothing near 0.
      let half = try add("Tanh", [add("Mul", ["x", scalar(0.5, like: x)])])
      let sum = try add("Add", [add("Exp", ["x"]), scalar(1, like: x)])
      return try add("Mul", [half, sum])
    case is LogarithmOfOnePlus:
      // With u = 1 + x rounded, log(u) - ((u - 1) - x) / u corrects the rounding.
      let one = scalar(1, like: x)
      let u = try add("Add", ["x", one])
      let lost = try add("Sub", [add("Sub", [u, one]), "x"])
      return try add("Sub", [add("Log", [u]), add("Div", [lost, u])])
    default: return try add("Identity", ["x"])
    }
  }
}
