import Models
import SwiftProtobuf
import Tensors

/// Reads ONNX files into plain structures. What it returns is sound as data (sizes fit, nesting is
/// bounded, external data lies where it may); whether the graph makes sense is for `ONNXStructure`.
package enum ONNXReader {
  /// The newest file format and operator set whose meaning is known.
  static let newestIRVersion: Int64 = 14

  package static func load(_ source: ModelSource, memoryLimit: Int) throws -> ONNXModel {
    try decode(source.bytes, origin: ModelOrigin(source), memoryLimit: memoryLimit)
  }

  private static func decode(_ bytes: [UInt8], origin: ModelOrigin, memoryLimit: Int) throws
    -> ONNXModel
  {
    let message: WireModelProto
    do {
      let cost = try WireScan<ONNXWireMessage>.run(bytes)
      guard cost <= memoryLimit else { throw tooLarge(cost, memoryLimit, "the decoded file") }
      // As the messages hold it, and as tensors do.
      try Memory.require(cost.multipliedSaturated(by: 2))
      do {
        message = try parse(bytes)
      } catch BinaryDecodingError.invalidUTF8 {
        message = try parse(WireTextRepair.run(bytes))
      }
    } catch let error as NetJacError {
      guard error.kind == .format, let kind = Recognition.foreignKind(of: bytes) else {
        throw error
      }
      throw foreign(kind)
    }
    guard message.hasGraph else {
      if let kind = Recognition.foreignKind(of: bytes) { throw foreign(kind) }
      throw NetJacError(.format, "not an ONNX model: it holds no graph; the file may be truncated")
    }
    guard message.irVersion > 0 else {
      throw NetJacError(
        .format, "not a valid ONNX model: its ir_version is \(message.irVersion), not 1 or more")
    }
    guard message.irVersion <= newestIRVersion else {
      throw NetJacError(
        .unsupported,
        """
        the file has ir_version \(message.irVersion); versions up to \(newestIRVersion) are known
        """)
    }
    guard !message.opsetImport.isEmpty else {
      throw NetJacError(
        .format, "the file names no operator set (opset_import); it may be truncated")
    }
    return try WireDecoding(origin: origin).model(message)
  }

  private static func parse<Message: SwiftProtobuf.Message>(_ bytes: [UInt8]) throws -> Message {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    do {
      return try Message(serializedBytes: bytes, options: options)
    } catch BinaryDecodingError.invalidUTF8 {
      throw BinaryDecodingError.invalidUTF8
    } catch {
      let reason =
        switch error as? BinaryDecodingError {
        case .truncated: "it ends unexpectedly"
        default: "it is malformed"
        }
      throw NetJacError(.format, "not a valid ONNX file: \(reason)")
    }
  }

  private static func foreign(_ kind: String) -> NetJacError {
    NetJacError(.format, "not a model in a format that is read (ONNX, Keras): this is \(kind)")
  }

  private static func tooLarge(_ needed: Int, _ limit: Int, _ what: String) -> NetJacError {
    NetJacError(
      .memory, "\(what) takes \(needed) bytes; memory_limit allows \(limit)")
  }
}
