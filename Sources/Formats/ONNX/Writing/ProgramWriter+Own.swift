import Graph
import Tensors

extension ProgramWriter {
  /// What ONNX has no operator for is a function of the file: other readers compute it by its body, NetJac takes
  /// it for the primitive again, with the same bits and derivatives.
  func own(_ node: Node) throws -> String {
    guard let name = OwnOperators.functions[node.primitive.name] else {
      throw unsupported(node.primitive)
    }
    try defineFunction(name, ["x"]) { try body(of: node) }
    return try call(name, [full(node.operands[0])])
  }

  /// The result for the argument `x`.
  private func body(of node: Node) throws -> String {
    let x = node.operands[0]
    switch node.primitive {
    case is NormalDistribution:
      // (1 + erf(x/√2))/2. ONNX Runtime has erf for single precision only.
      let argument = try add("Mul", ["x", scalar(0.5.squareRoot(), like: x)])
      let isWide = node.type.element == .float64
      let narrow = isWide ? try add("Cast", [argument], [.integer("to", 1)]) : argument
      let single = try add("Erf", [narrow])
      let erf = isWide ? try add("Cast", [single], [.integer("to", 11)]) : single
      let sum = try add("Add", [erf, scalar(1, like: x)])
      return try add("Mul", [sum, scalar(0.5, like: x)])
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
