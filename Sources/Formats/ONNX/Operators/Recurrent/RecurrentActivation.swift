import Graph
import Operations
import Tensors

/// An activation function of a recurrent cell, by name and numbers.
struct RecurrentActivation {
  private let name: String
  private let alpha: Double
  private let beta: Double

  /// The standard numbers of the functions that have any.
  private static let numbers: [String: (alpha: Float?, beta: Float?)] = [
    "relu": (nil, nil), "tanh": (nil, nil), "sigmoid": (nil, nil), "softsign": (nil, nil),
    "softplus": (nil, nil), "affine": (1, 0), "leakyrelu": (0.01, nil),
    "thresholdedrelu": (1, nil), "scaledtanh": (1, 1), "hardsigmoid": (0.2, 0.5), "elu": (1, nil),
  ]

  /// The functions of a node, in order; functions that take numbers consume them from the lists.
  static func all(_ node: NodeCall, standard: [String], directions: Int) throws
    -> [RecurrentActivation]
  {
    let names = try node.strings("activations") ?? []
    let wanted = (0..<directions).flatMap { _ in standard }
    guard names.isEmpty || names.count == wanted.count else {
      throw NetJacError(
        .format, "\(names.count) activations are given; \(wanted.count) are needed")
    }
    var alphas = try node.reals("activation_alpha").map { $0[...] } ?? []
    var betas = try node.reals("activation_beta").map { $0[...] } ?? []
    return try (names.isEmpty ? wanted : names).map { name in
      guard let numbers = Self.numbers[name.lowercased()] else {
        throw NetJacError(.unsupported, "the activation \(name.quoted) is not supported")
      }
      return RecurrentActivation(
        name: name.lowercased(),
        alpha: numbers.alpha.map { alphas.popFirst() ?? Double($0) } ?? 0,
        beta: numbers.beta.map { betas.popFirst() ?? Double($0) } ?? 0)
    }
  }

  func callAsFunction(_ x: Value, in p: ProgramBuilder) throws -> Value {
    func number(_ value: Double) throws -> Value { try p.scalar(value, like: x) }
    switch name {
    case "relu": return try p.relu(x)
    case "tanh": return try p.tanh(x)
    case "sigmoid": return try p.sigmoid(x)
    case "softplus": return try p.softplus(x)
    case "softsign": return try p.softsign(x)
    case "affine": return try p.add(p.multiply(x, number(alpha)), number(beta))
    case "leakyrelu":
      return try p.leakyRelu(x, slope: alpha)
    case "thresholdedrelu":
      return try p.thresholdedRelu(x, threshold: alpha, .greaterOrEqual)
    case "scaledtanh":
      return try p.multiply(p.tanh(p.multiply(x, number(beta))), number(alpha))
    case "hardsigmoid":
      return try p.hardSigmoid(x, alpha: alpha, beta: beta)
    default: return try p.exponentialUnit(x, scale: alpha)
    }
  }
}
