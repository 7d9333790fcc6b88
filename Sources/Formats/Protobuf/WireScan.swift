import Tensors

/// What a scan knows of a protobuf schema: the messages that hold others. Each is a place that an
/// error can name.
protocol WireMessage: Sendable {
  /// What the file is called, such as "ONNX file".
  static var file: String { get }
  /// The message that a file is.
  static var root: Self { get }
  /// How deep messages that can hold themselves may be nested, and what a file that goes beyond is
  /// told.
  static var nestingLimit: Int { get }
  static var nestingRefusal: String { get }

  /// The message as errors name it.
  var name: String { get }
  /// Whether this message is counted for the nesting limit.
  var nests: Bool { get }
  /// The kind of message that a field holds; nil for text, numbers and fields that are skipped.
  func child(_ field: UInt64) -> Self?
  /// Whether a field packs numbers that may take eight times their bytes in memory.
  func packsNumbers(_ field: UInt64) -> Bool
}

/// A walk over the bytes of a model before they are decoded. It finds damage and says where, stops
/// at nesting that would exhaust the stack, and adds up the memory that decoding will take, since
/// two bytes of file can become hundreds of bytes of structures.
/// Source: Protocol Buffers, Encoding.
struct WireScan<Message: WireMessage> {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// An estimate of the bytes that the decoded structures will take.
  private(set) var cost = 0

  static func run(_ bytes: [UInt8]) throws -> Int {
    try bytes.withUnsafeBufferPointer { buffer in
      var scan = WireScan(bytes: buffer)
      try scan.message(.root, end: buffer.count, depth: 0)
      return scan.cost
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private mutating func message(_ message: Message, end: Int, depth: Int) throws {
    guard depth <= Message.nestingLimit else {
      throw NetJacError(.unsupported, Message.nestingRefusal)
    }
    cost += 256
    while position < end {
      let tag = try varint(end, message)
      let field = tag >> 3
      guard field > 0, field < 1 << 29 else { throw damage("an invalid field number", message) }
      switch tag & 7 {
      case 0:
        _ = try varint(end, message)
        cost += 8
      case 1: try skip(8, end, message)
      case 2:
        let start = position
        guard let length = Int(exactly: try varint(end, message)), length <= end - position else {
          throw truncation(start, message)
        }
        guard let child = message.child(field) else {
          cost += 16 + (message.packsNumbers(field) ? 8 * length : length)
          position += length
          continue
        }
        try self.message(child, end: position + length, depth: depth + (child.nests ? 1 : 0))
      case 3: try skipGroup(field, end, message)
      case 5: try skip(4, end, message)
      default: throw damage("an invalid kind of field", message)
      }
    }
  }

  /// Skips a group, an old form of nesting that only unknown fields can have. Groups can be nested
  /// as deep as the file is long, hence the explicit stack.
  private mutating func skipGroup(_ field: UInt64, _ end: Int, _ message: Message) throws {
    var open = [field]
    while let innermost = open.last {
      let tag = try varint(end, message)
      switch tag & 7 {
      case 0: _ = try varint(end, message)
      case 1: try skip(8, end, message)
      case 2:
        guard let length = Int(exactly: try varint(end, message)), length <= end - position else {
          throw truncation(position, message)
        }
        position += length
      case 3:
        guard open.count < 100 else { throw damage("groups nested too deep", message) }
        open.append(tag >> 3)
      case 4:
        guard tag >> 3 == innermost else { throw damage("a group that ends as another", message) }
        open.removeLast()
      case 5: try skip(4, end, message)
      default: throw damage("an invalid kind of field", message)
      }
    }
  }

  private mutating func skip(_ count: Int, _ end: Int, _ message: Message) throws {
    guard count <= end - position else { throw truncation(position, message) }
    position += count
    cost += 8
  }

  private mutating func varint(_ end: Int, _ message: Message) throws -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw truncation(start, message) }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw damage("a varint of more than ten bytes", message)
  }

  private func truncation(_ start: Int, _ message: Message) -> NetJacError {
    NetJacError(
      .format,
      """
      not a complete \(Message.file): a \(message.name) ends unexpectedly at byte \(start) of \
      \(bytes.count); the file is truncated or damaged
      """)
  }

  private func damage(_ what: String, _ message: Message) -> NetJacError {
    NetJacError(
      .format,
      """
      not a valid \(Message.file): \(what) in a \(message.name) before byte \(position) of \
      \(bytes.count)
      """)
  }
}
