/// What a network can be asked to compute.
package enum Task: String, CaseIterable, Sendable {
  case forward
  case jacobian
  case jvp
  case vjp
  case hessian
  case hvp
  case jacobianSparse = "jacobian_sparse"
  case kinks
}

/// How a matrix is laid out in the caller's memory.
package enum MatrixOrder: Sendable {
  case rowMajor
  case columnMajor
}
