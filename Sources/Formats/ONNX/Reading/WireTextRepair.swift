/// Escapes the bytes of texts that are not UTF-8, so that a file that holds some can be decoded: nothing is
/// computed from documentation or from the name of a producer, and a name is as good as its bytes.
///
/// `WireScan` has found the file sound before.
struct WireTextRepair {
  private let bytes: [UInt8]

  /// The same file with `\xff` in place of a byte that belongs to no character.
  static func run(_ bytes: [UInt8]) -> [UInt8] {
    WireTextRepair(bytes: bytes).message(.model, 0..<bytes.count)
  }

  private func message(_ message: ONNXWireMessage, _ range: Range<Int>) -> [UInt8] {
    var result: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let start = position
      let tag = varint(&position, range.upperBound)
      switch tag & 7 {
      case 0: _ = varint(&position, range.upperBound)
      case 1: position += 8
      case 5: position += 4
      case 2:
        let fieldEnd = position
        let length = Int(clamping: varint(&position, range.upperBound))
        let end = position + min(length, range.upperBound - position)
        let content = position..<end
        position = end
        let field = tag >> 3
        let isText =
          message.holdsText(field) && String(validating: bytes[content], as: UTF8.self) == nil
        guard message.child(field) != nil || isText else { break }
        let repaired =
          message.child(field).map { self.message($0, content) } ?? escaped(bytes[content])
        result += bytes[start..<fieldEnd]
        appendVarint(UInt64(repaired.count), to: &result)
        result += repaired
        continue
      // A group, which no field of the format is: the rest is left as it is.
      default: position = range.upperBound
      }
      position = min(position, range.upperBound)
      result += bytes[start..<position]
    }
    return result
  }

  private func escaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in text {
      if byte < 0x80 {
        result.append(byte)
      } else {
        let digits = Array("0123456789abcdef".utf8)
        result += [0x5c, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return result
  }

  private func varint(_ position: inout Int, _ end: Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = bytes[position]
      position += 1
      if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
      shift += 7
      if byte < 0x80 { break }
    }
    return value
  }

  private func appendVarint(_ number: UInt64, to result: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      result.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    result.append(UInt8(rest))
  }
}

extension ONNXWireMessage {
  /// Whether a field is text.
  fileprivate func holdsText(_ field: UInt64) -> Bool {
    switch self {
    case .model: [2, 3, 4, 6].contains(field)
    case .graph: [2, 10].contains(field)
    case .function: [1, 4, 5, 6, 8, 10, 13].contains(field)
    case .node: [1, 2, 3, 4, 6, 7, 8].contains(field)
    case .attribute: [1, 13, 21].contains(field)
    case .tensor: [8, 12].contains(field)
    case .port: [1, 3].contains(field)
    case .type: field == 6
    case .dimension: [2, 3].contains(field)
    case .leaf: [1, 2].contains(field)
    case .sparseTensor, .tensorType, .shape: false
    }
  }
}
