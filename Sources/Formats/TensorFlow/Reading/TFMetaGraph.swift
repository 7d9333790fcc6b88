import Containers
import Tensors

/// An input or output of a signature.
struct TFPort: Sendable {
  let name: String
  /// The value in the main graph, such as `StatefulPartitionedCall:0`.
  let reference: TFReference
  let type: TFType
  let shape: TFShape
}

/// A function of a model that callers may use.
struct TFSignature: Sendable {
  let name: String
  let inputs: [TFPort]
  let outputs: [TFPort]
}

/// The graph of a SavedModel with what is known of it.
struct TFMetaGraph: Sendable {
  let tags: [String]
  let signatures: [TFSignature]
  /// The node whose function puts variables back from a checkpoint.
  let restoreNode: String
  let graph: Bytes

  /// MetaGraphDef: 1 meta_info_def {4 tags}, 2 graph_def, 3 saver_def {3 restore_op_name},
  /// 5 signature_def.
  init(_ bytes: Bytes) throws {
    var tags: [String] = []
    var signatures: [TFSignature] = []
    var restoreNode = ""
    var graph: Bytes?
    try bytes.forEachField { field in
      switch field.number {
      case 1:
        try field.bytes().forEachField { if $0.number == 4 { tags.append(try $0.text()) } }
      case 2: graph = try field.bytes()
      case 3:
        try field.bytes().forEachField { if $0.number == 3 { restoreNode = try $0.text() } }
      case 5:
        let (name, value) = try field.bytes().mapEntry()
        let signature = try located("signature \(name.quoted)") { try Self.signature(name, value) }
        if let signature { signatures.append(signature) }
      default: break
      }
    }
    guard let graph else {
      throw NetJacError(.format, "the model has no graph; the file is truncated or corrupt")
    }
    self.tags = tags
    self.signatures = signatures.sorted { $0.name < $1.name }
    self.restoreNode = restoreNode
    self.graph = graph
  }

  /// SignatureDef: 1 inputs, 2 outputs, 3 method_name. The one that initialises is none to call.
  private static func signature(_ name: String, _ bytes: Bytes) throws -> TFSignature? {
    guard name != "__saved_model_init_op" else { return nil }
    var inputs: [TFPort] = []
    var outputs: [TFPort] = []
    try bytes.forEachField { field in
      switch field.number {
      case 1: inputs.append(try port(field.bytes().mapEntry()))
      case 2: outputs.append(try port(field.bytes().mapEntry()))
      default: break
      }
    }
    return TFSignature(
      name: name, inputs: inputs.sorted { $0.name < $1.name }, outputs: ordered(outputs))
  }

  /// TensorInfo: 1 name, 2 dtype, 3 tensor_shape, 4 coo_sparse, 5 composite_tensor.
  private static func port(_ entry: (key: String, value: Bytes)) throws -> TFPort {
    var name = ""
    var code: Int64 = 0
    var shape = TFShape(dims: nil)
    try entry.value.forEachField { field in
      switch field.number {
      case 1: name = try field.text()
      case 2: code = try field.integer()
      case 3: shape = try TFShape(field.bytes())
      case 4, 5:
        throw NetJacError(
          .unsupported, "\(entry.key.quoted) is a sparse or composite tensor; only tensors are read"
        )
      default: break
      }
    }
    return try located(entry.key.quoted) {
      TFPort(
        name: entry.key, reference: TFReference(name), type: try TFType(code: code), shape: shape)
    }
  }

  /// Outputs that are numbered stand in the order of their numbers, others in that of their names:
  /// the file keeps them in no order.
  private static func ordered(_ outputs: [TFPort]) -> [TFPort] {
    let numbers = outputs.map { port in
      port.name.hasPrefix("output_") ? Int(port.name.dropFirst("output_".count)) : nil
    }
    guard numbers.allSatisfy({ $0 != nil }) else { return outputs.sorted { $0.name < $1.name } }
    return zip(numbers, outputs).sorted { ($0.0 ?? 0) < ($1.0 ?? 0) }.map(\.1)
  }

  /// The signature that an option names, or the one that is usual.
  func signature(_ wanted: String?) throws -> TFSignature {
    let names = signatures.map(\.name)
    guard !names.isEmpty else {
      throw NetJacError(
        .unsupported,
        """
        the model has no signatures, so there is nothing to call; save it with \
        tf.saved_model.save(module, folder, signatures=...) or model.export(folder)
        """)
    }
    if let wanted {
      guard let signature = signatures.first(where: { $0.name == wanted }) else {
        throw NetJacError(
          .option,
          "option 'signature' names \(wanted.quoted); the signatures are \(names.quotedList())")
      }
      return signature
    }
    let usual = signatures.first { $0.name == "serving_default" }
    guard let signature = usual ?? (signatures.count == 1 ? signatures[0] : nil) else {
      throw NetJacError(
        .option,
        """
        the model has the signatures \(names.quotedList()) and none of them is called \
        'serving_default'; choose one with option 'signature'
        """)
    }
    return signature
  }
}

/// The file `saved_model.pb`.
enum SavedModelFile {
  /// SavedModel: 1 saved_model_schema_version, 2 meta_graphs.
  static func metaGraph(_ bytes: [UInt8], memoryLimit: Int) throws -> TFMetaGraph {
    let cost = try WireScan<TFWireMessage>.run(bytes)
    guard cost <= memoryLimit else {
      throw NetJacError(
        .memory, "the decoded file takes \(cost) bytes; memory_limit allows \(memoryLimit)")
    }
    var metaGraphs: [TFMetaGraph] = []
    try Bytes(bytes).forEachField { field in
      if field.number == 2 { metaGraphs.append(try TFMetaGraph(field.bytes())) }
    }
    guard !metaGraphs.isEmpty else {
      throw NetJacError(
        .format, "not a valid TensorFlow SavedModel: it holds no graph; the file may be truncated")
    }
    guard let serving = metaGraphs.first(where: { $0.tags.contains("serve") }) else {
      let tags = metaGraphs.map { "{\($0.tags.joined(separator: ", "))}" }
      throw NetJacError(
        .unsupported,
        "no graph of the model has the tag 'serve'; there are \(tags.joined(separator: ", "))")
    }
    return serving
  }
}
