import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A constant tensor of a file. Its size is known to fit its data; whole numbers are decoded on demand,
/// and a tensor of an unsupported type only matters when it is used. Floats are decoded once, so that
/// a program's constants and the model's initialisers share them and nothing keeps the file's bytes.
package struct ONNXTensor: Sendable {
  /// The form in which the file holds the values.
  enum Storage: Sendable {
    case raw(Data)
    /// Numbers of 32 or 16 bits.
    case floats(FloatElements)
    case doubles([Double])
    case int32s([Int32])
    case int64s([Int64])
    case uint64s([UInt64])
    case external(ExternalRange)
    case strings
  }

  package let name: String
  package let elementType: ONNXElementType
  package let dimensions: [Int]
  /// The number of elements: the product of `dimensions`, which was checked not to overflow.
  package let count: Int
  let storage: Storage

  /// The values of a tensor of any float type, each exactly as stored.
  package func reals() throws -> [Double] {
    switch try decodedReals() {
    case .floats(let values): values.doubles
    case .doubles(let values): values
    }
  }

  /// The values of a tensor of any float type as a tensor of one real type.
  func reals(_ type: TensorType) throws -> Tensor {
    switch try decodedReals() {
    case .floats(let values): Tensor(type, floats: values)
    case .doubles(let values): Tensor(type, reals: values)
    }
  }

  /// The same tensor with its floats decoded; any other one as it is. Data in other files is read.
  func withDecodedReals() throws -> ONNXTensor {
    guard elementType.holding == .real else { return self }
    let storage: Storage =
      switch try decodedReals() {
      case .floats(let values): .floats(values)
      case .doubles(let values): .doubles(values)
      }
    return ONNXTensor(
      name: name, elementType: elementType, dimensions: dimensions, count: count, storage: storage)
  }

  /// Whether the values are in another file.
  var isExternal: Bool { if case .external = storage { true } else { false } }

  private enum Reals {
    case floats(FloatElements)
    case doubles([Double])
  }

  private func decodedReals() throws -> Reals {
    try require(.real, "floats")
    switch storage {
    case .floats(let values): return .floats(values)
    case .doubles(let values): return .doubles(values)
    case .int32s(let values):  // 16-bit floats are kept there as bit patterns.
      return .floats(
        FloatElements(count: values.count) { half(UInt16(truncatingIfNeeded: values[$0])) })
    default: break
    }
    return try withRawBytes { bytes in
      switch elementType {
      case .float:
        .floats(FloatElements(count: count) { Float(bitPattern: bytes.littleEndian(at: $0)) })
      case .double: .doubles([Double](count) { Double(bitPattern: bytes.littleEndian(at: $0)) })
      default: .floats(FloatElements(count: count) { half(bytes.littleEndian(at: $0)) })
      }
    }
  }

  /// The values of a tensor of any integer type.
  package func integers() throws -> [Int64] {
    try require(.integer, "integers")
    switch storage {
    case .int32s(let values): return values.map { narrowed(Int64($0)) }
    case .int64s(let values): return values
    case .uint64s(let values): return try values.map(signed)
    default: break
    }
    return try withRawBytes { bytes in
      switch elementType {
      case .int8: [Int64](count) { Int64(Int8(bitPattern: bytes[$0])) }
      case .uint8: [Int64](count) { Int64(bytes[$0]) }
      case .int16: [Int64](count) { Int64(bytes.littleEndian(at: $0) as Int16) }
      case .uint16: [Int64](count) { Int64(bytes.littleEndian(at: $0) as UInt16) }
      case .int32: [Int64](count) { Int64(bytes.littleEndian(at: $0) as Int32) }
      case .uint32: [Int64](count) { Int64(bytes.littleEndian(at: $0) as UInt32) }
      case .uint64: try (0..<count).map { try signed(bytes.littleEndian(at: $0)) }
      default: [Int64](count) { bytes.littleEndian(at: $0) }
      }
    }
  }

  package func booleans() throws -> [Bool] {
    try require(.boolean, "booleans")
    if case .int32s(let values) = storage { return values.map { $0 != 0 } }
    return try withRawBytes { bytes in bytes.map { $0 != 0 } }
  }

  /// The error for a tensor that cannot be used because of its element type.
  func refusal(_ reason: String) -> NetJacError {
    NetJacError(
      .unsupported, "tensor \(name.quoted) has elements of type \(elementType.name); \(reason)")
  }

  private func require(_ holding: ONNXElementType.Holding, _ needed: String) throws {
    guard elementType.holding != .nothing else {
      throw refusal("NetJac has no values of that type")
    }
    guard elementType.holding == holding else { throw refusal("\(needed) are needed here") }
  }

  /// Widths below 32 bits share `int32_data`; a value out of range wraps as it would in raw data.
  private func narrowed(_ value: Int64) -> Int64 {
    switch elementType {
    case .int8: Int64(Int8(truncatingIfNeeded: value))
    case .uint8: Int64(UInt8(truncatingIfNeeded: value))
    case .int16: Int64(Int16(truncatingIfNeeded: value))
    case .uint16: Int64(UInt16(truncatingIfNeeded: value))
    default: value
    }
  }

  private func signed(_ value: UInt64) throws -> Int64 {
    guard let signed = Int64(exactly: value) else {
      throw refusal("its value \(value) is above the largest usable integer, \(Int64.max)")
    }
    return signed
  }

  private func half(_ bits: UInt16) -> Float {
    elementType == .bfloat16 ? Float(bitPattern: UInt32(bits) << 16) : Float(float16Bits: bits)
  }

  private func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws
    -> Result
  {
    switch storage {
    case .raw(let data): try data.withUnsafeBytes(body)
    case .external(let range): try range.read().withUnsafeBytes(body)
    default:
      throw NetJacError(
        .defect, "tensor \(name.quoted): \(elementType.name) values in an unexpected field")
    }
  }
}

/// A tensor given by its nonzero values and their places.
package struct ONNXSparseTensor: Sendable {
  package let values: ONNXTensor
  /// Either one flat index a value, or one row of indices a value.
  package let indices: ONNXTensor
  package let dimensions: [Int]
  package let count: Int
}

extension Array {
  /// An array of `count` elements, made index by index.
  fileprivate init(_ count: Int, _ element: (Int) -> Element) {
    self.init(unsafeUninitializedCapacity: count) { buffer, initialised in
      for index in 0..<count { buffer.initializeElement(at: index, to: element(index)) }
      initialised = count
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The element at `index` of a packed little-endian array, which need not be aligned.
  fileprivate func littleEndian<Number: FixedWidthInteger>(at index: Int) -> Number {
    Number(
      littleEndian: loadUnaligned(
        fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self))
  }
}

extension Float {
  /// The value of an IEEE 754 half-precision number, which is always exact.
  init(float16Bits bits: UInt16) {
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    self = bits >> 15 == 0 ? magnitude : -magnitude
  }
}
