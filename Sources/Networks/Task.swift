/// What a network can be asked to compute.
package enum Task: Int, CaseIterable, Sendable {
  case forward, jacobian, jvp, vjp, hessian, hvp, jacobianSparse, kinks

  /// The name by which callers know it.
  package var name: String { self == .jacobianSparse ? "jacobian_sparse" : "\(self)" }
}

/// How a matrix is laid out in the caller's memory.
package enum MatrixOrder: Sendable {
  case rowMajor
  case columnMajor
}
