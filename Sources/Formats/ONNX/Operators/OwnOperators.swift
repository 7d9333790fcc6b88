import Graph

/// Operators of NetJac's own domain: primitives that ONNX has no operator for. A file that uses them brings
/// functions of their names, which say to other readers what they compute.
enum OwnOperators {
  static let domain = "netjac"
  static let version: Int64 = 1

  /// The functions by the primitives that they stand for.
  static let functions = [
    ComplementaryErrorFunction.name: "ComplementaryErrorFunction", Detach.name: "Detach",
    ExponentialMinusOne.name: "ExponentialMinusOne", LogarithmOfOnePlus.name: "LogarithmOfOnePlus",
    NormalDistribution.name: "NormalDistribution",
    NormalDistributionByTanh.name: "NormalDistributionByTanh",
  ]

  static let all: [ONNXOperator] = [
    own("ComplementaryErrorFunction") { p, x in try p.add(ComplementaryErrorFunction(), [x]) },
    own("Detach", .any, derivative: .zero) { p, x in try p.detach(x) },
    own("ExponentialMinusOne") { p, x in try p.add(ExponentialMinusOne(), [x]) },
    own("LogarithmOfOnePlus") { p, x in try p.add(LogarithmOfOnePlus(), [x]) },
    own("NormalDistribution") { p, x in try p.add(NormalDistribution(), [x]) },
    own("NormalDistributionByTanh") { p, x in try p.add(NormalDistributionByTanh(), [x]) },
  ]

  private static func own(
    _ name: String, _ kind: OperandKind = .real, derivative: Derivative = .smooth,
    _ function: @escaping ElementwiseOperators.Unary
  ) -> ONNXOperator {
    ONNXOperator(name, domain: domain, operands: ["x": kind], derivative: derivative) { node, p in
      try function(p, node.input(0, "x"))
    }
  }

  /// Whether a function of a file stands for an operator.
  static func contains(_ function: ONNXFunction) -> Bool {
    function.domain == domain && functions.values.contains(function.name)
  }
}
