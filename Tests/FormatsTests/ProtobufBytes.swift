/// Writes protobuf by hand, so that tests can make files that no exporter would write.
struct ProtobufBytes {
  private(set) var bytes: [UInt8] = []

  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  func integer(_ field: UInt64, _ value: Int64) -> ProtobufBytes {
    appending(Self.varint(field << 3) + Self.varint(UInt64(bitPattern: value)))
  }

  func block(_ field: UInt64, _ content: [UInt8]) -> ProtobufBytes {
    appending(Self.varint(field << 3 | 2) + Self.varint(UInt64(content.count)) + content)
  }

  func message(_ field: UInt64, _ content: ProtobufBytes) -> ProtobufBytes {
    block(field, content.bytes)
  }

  func text(_ field: UInt64, _ text: String) -> ProtobufBytes {
    block(field, Array(text.utf8))
  }

  func appending(_ more: [UInt8]) -> ProtobufBytes {
    ProtobufBytes(bytes: bytes + more)
  }
}

extension ProtobufBytes {
  /// A tensor named `w`; `data` adds the field with its values.
  static func tensor(
    type: Int64, dims: [Int64], data: (ProtobufBytes) -> ProtobufBytes = { $0 }
  ) -> ProtobufBytes {
    var tensor = ProtobufBytes()
    for dim in dims { tensor = tensor.integer(1, dim) }
    return data(tensor.integer(2, type).text(8, "w"))
  }

  /// A model whose only content is an initialiser, which is its output.
  static func model(initialiser: ProtobufBytes) -> [UInt8] {
    let graph = ProtobufBytes().message(5, initialiser)
      .message(12, ProtobufBytes().text(1, "w"))
    return model(graph: graph).bytes
  }

  static func model(graph: ProtobufBytes) -> ProtobufBytes {
    ProtobufBytes().integer(1, 8).message(8, ProtobufBytes().integer(2, 17)).message(7, graph)
  }
}
