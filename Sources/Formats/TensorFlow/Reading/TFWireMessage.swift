/// The messages of a SavedModel that hold others, as far as networks are read from them.
///
/// The schema is read by hand, field by field: a file of hundreds of functions, of which a signature
/// reaches ten, is decoded where it is used, which generated code cannot do. What the fields are is
/// said where they are read.
/// Source: TensorFlow, core/protobuf and core/framework.
enum TFWireMessage: String, WireMessage {
  case model = "saved model"
  case metaGraph = "meta graph"
  case graph, node, attribute, tensor, function
  case attributeList = "list of an attribute"
  case attributeEntry = "named attribute"
  case library = "function library"
  case signature = "signature of a function"
  case leaf = "entry"

  static let file = "TensorFlow SavedModel"
  static let root = model
  // None of these messages can hold itself.
  static let nestingLimit = 1
  static let nestingRefusal = "the file nests messages too deep"

  var name: String { rawValue }
  var nests: Bool { false }

  func child(_ field: UInt64) -> TFWireMessage? {
    switch (self, field) {
    case (.model, 2): .metaGraph
    case (.metaGraph, 2): .graph
    case (.graph, 1), (.function, 3): .node
    case (.graph, 2): .library
    case (.library, 1): .function
    case (.function, 1): .signature
    case (.node, 5): .attributeEntry
    case (.attributeEntry, 2): .attribute
    case (.attribute, 1): .attributeList
    case (.attribute, 8), (.attributeList, 8): .tensor
    case (.function, 4), (.signature, 2), (.signature, 3), (.metaGraph, 1), (.metaGraph, 3),
      (.metaGraph, 5):
      .leaf
    default: nil
    }
  }

  func packsNumbers(_ field: UInt64) -> Bool {
    switch (self, field) {
    case (.attributeList, 3), (.attributeList, 4), (.attributeList, 6), (.tensor, 5...17): true
    default: false
    }
  }
}
