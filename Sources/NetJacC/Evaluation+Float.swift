// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac

@_cdecl("netjac_forward_f32") @implementation
public func netjac_forward_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ y: UnsafeMutablePointer<Float>?
) -> netjac_status {
  forward(network, samples, x, y)
}

@_cdecl("netjac_jacobian_f32") @implementation
public func netjac_jacobian_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ y: UnsafeMutablePointer<Float>?, _ jacobian: UnsafeMutablePointer<Float>?, _ order: netjac_order
) -> netjac_status {
  NetJacC.jacobian(network, samples, x, y, jacobian, order)
}

@_cdecl("netjac_jvp_f32") @implementation
public func netjac_jvp_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ tangent: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>?,
  _ product: UnsafeMutablePointer<Float>?
) -> netjac_status {
  jvp(network, samples, x, tangent, y, product)
}

@_cdecl("netjac_vjp_f32") @implementation
public func netjac_vjp_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ cotangent: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>?,
  _ product: UnsafeMutablePointer<Float>?
) -> netjac_status {
  vjp(network, samples, x, cotangent, y, product)
}

@_cdecl("netjac_hessian_f32") @implementation
public func netjac_hessian_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ weights: UnsafePointer<Float>?, _ hessian: UnsafeMutablePointer<Float>?
) -> netjac_status {
  NetJacC.hessian(network, samples, x, weights, hessian)
}

@_cdecl("netjac_hvp_f32") @implementation
public func netjac_hvp_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ weights: UnsafePointer<Float>?, _ tangent: UnsafePointer<Float>?,
  _ product: UnsafeMutablePointer<Float>?
) -> netjac_status {
  hessianProduct(network, samples, x, weights, tangent, product)
}

@_cdecl("netjac_jacobian_sparse_f32") @implementation
public func netjac_jacobian_sparse_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ y: UnsafeMutablePointer<Float>?, _ values: UnsafeMutablePointer<Float>?
) -> netjac_status {
  jacobianSparse(network, samples, x, y, values)
}

@_cdecl("netjac_kinks_f32") @implementation
public func netjac_kinks_f32(
  _ network: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Float>?,
  _ distances: UnsafeMutablePointer<Float>?
) -> netjac_status {
  kinks(network, samples, x, distances)
}
