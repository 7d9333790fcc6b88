import Tensors

/// The type of an array's elements.
enum HDF5Type: Equatable {
  case integer(size: Int, isSigned: Bool, isBigEndian: Bool)
  /// IEEE 754's binary16, binary32 or binary64.
  case real(size: Int, isBigEndian: Bool)
  /// Two bytes without meaning for HDF5; Keras keeps bfloat16 so.
  case opaquePair
  /// Texts of equal length, ended or padded by zero bytes or padded by spaces.
  case text(size: Int, isSpacePadded: Bool)
  /// Texts in a global heap.
  case variableText
  case unsupported(String, size: Int)

  /// The bytes that an element takes in the array itself.
  var size: Int {
    switch self {
    case .integer(let size, _, _), .real(let size, _), .text(let size, _),
      .unsupported(_, let size):
      size
    case .opaquePair: 2
    case .variableText: 16
    }
  }

  init(_ message: Bytes, of what: String) throws {
    let kind = try message.byte(0, of: what) & 15
    let bits = try message.unsigned(1, 3, of: what)
    let size = try message.size(4, 4, of: what)
    let isBigEndian = bits & 1 == 1
    switch kind {
    case 0:
      let offset = try message.size(8, 2, of: what)
      let precision = try message.size(10, 2, of: what)
      guard [1, 2, 4, 8].contains(size), offset == 0, precision == 8 * size else {
        self = .unsupported("whole numbers of \(precision) bits", size: size)
        return
      }
      self = .integer(size: size, isSigned: bits & 8 != 0, isBigEndian: isBigEndian)
    case 1:
      // Bit offset, precision, then place and length of exponent and mantissa, and the bias.
      let layout: [Int] = try [
        message.size(8, 2, of: what), message.size(10, 2, of: what), message.size(12, 1, of: what),
        message.size(13, 1, of: what), message.size(14, 1, of: what),
        message.size(15, 1, of: what), message.size(16, 4, of: what),
      ]
      let known = [
        2: [0, 16, 10, 5, 0, 10, 15], 4: [0, 32, 23, 8, 0, 23, 127],
        8: [0, 64, 52, 11, 0, 52, 1023],
      ]
      guard known[size] == layout, bits & 0x40 == 0 else {
        self = .unsupported("real numbers of an unusual form", size: size)
        return
      }
      self = .real(size: size, isBigEndian: isBigEndian)
    case 3: self = .text(size: size, isSpacePadded: bits & 15 == 2)
    case 5:
      self = size == 2 ? .opaquePair : .unsupported("opaque elements", size: size)
    case 9:
      self =
        bits & 15 == 1 && size == 16
        ? .variableText : .unsupported("lists of variable length", size: size)
    default:
      let names: [UInt8: String] = [
        2: "times", 4: "bit fields", 6: "compounds", 7: "references", 8: "enumerations",
        10: "arrays",
      ]
      self = .unsupported(names[kind] ?? "elements of the unknown kind \(kind)", size: size)
    }
  }

  /// The type by the name that NumPy has for it.
  var name: String {
    switch self {
    case .integer(let size, let isSigned, _): "\(isSigned ? "int" : "uint")\(8 * size)"
    case .real(let size, _): "float\(8 * size)"
    case .opaquePair: "opaque"
    case .text, .variableText: "text"
    case .unsupported(let what, _): what
    }
  }
}
