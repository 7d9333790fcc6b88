import Containers
import Models
import Tensors

/// A shape in a file, where any axis and their number may be unknown.
struct TFShape: Sendable {
  /// Lengths, -1 where unknown; nil if not even their number is known.
  let dims: [Int64]?

  init(dims: [Int64]?) { self.dims = dims }

  /// TensorShapeProto: 2 dim {1 size}, 3 unknown_rank.
  init(_ bytes: Bytes) throws {
    var dims: [Int64] = []
    var isUnknown = false
    try bytes.forEachField { field in
      switch field.number {
      case 2:
        var size: Int64 = 0
        try field.bytes().forEachField { if $0.number == 1 { size = try $0.integer() } }
        dims.append(size)
      case 3: isUnknown = try field.flag()
      default: break
      }
    }
    self.dims = isUnknown ? nil : dims
  }

  /// The lengths as a declaration; nil if not even their number is known.
  var declared: [DeclaredDimension]? {
    dims?.map { length in
      Int(exactly: length).flatMap { $0 < 0 ? nil : .fixed($0) } ?? .unknown
    }
  }

  /// The shape as messages show it.
  var shown: String { declared?.shown ?? "" }

  /// The shape, if every length is known.
  var known: Shape? {
    guard let dims, dims.allSatisfy({ $0 >= 0 }) else { return nil }
    return try? Shape(checking: dims.map(Int.init))
  }
}

/// A constant of a file. Fewer values than elements mean that the last one repeats, none that all are
/// zero.
struct TFTensor {
  let type: TFType
  let shape: Shape
  private var raw: Bytes?
  private var reals: [Double] = []
  private var integers: [Int64] = []
  private(set) var strings: [Bytes] = []

  /// TensorProto: 1 dtype, 2 tensor_shape, 4 tensor_content, 5 float_val, 6 double_val, 7 int_val,
  /// 8 string_val, 10 int64_val, 11 bool_val, 13 half_val, 16 uint32_val, 17 uint64_val.
  init(_ bytes: Bytes) throws {
    var code: Int64 = 0
    var shape = TFShape(dims: [])
    var raw: Bytes?
    var reals: [Double] = []
    var integers: [Int64] = []
    var strings: [Bytes] = []
    try bytes.forEachField { field in
      switch field.number {
      case 1: code = try field.integer()
      case 2: shape = try TFShape(field.bytes())
      case 4: raw = try field.bytes()
      case 5: reals += try field.reals().map(Double.init)
      case 6: reals += try field.doubles()
      case 7, 10, 11, 13, 16, 17: integers += try field.integers()
      case 8: strings.append(try field.bytes())
      default: break
      }
    }
    type = try TFType(code: code)
    guard let dims = shape.dims, dims.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
      throw NetJacError(.format, "a constant has a shape with unknown lengths; the file is corrupt")
    }
    self.shape = try Shape(checking: dims.map(Int.init))
    self.raw = raw.flatMap { $0.count > 0 ? $0 : nil }
    self.integers = integers
    self.strings = strings
    self.reals = reals
    if type == .half || type == .bfloat16 {
      self.reals = integers.map {
        Double(sixteenBits: UInt16(truncatingIfNeeded: $0), isBrain: type == .bfloat16)
      }
    }
  }

  /// The tensor as a program holds it: floats in the one real type, integers as int64.
  func value(real: ElementType, memoryLimit: Int) throws -> Tensor {
    guard let element = type.element else {
      throw NetJacError(
        .unsupported, "a constant has elements of type \(type.name), which NetJac has no values for"
      )
    }
    let result = TensorType(element.isReal ? real : element, shape)
    if let raw { return try Tensor(raw: raw, type, result) }
    let given = element.isReal ? reals.count : integers.count
    guard given <= shape.count else {
      throw NetJacError(
        .format, "a constant of shape \(shape) has \(given) values; the file is corrupt")
    }
    guard given > 1 else {
      return element.isReal
        ? Tensor(result, fill: reals.first ?? 0) : Tensor(result, fill: integers.first ?? 0)
    }
    guard shape.count <= memoryLimit / 8 else {
      throw NetJacError(
        .memory, "a constant of shape \(shape) is beyond the memory limit of \(memoryLimit) bytes")
    }
    try Memory.require(shape.count.multipliedSaturated(by: 16))
    let rest = shape.count - given
    return element.isReal
      ? Tensor(result, reals: reals + [Double](repeating: reals[given - 1], count: rest))
      : Tensor(result, integers: integers + [Int64](repeating: integers[given - 1], count: rest))
  }
}

extension Tensor {
  /// Elements that stand in little-endian order, in the type that holds them.
  init(raw: Bytes, _ type: TFType, _ result: TensorType) throws {
    let (needed, overflow) = result.count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow, raw.count == needed else {
      throw NetJacError(
        .format,
        """
        a tensor \(type.name)\(result.shape) has \(raw.count) bytes of data; \
        \(overflow ? "more" : "\(needed)") are needed
        """)
    }
    let count = result.count
    try Memory.require(count.multipliedSaturated(by: 8))
    self = raw.withUnsafeBytes { bytes in
      func load<Number: FixedWidthInteger>(_ place: Int, as: Number.Type) -> Number {
        Number(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: place * MemoryLayout<Number>.size, as: Number.self))
      }
      switch type {
      case .float:
        return Tensor(
          result,
          reals: (0..<count).map { Double(Float(bitPattern: load($0, as: UInt32.self))) })
      case .double:
        return Tensor(
          result, reals: (0..<count).map { Double(bitPattern: load($0, as: UInt64.self)) })
      case .half, .bfloat16:
        return Tensor(
          result,
          reals: (0..<count).map {
            Double(sixteenBits: load($0, as: UInt16.self), isBrain: type == .bfloat16)
          })
      case .int8:
        return Tensor(result, integers: (0..<count).map { Int64(load($0, as: Int8.self)) })
      case .uint8, .bool:
        return Tensor(result, integers: (0..<count).map { Int64(load($0, as: UInt8.self)) })
      case .int16:
        return Tensor(result, integers: (0..<count).map { Int64(load($0, as: Int16.self)) })
      case .uint16:
        return Tensor(result, integers: (0..<count).map { Int64(load($0, as: UInt16.self)) })
      case .int32:
        return Tensor(result, integers: (0..<count).map { Int64(load($0, as: Int32.self)) })
      case .uint32:
        return Tensor(result, integers: (0..<count).map { Int64(load($0, as: UInt32.self)) })
      default: return Tensor(result, integers: (0..<count).map { load($0, as: Int64.self) })
      }
    }
  }
}

extension Double {
  /// The value of a number of sixteen bits: the upper half of a float, or IEEE 754's half precision.
  fileprivate init(sixteenBits bits: UInt16, isBrain: Bool) {
    self =
      isBrain ? Double(Float(bitPattern: UInt32(bits) << 16)) : Double(Float(float16Bits: bits))
  }
}

extension InputBinding {
  /// Whether a shape that a file declares of a value is the one that is computed.
  func allows(_ declared: TFShape, _ shape: Shape) -> Bool {
    declared.declared.map { allows($0, shape) } ?? true
  }
}
