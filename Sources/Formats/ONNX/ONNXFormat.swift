import Models

/// ONNX files: a protobuf message `ModelProto`, with tensors inside or in files beside it.
/// Source: the schema `onnx.proto3` of the ONNX project.
package enum ONNXFormat: WritableFormat {
  package static let name = "ONNX"

  /// Protobuf messages have no signature, so this format takes every file that no other one knows,
  /// and says what a file seems to be that is no model.
  package static func recognises(_ source: ModelSource) -> Bool {
    if case .folder = source.place { return false }
    return true
  }

  package static func load(_ source: ModelSource, options: ImportOptions) throws
    -> NetworkDescription
  {
    try ONNXImporter.load(
      ONNXReader.load(source, memoryLimit: options.memoryLimit), options: options)
  }

  package static func save(_ network: WritableNetwork, to path: String) throws {
    try ONNXWriter.save(network, to: path)
  }
}
