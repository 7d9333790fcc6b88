import Tensors

/// The element types of ONNX, with the codes that files use for them.
package enum ONNXElementType: Int32, Sendable, CaseIterable {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64
  case string, bool, float16, double, uint32, uint64
  case complex64, complex128, bfloat16
  case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz
  case uint4, int4, float4e2m1, float8e8m0, uint2, int2, float6e2m3, float6e3m2

  /// What NetJac holds elements of this type as.
  package enum Holding: Sendable {
    /// A number of the one real type that a program computes with.
    case real
    /// A 64-bit integer, whatever its width in the file.
    case integer
    case boolean
    /// Nothing: tensors of this type cannot be used.
    case nothing

    package init(_ element: ElementType) {
      self =
        switch element {
        case .float64, .float32: .real
        case .int64, .int32: .integer
        case .bool: .boolean
        }
    }

    /// The element type of values, with `.float64` for the one real type of a network.
    var element: ElementType? {
      switch self {
      case .real: .float64
      case .integer: .int64
      case .boolean: .bool
      case .nothing: nil
      }
    }
  }

  package var holding: Holding {
    switch self {
    case .float, .double, .float16, .bfloat16: .real
    case .uint8, .int8, .uint16, .int16, .int32, .int64, .uint32, .uint64: .integer
    case .bool: .boolean
    default: .nothing
    }
  }

  /// Bytes that one element takes in `raw_data`, for the types whose values can be used.
  var byteCount: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float, .int32, .uint32: 4
    case .double, .int64, .uint64: 8
    default: nil
    }
  }

  /// The name that the ONNX documents use, as in `tensor(float16)`.
  package var name: String { "\(self)" }
}
