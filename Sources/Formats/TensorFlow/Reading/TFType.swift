import Operations
import Tensors

/// The element types of TensorFlow, by the codes that files use for them.
/// Source: TensorFlow, core/framework/types.proto.
enum TFType: Int64, Sendable {
  case float = 1
  case double, int32, uint8, int16, int8, string, complex64, int64, bool
  case bfloat16 = 14
  case uint16 = 17
  case complex128 = 18
  case half = 19
  case resource, variant, uint32, uint64

  /// - Throws: `unsupported` for types that networks do not compute with.
  init(code: Int64) throws {
    // 101 and above are references to variables of TensorFlow 1.
    guard let type = TFType(rawValue: code > 100 ? code - 100 : code) else {
      throw NetJacError(
        .unsupported, "the element type with code \(code) is quantised or unknown; NetJac has none")
    }
    self = type
  }

  var name: String { "\(self)" }

  /// What its elements are held as: `.float64` stands for the one real type of the network.
  var element: ElementType? {
    switch self {
    case .float, .double, .half, .bfloat16: .float64
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: .int64
    case .bool: .bool
    case .string, .complex64, .complex128, .resource, .variant: nil
    }
  }

  /// The bytes of an element in raw data.
  var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16, .uint16, .half, .bfloat16: 2
    case .float, .int32, .uint32: 4
    default: 8
    }
  }

  /// The width at which whole numbers wrap; nil where that of int64 is theirs.
  var width: WholeWidth? {
    switch self {
    case .int8: .int8
    case .uint8: .uint8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    default: nil
    }
  }
}
