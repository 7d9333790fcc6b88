import Graph
import Operations
import Tensors

/// A weighted sum of kernels between a sample and support vectors.
struct KernelMachine {
  private enum Kernel: String, CaseIterable {
    case linear = "LINEAR"
    case polynomial = "POLY"
    case radial = "RBF"
    case sigmoid = "SIGMOID"
  }

  private let node: NodeCall
  private let features: Int
  private let supports: Int
  private let kernel: Kernel
  private let gamma: Double
  private let offset: Double
  private let degree: Double

  init(_ node: NodeCall, features: Int) throws {
    self.node = node
    self.features = features
    supports = try node.integer("n_supports", default: 0)
    // Without support vectors the coefficients are those of a linear model.
    kernel = try supports > 0 ? node.choice("kernel_type", default: Kernel.linear) : .linear
    let numbers = try node.reals("kernel_params") ?? []
    guard numbers.isEmpty || numbers.count == 3 else {
      throw NetJacError(
        .format, "kernel_params holds \(numbers.count) numbers; gamma, coef0 and degree are needed")
    }
    gamma = numbers.first ?? 0
    offset = numbers.isEmpty ? 0 : numbers[1]
    degree = (numbers.last ?? 0).rounded(.towardZero)
  }

  /// One score for each row of x.
  func score(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let rho = try node.reals("rho")?.first ?? 0
    let sum: Value
    if supports > 0 {
      let weights = try node.table("coefficients", rows: 1, columns: supports)
      sum = try p.dot(kernels(x, in: p), weights, [0, 1], [2, 1], [0, 2])
    } else {
      let weights = try node.table("coefficients", rows: 1, columns: features)
      sum = try p.dot(x, weights, [0, 1], [2, 1], [0, 2])
    }
    return try p.add(sum, p.scalar(rho, like: sum))
  }

  /// The kernel between each row of x and each support vector.
  private func kernels(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let vectors = try node.table("support_vectors", rows: supports, columns: features)
    if kernel == .radial {
      // Differences first: the expanded square would lose the digits of near neighbours.
      let shape = Shape([p.shape(x)[0], supports, features])
      let difference = try p.subtract(
        p.add(Broadcast(shape, axes: [0, 2]), [x]),
        p.add(Broadcast(shape, axes: [1, 2]), [vectors]))
      let square = try p.reduceSum(p.multiply(difference, difference), over: [2])
      return try p.exponential(p.multiply(square, p.scalar(-gamma, like: square)))
    }
    let product = try p.dot(x, vectors, [0, 1], [2, 1], [0, 2])
    if kernel == .linear { return product }
    let line = try p.add(
      p.multiply(product, p.scalar(gamma, like: product)), p.scalar(offset, like: product))
    return try kernel == .sigmoid ? p.tanh(line) : p.power(line, p.scalar(degree, like: line))
  }
}

/// What classifiers and regressors may do to their scores.
enum PostTransform: String, CaseIterable {
  case none = "NONE"
  case softmax = "SOFTMAX"
  case logistic = "LOGISTIC"
  case softmaxOfNonzero = "SOFTMAX_ZERO"

  static func applied(_ node: NodeCall, to scores: Value, in p: ProgramBuilder) throws -> Value {
    try node.choice("post_transform", default: PostTransform.none).applied(to: scores, in: p)
  }

  func applied(to scores: Value, in p: ProgramBuilder) throws -> Value {
    switch self {
    case .none: return scores
    case .softmax: return try p.softmax(scores, over: [1])
    case .logistic: return try p.sigmoid(scores)
    case .softmaxOfNonzero:
      // Scores of zero keep weight zero.
      let threshold = try p.scalar(1e-7, like: scores)
      let isZero = try p.compare(.lessOrEqual, p.absolute(scores), threshold)
      let shift = try p.detach(p.reduceMaximum(scores, over: [1]))
      let e = try p.exponential(
        p.subtract(scores, p.spread(shift, over: [1], to: p.shape(scores))))
      let kept = try p.select(isZero, p.scalar(0, like: e), e)
      let total = try p.reduceSum(kept, over: [1])
      return try p.divide(kept, p.spread(total, over: [1], to: p.shape(scores)))
    }
  }
}
