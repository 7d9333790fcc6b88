// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac

@_cdecl("netjac_forward") @implementation
public func netjac_forward(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ y: UnsafeMutablePointer<Double>?
) -> netjac_status {
  forward(network, samples, x, y)
}

@_cdecl("netjac_jacobian") @implementation
public func netjac_jacobian(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ y: UnsafeMutablePointer<Double>?, _ jacobian: UnsafeMutablePointer<Double>?,
  _ order: netjac_order
) -> netjac_status {
  NetJacC.jacobian(network, samples, x, y, jacobian, order)
}

@_cdecl("netjac_jvp") @implementation
public func netjac_jvp(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ tangent: UnsafePointer<Double>?, _ y: UnsafeMutablePointer<Double>?,
  _ product: UnsafeMutablePointer<Double>?
) -> netjac_status {
  jvp(network, samples, x, tangent, y, product)
}

@_cdecl("netjac_vjp") @implementation
public func netjac_vjp(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ cotangent: UnsafePointer<Double>?, _ y: UnsafeMutablePointer<Double>?,
  _ product: UnsafeMutablePointer<Double>?
) -> netjac_status {
  vjp(network, samples, x, cotangent, y, product)
}

@_cdecl("netjac_hessian") @implementation
public func netjac_hessian(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ weights: UnsafePointer<Double>?, _ hessian: UnsafeMutablePointer<Double>?
) -> netjac_status {
  NetJacC.hessian(network, samples, x, weights, hessian)
}

@_cdecl("netjac_hvp") @implementation
public func netjac_hvp(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ weights: UnsafePointer<Double>?, _ tangent: UnsafePointer<Double>?,
  _ product: UnsafeMutablePointer<Double>?
) -> netjac_status {
  hessianProduct(network, samples, x, weights, tangent, product)
}

@_cdecl("netjac_jacobian_sparse") @implementation
public func netjac_jacobian_sparse(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ y: UnsafeMutablePointer<Double>?, _ values: UnsafeMutablePointer<Double>?
) -> netjac_status {
  jacobianSparse(network, samples, x, y, values)
}

@_cdecl("netjac_kinks") @implementation
public func netjac_kinks(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ distances: UnsafeMutablePointer<Double>?
) -> netjac_status {
  kinks(network, samples, x, distances)
}
