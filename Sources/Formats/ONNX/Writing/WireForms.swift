import Graph
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension WireAttributeProto {
  static func integer(_ name: String, _ value: Int) -> WireAttributeProto {
    var attribute = WireAttributeProto()
    attribute.name = name
    attribute.i = Int64(value)
    attribute.type = 2
    return attribute
  }

  static func integers(_ name: String, _ values: [Int]) -> WireAttributeProto {
    var attribute = WireAttributeProto()
    attribute.name = name
    attribute.ints = values.map(Int64.init)
    attribute.type = 7
    return attribute
  }

  static func string(_ name: String, _ value: String) -> WireAttributeProto {
    var attribute = WireAttributeProto()
    attribute.name = name
    attribute.s = Data(value.utf8)
    attribute.type = 3
    return attribute
  }
}

extension ElementType {
  /// The code of the type in files.
  var wireCode: Int32 {
    switch self {
    case .float32: ONNXElementType.float.rawValue
    case .float64: ONNXElementType.double.rawValue
    case .int32: ONNXElementType.int32.rawValue
    case .int64: ONNXElementType.int64.rawValue
    case .bool: ONNXElementType.bool.rawValue
    }
  }
}

extension Tensor {
  func wire(_ name: String) -> WireTensorProto {
    var tensor = WireTensorProto()
    tensor.name = name
    tensor.dims = shape.dims.map(Int64.init)
    tensor.dataType = type.element.wireCode
    switch type.element {
    case .float64: tensor.rawData = bytes(reals.map(\.bitPattern.littleEndian))
    case .float32:
      if case .floats(let values) = storage {
        tensor.rawData = values.withElements { bytes($0.map(\.bitPattern.littleEndian)) }
      } else {
        tensor.rawData = bytes(reals.map { Float($0).bitPattern.littleEndian })
      }
    case .int64: tensor.rawData = bytes(integers.map(\.littleEndian))
    case .int32:
      tensor.rawData = bytes(integers.map { Int32(truncatingIfNeeded: $0).littleEndian })
    case .bool: tensor.rawData = bytes(integers.map { UInt8($0 == 0 ? 0 : 1) })
    }
    return tensor
  }

  private func bytes<Number>(_ numbers: [Number]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }
}
