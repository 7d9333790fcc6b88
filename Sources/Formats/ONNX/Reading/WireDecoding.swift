import Models
import Tensors

/// Turns protobuf messages into the structures of `ONNXModel`. Recursion is bounded, since
/// `WireScan` has limited the nesting.
struct WireDecoding {
  let origin: ModelOrigin

  func model(_ message: WireModelProto) throws -> ONNXModel {
    let producer = [message.producerName, message.producerVersion].filter { !$0.isEmpty }
    return ONNXModel(
      irVersion: message.irVersion,
      producer: producer.joined(separator: " "),
      opsets: try opsets(message.opsetImport),
      graph: try graph(message.graph),
      functions: try message.functions.map(function))
  }

  private func opsets(_ messages: [WireOperatorSetIdProto]) throws -> ONNXOpsets {
    var opsets = ONNXOpsets()
    for message in messages {
      let domain = ONNXOpsets.shown(message.domain)
      if let earlier = opsets[message.domain], earlier != message.version {
        throw NetJacError(
          .format,
          """
          the operator set \(domain) is imported twice, as version \(earlier) and \(message.version)
          """)
      }
      opsets[message.domain] = message.version
    }
    return opsets
  }

  private func graph(_ message: WireGraphProto) throws -> ONNXGraph {
    ONNXGraph(
      name: message.name,
      nodes: try message.node.map(node),
      initialisers: try message.initializer.map(tensor),
      sparseInitialisers: try message.sparseInitializer.map(sparseTensor),
      inputs: try message.input.map(port),
      outputs: try message.output.map(port),
      values: try message.valueInfo.map(port))
  }

  private func function(_ message: WireFunctionProto) throws -> ONNXFunction {
    try located("function \(message.name.quoted)") {
      var defaults = try attributes(message.attributeProto)
      for name in message.attribute { defaults[name] = nil }
      return ONNXFunction(
        name: message.name,
        domain: ONNXOpsets.canonical(message.domain),
        overload: message.overload,
        inputs: message.input,
        outputs: message.output,
        nodes: try message.node.map(node),
        attributes: Set(message.attribute).union(defaults.keys),
        defaults: defaults,
        opsets: try opsets(message.opsetImport))
    }
  }

  private func node(_ message: WireNodeProto) throws -> ONNXNode {
    var node = ONNXNode(
      name: message.name,
      operation: message.opType,
      domain: ONNXOpsets.canonical(message.domain),
      overload: message.overload,
      inputs: message.input,
      outputs: message.output,
      attributes: [:])
    guard !message.opType.isEmpty else {
      throw NetJacError(.format, "\(node.place): the node names no operator")
    }
    node.attributes = try located(node.place) { try attributes(message.attribute) }
    return node
  }

  private func attributes(_ messages: [WireAttributeProto]) throws -> [String: ONNXAttribute] {
    var attributes: [String: ONNXAttribute] = [:]
    for message in messages {
      let value = try located("attribute \(message.name.quoted)") { try attribute(message) }
      guard attributes.updateValue(value, forKey: message.name) == nil else {
        throw NetJacError(.format, "attribute \(message.name.quoted) is given twice")
      }
    }
    return attributes
  }

  private func attribute(_ message: WireAttributeProto) throws -> ONNXAttribute {
    let isReference = !message.refAttrName.isEmpty
    let kind = message.type == 0 ? guessedKind(message) : message.type
    let fields = fields(of: message)
    let given = fields.filter(\.isGiven)
    guard given.allSatisfy({ !isReference && $0.kind == kind }) else {
      let right = fields.first { $0.kind == kind }?.name ?? "none"
      throw NetJacError(
        .format,
        """
        it has a value in \(given.map(\.name).quotedList()); \
        \(isReference ? "it refers to \(message.refAttrName.quoted), so that none" : "by its type one in \(right)") \
        is needed
        """)
    }
    if isReference { return .reference(message.refAttrName) }
    switch kind {
    case 1: return .real(message.f)
    case 2: return .integer(message.i)
    case 3: return .string(String(decoding: message.s, as: UTF8.self))
    case 4: return .tensor(try tensor(message.t))
    case 5: return .graph(try graph(message.g))
    case 6: return .reals(message.floats)
    case 7: return .integers(message.ints)
    case 8: return .strings(message.strings.map { String(decoding: $0, as: UTF8.self) })
    case 9: return .tensors(try message.tensors.map(tensor))
    case 10: return .graphs(try message.graphs.map(graph))
    case 11: return .sparseTensor(try sparseTensor(message.sparseTensor))
    case let kind: return .unsupported(kind: kind)
    }
  }

  /// The fields for values with the types that they belong to. Some writers fill those of other types with zeros.
  private func fields(of message: WireAttributeProto) -> [(
    kind: Int32, name: String, isGiven: Bool
  )] {
    [
      (1, "f", message.f != 0), (2, "i", message.i != 0), (3, "s", !message.s.isEmpty),
      (4, "t", message.hasT), (5, "g", message.hasG), (6, "floats", !message.floats.isEmpty),
      (7, "ints", !message.ints.isEmpty), (8, "strings", !message.strings.isEmpty),
      (9, "tensors", !message.tensors.isEmpty), (10, "graphs", !message.graphs.isEmpty),
      (11, "sparse_tensor", message.hasSparseTensor),
    ]
  }

  /// The first versions of the format did not store an attribute's kind.
  private func guessedKind(_ message: WireAttributeProto) -> Int32 {
    if message.hasF { return 1 }
    if message.hasI { return 2 }
    if message.hasS { return 3 }
    if message.hasT { return 4 }
    if message.hasG { return 5 }
    if !message.floats.isEmpty { return 6 }
    if !message.ints.isEmpty { return 7 }
    if !message.strings.isEmpty { return 8 }
    return 0
  }

  private func port(_ message: WireValueInfoProto) throws -> ONNXPort {
    try located("what is declared of \(message.name.quoted)") {
      ONNXPort(name: message.name, type: try portType(message.type))
    }
  }

  private func portType(_ message: WireTypeProto) throws -> ONNXPortType {
    switch message.value {
    case .tensorType(let type):
      if type.elemType == 0 { return .undeclared }
      let element = try Self.elementType(type.elemType)
      return .tensor(element, dimensions: type.hasShape ? try dimensions(type.shape) : nil)
    case .sequenceType: return .unsupported("sequence")
    case .mapType: return .unsupported("map")
    case .opaqueType: return .unsupported("opaque")
    case .sparseTensorType: return .unsupported("sparse tensor")
    case .optionalType: return .unsupported("optional")
    case nil: return .undeclared
    }
  }

  private func dimensions(_ message: WireTensorShapeProto) throws -> [DeclaredDimension] {
    try message.dim.map { dimension in
      switch dimension.value {
      case .dimValue(let value):
        // Some writers store -1 for a size that is not known.
        guard value >= -1, let size = Int(exactly: value) else {
          throw NetJacError(.format, "dimension \(value) is negative")
        }
        return size == -1 ? .unknown : .fixed(size)
      case .dimParam(let name): return name.isEmpty ? .unknown : .symbolic(name)
      case nil: return .unknown
      }
    }
  }

  static func elementType(_ code: Int32) throws -> ONNXElementType {
    guard let type = ONNXElementType(rawValue: code) else {
      throw NetJacError(
        .format,
        "element type \(code) is unknown; ONNX has types 1 to \(ONNXElementType.allCases.count)")
    }
    return type
  }
}
