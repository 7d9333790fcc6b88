import CNetJac
import Networks

// One body for double and float. Each checks all its arguments before the network sees any, so that
// a call that fails leaves every output untouched.

@inline(__always)
func forward<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ y: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let y = try writable(y, samples, network.outputSize, "y")
    guard samples > 0 else { return }
    try network.forward(samples: samples, x: x, y: y)
  }
}

@inline(__always)
func jacobian<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ y: UnsafeMutablePointer<Real>?, _ jacobian: UnsafeMutablePointer<Real>?, _ order: netjac_order
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let order = try checkedOrder(order)
    let x = try input(x, samples, network)
    let y = try optional(y, samples, network.outputSize, "y")
    let elements = try scalarCount(network.outputSize, network.inputSize, "jacobian")
    let jacobian = try writable(jacobian, samples, elements, "jacobian")
    guard samples > 0 else { return }
    try network.jacobian(samples: samples, x: x, y: y, jacobian: jacobian, order: order)
  }
}

@inline(__always)
func jvp<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ tangent: UnsafePointer<Real>?, _ y: UnsafeMutablePointer<Real>?,
  _ product: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let tangent = try readable(tangent, samples, network.inputSize, "tangent")
    let y = try optional(y, samples, network.outputSize, "y")
    let product = try writable(product, samples, network.outputSize, "product")
    guard samples > 0 else { return }
    try network.jvp(samples: samples, x: x, tangent: tangent, y: y, product: product)
  }
}

@inline(__always)
func vjp<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ cotangent: UnsafePointer<Real>?, _ y: UnsafeMutablePointer<Real>?,
  _ product: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let cotangent = try readable(cotangent, samples, network.outputSize, "cotangent")
    let y = try optional(y, samples, network.outputSize, "y")
    let product = try writable(product, samples, network.inputSize, "product")
    guard samples > 0 else { return }
    try network.vjp(samples: samples, x: x, cotangent: cotangent, y: y, product: product)
  }
}

@inline(__always)
func hessian<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ weights: UnsafePointer<Real>?, _ hessian: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let weights = try readable(weights, samples, network.outputSize, "weights")
    let elements = try scalarCount(network.inputSize, network.inputSize, "hessian")
    let hessian = try writable(hessian, samples, elements, "hessian")
    guard samples > 0 else { return }
    try network.hessian(samples: samples, x: x, weights: weights, hessian: hessian)
  }
}

@inline(__always)
func hessianProduct<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ weights: UnsafePointer<Real>?, _ tangent: UnsafePointer<Real>?,
  _ product: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let weights = try readable(weights, samples, network.outputSize, "weights")
    let tangent = try readable(tangent, samples, network.inputSize, "tangent")
    let product = try writable(product, samples, network.inputSize, "product")
    guard samples > 0 else { return }
    try network.hessianProduct(
      samples: samples, x: x, weights: weights, tangent: tangent, product: product)
  }
}

@inline(__always)
func jacobianSparse<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ y: UnsafeMutablePointer<Real>?, _ values: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let y = try optional(y, samples, network.outputSize, "y")
    let values = try writable(values, samples, record.nonzeroCount(), "values")
    guard samples > 0 else { return }
    try network.jacobianSparse(samples: samples, x: x, y: y, values: values)
  }
}

@inline(__always)
func kinks<Real: BinaryFloatingPoint>(
  _ handle: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Real>?,
  _ distances: UnsafeMutablePointer<Real>?
) -> netjac_status {
  evaluate(handle, samples) { record, samples in
    let network = record.network
    let x = try input(x, samples, network)
    let count = try record.kinks().count
    let distances = try writable(distances, samples, count, "distances")
    guard samples > 0, count > 0 else { return }
    try network.kinkDistances(samples: samples, x: x, distances: distances)
  }
}

/// The inputs of samples, which whole numbers must fit.
@inline(__always)
func input<Real: BinaryFloatingPoint>(
  _ x: UnsafePointer<Real>?, _ samples: Int, _ network: Network
) throws -> UnsafePointer<Real> {
  let x = try readable(x, samples, network.inputSize, "x")
  try network.wholeNumberInputs?.check(samples: samples, x)
  return x
}

/// Finds the network without taking part in its ownership, so that calls on many threads do not
/// contend for its reference count.
@inline(__always)
private func evaluate(
  _ handle: OpaquePointer?, _ samples: Int64, _ body: (NetworkRecord, Int) throws -> Void
) -> netjac_status {
  status {
    try networkHandles.object(handle)._withUnsafeGuaranteedRef { record in
      try body(record, checkedSamples(samples))
    }
  }
}
