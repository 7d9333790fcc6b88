import Tensors

/// One input or output of a network.
package struct Port: Sendable {
  package let name: String
  /// The shape of one sample.
  package let dims: [Int]
}

/// How a matrix is laid out in the caller's memory.
package enum MatrixOrder: Sendable {
  case rowMajor
  case columnMajor
}

/// What a network can be asked to compute.
package enum Task: String, CaseIterable, Sendable {
  case forward
  case jacobian
  case jvp
  case vjp
  case hessian
  case jacobianSparse = "jacobian_sparse"
}

// Provisional: the shape of the interface that NetJacC is written against, without an engine behind it.
package final class Network: Sendable {
  package let inputs: [Port] = []
  package let outputs: [Port] = []
  package let inputSize = 0
  package let outputSize = 0

  package static func load(path: String, options: NetworkOptions) throws -> Network {
    throw unavailable
  }

  package static func load(bytes: UnsafeRawBufferPointer, options: NetworkOptions) throws -> Network
  {
    throw unavailable
  }

  package func prepare(_ task: Task, samples: Int) throws { throw unavailable }

  package func forward<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, y: UnsafeMutablePointer<Real>
  ) throws { throw unavailable }

  package func jacobian<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, y: UnsafeMutablePointer<Real>?,
    jacobian: UnsafeMutablePointer<Real>, order: MatrixOrder
  ) throws { throw unavailable }

  package func jvp<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, tangent: UnsafePointer<Real>,
    y: UnsafeMutablePointer<Real>?, product: UnsafeMutablePointer<Real>
  ) throws { throw unavailable }

  package func vjp<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, cotangent: UnsafePointer<Real>,
    y: UnsafeMutablePointer<Real>?, product: UnsafeMutablePointer<Real>
  ) throws { throw unavailable }

  package func hessian<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, weights: UnsafePointer<Real>,
    hessian: UnsafeMutablePointer<Real>
  ) throws { throw unavailable }

  package func jacobianSparsity() throws -> (columnPointers: [Int64], rowIndices: [Int64]) {
    throw unavailable
  }

  package func jacobianSparse<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, y: UnsafeMutablePointer<Real>?,
    values: UnsafeMutablePointer<Real>
  ) throws { throw unavailable }

  package func jacobianCost() throws -> (text: String, chosen: Int, forward: Int, reverse: Int) {
    throw unavailable
  }
}

private let unavailable = NetJacError(.unsupported, "this build of NetJac holds no engine yet")
