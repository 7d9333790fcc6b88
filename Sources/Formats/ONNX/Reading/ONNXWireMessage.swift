/// The messages of ONNX that hold others.
enum ONNXWireMessage: String, WireMessage {
  case model, graph, function, node, attribute, tensor, type, shape, dimension
  case sparseTensor = "sparse tensor"
  case tensorType = "tensor type"
  case port = "declaration of a value"
  case leaf = "entry"

  static let file = "ONNX file"
  static let root = model
  /// Graphs inside graphs that a file may have. Protobuf readers stop at a hundred messages, and
  /// each graph adds three.
  static let nestingLimit = 30
  static let nestingRefusal = """
    the file nests graphs (bodies of If, Loop, Scan) more than \(nestingLimit) deep, which is the \
    limit
    """

  var name: String { rawValue }
  var nests: Bool { self == .graph }

  func child(_ field: UInt64) -> ONNXWireMessage? {
    switch (self, field) {
    case (.model, 7), (.attribute, 6), (.attribute, 11): .graph
    case (.model, 25): .function
    case (.graph, 1), (.function, 7): .node
    case (.node, 5), (.function, 11): .attribute
    case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparseTensor, 1), (.sparseTensor, 2):
      .tensor
    case (.graph, 15), (.attribute, 22): .sparseTensor
    case (.graph, 11), (.graph, 12), (.graph, 13): .port
    case (.port, 2): .type
    case (.type, 1): .tensorType
    case (.tensorType, 2): .shape
    case (.shape, 1): .dimension
    case (.model, 8), (.function, 9), (.tensor, 13), (.tensor, 3): .leaf
    default: nil
    }
  }

  func packsNumbers(_ field: UInt64) -> Bool {
    switch (self, field) {
    case (.attribute, 8), (.tensor, 1), (.tensor, 5), (.tensor, 7), (.tensor, 11),
      (.sparseTensor, 3):
      true
    default: false
    }
  }
}
