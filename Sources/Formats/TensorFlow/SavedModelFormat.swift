import Models
import Tensors

/// TensorFlow's SavedModel: a folder with a graph and functions in `saved_model.pb` and the values of
/// its variables in `variables`. The path of `saved_model.pb` itself is good, too.
/// Source: TensorFlow, core/protobuf/saved_model.proto and core/util/tensor_bundle.
package enum SavedModelFormat: ModelFormat {
  package static let name = "TensorFlow SavedModel"
  package static let hasSignatures = true

  static let fileName = "saved_model.pb"
  private static let textFileName = "saved_model.pbtxt"

  package static func recognises(_ source: ModelSource) -> Bool {
    switch source.place {
    case .folder: source.hasFile(fileName) || source.hasFile(textFileName)
    case .file, .memory: isModel(source.bytes)
    }
  }

  /// A schema version, then a block that begins with a block: ONNX files have a text there.
  private static func isModel(_ bytes: [UInt8]) -> Bool {
    var place = 3
    guard bytes.count > 8, bytes[0] == 0x08, bytes[1] < 0x80, bytes[2] == 0x12 else { return false }
    while place < min(bytes.count, 12), bytes[place] >= 0x80 { place += 1 }
    return place + 1 < bytes.count && bytes[place + 1] == 0x0a
  }

  package static func load(_ source: ModelSource, options: ImportOptions) throws
    -> NetworkDescription
  {
    let folder: ModelFolder?
    let bytes: [UInt8]
    switch source.place {
    case .memory: (folder, bytes) = (nil, source.bytes)
    case .file(let path):
      folder = ModelFolder(of: path)
      bytes = source.bytes
    case .folder(let path):
      let opened = ModelFolder(path: path, file: fileName)
      guard let content = try opened.read(fileName, memoryLimit: options.memoryLimit) else {
        throw NetJacError(
          .unsupported,
          "\(textFileName.quoted) is a model as text; save it anew, as \(fileName.quoted)")
      }
      (folder, bytes) = (opened, content)
    }
    let metaGraph = try located(fileName.quoted) {
      try SavedModelFile.metaGraph(bytes, memoryLimit: options.memoryLimit)
    }
    let model = TFModel(
      graph: metaGraph.graph, restoreNode: metaGraph.restoreNode, folder: folder)
    return try model.network(metaGraph.signature(options.signature), options: options)
  }
}
