import Models
import Tensors

/// Every format that networks are read from; the only list of them.
package enum FormatRegistry {
  /// In the order in which they are asked. ONNX, which has no signature, comes last.
  package static let all: [any ModelFormat.Type] = [
    KerasFormat.self, SavedModelFormat.self, ONNXFormat.self,
  ]

  /// The format that networks are saved in.
  package static let saving: any WritableFormat.Type = ONNXFormat.self

  /// Reads the network at a path, in whatever format it is.
  package static func load(path: String, options: ImportOptions) throws -> NetworkDescription {
    let source = try ModelSource(path: path, memoryLimit: options.memoryLimit)
    return try located(path.quoted) { try load(source, options: options) }
  }

  /// Reads a network from the bytes of a file.
  package static func load(bytes: [UInt8], options: ImportOptions) throws -> NetworkDescription {
    try load(ModelSource(bytes: bytes), options: options)
  }

  private static func load(_ source: ModelSource, options: ImportOptions) throws
    -> NetworkDescription
  {
    for format in all where try format.recognises(source) {
      if let signature = options.signature, !format.hasSignatures {
        throw NetJacError(
          .option,
          """
          option 'signature' names \(signature.quoted), but this is of format \(format.name), whose \
          models have no signatures
          """)
      }
      return try format.load(source, options: options)
    }
    throw NetJacError(
      .file,
      """
      this is a folder and none that holds a model; give the model's file, or the folder of a format \
      that has one (formats: \(all.map { $0.name }.joined(separator: ", ")))
      """)
  }
}
