import Formats
import Models
import Networks
import Tensors

/// A small SavedModel without variables, written by hand in the file's own terms.
struct HandmadeSavedModel {
  enum Attribute {
    case type(Int64)
    case function(String)
    case doubles([Int64], [Double])
    case integers([Int64], [Int64])
    case shapes([[Int64]])
  }

  struct Node {
    let name: String
    let operation: String
    let inputs: [String]
    let attributes: [(String, Attribute)]

    init(
      _ name: String, _ operation: String, _ inputs: [String] = [],
      _ attributes: [(String, Attribute)] = []
    ) {
      self.name = name
      self.operation = operation
      self.inputs = inputs
      self.attributes = attributes
    }

    static func constant(_ name: String, _ dims: [Int64], _ numbers: [Double]) -> Node {
      Node(name, "Const", [], [("value", .doubles(dims, numbers))])
    }
    static func constant(_ name: String, _ dims: [Int64], whole numbers: [Int64]) -> Node {
      Node(name, "Const", [], [("value", .integers(dims, numbers))])
    }
  }

  /// A function; what it returns stands in the order of its results, as `node:output:0`.
  struct Function {
    let name: String
    let arguments: [String]
    let results: [String]
    let nodes: [Node]
  }

  /// The length of the input `x`, which is a vector of doubles.
  let length: Int64
  let nodes: [Node]
  /// The references of the outputs by their names.
  let outputs: [(String, String)]
  var functions: [Function] = []
  /// What is declared of the shape of every output, if anything; likewise of the input, instead of its length.
  var outputShape: [Int64]?
  var inputShape: [Int64]?
  /// The outputs that are declared to hold whole numbers; the others hold doubles.
  var wholeOutputs: Set<String> = []

  static let double: Int64 = 2
  static let int32: Int64 = 3
  static let int64: Int64 = 9

  func network(_ settings: [(String, String)] = []) throws -> Network {
    var options = NetworkOptions()
    for (key, value) in settings { try options.set(key, to: value) }
    return try Network(description(options.importing), options)
  }

  func description(_ options: ImportOptions = ImportOptions(memoryLimit: 1 << 26)) throws
    -> NetworkDescription
  {
    try FormatRegistry.load(bytes: bytes, options: options)
  }

  // MARK: - Bytes

  private var bytes: [UInt8] {
    let placeholder = Node("x", "Placeholder", [], [("dtype", .type(Self.double))])
    var graph = ([placeholder] + nodes).reduce(ProtobufBytes()) { $0.message(1, encoded($1)) }
    graph = graph.message(
      2, functions.reduce(ProtobufBytes()) { $0.message(1, encoded($1)) })
    var signature = entry(
      1, "x",
      ProtobufBytes().text(1, "x:0").integer(2, Self.double)
        .message(3, shape(inputShape ?? [length])))
    for (name, reference) in outputs {
      let type = wholeOutputs.contains(name) ? Self.int64 : Self.double
      var output = ProtobufBytes().text(1, reference).integer(2, type)
      if let outputShape { output = output.message(3, shape(outputShape)) }
      signature = signature.appending(entry(2, name, output).bytes)
    }
    let metaGraph = ProtobufBytes().message(1, ProtobufBytes().text(4, "serve"))
      .message(2, graph).appending(entry(5, "serving_default", signature).bytes)
    return ProtobufBytes().integer(1, 1).message(2, metaGraph).bytes
  }

  /// An entry of a map.
  private func entry(_ field: UInt64, _ key: String, _ value: ProtobufBytes) -> ProtobufBytes {
    ProtobufBytes().message(field, ProtobufBytes().text(1, key).message(2, value))
  }

  private func shape(_ dims: [Int64]) -> ProtobufBytes {
    dims.reduce(ProtobufBytes()) { $0.message(2, ProtobufBytes().integer(1, $1)) }
  }

  private func encoded(_ node: Node) -> ProtobufBytes {
    var bytes = ProtobufBytes().text(1, node.name).text(2, node.operation)
    for input in node.inputs { bytes = bytes.text(3, input) }
    for (name, value) in node.attributes {
      bytes = bytes.appending(entry(5, name, encoded(value)).bytes)
    }
    return bytes
  }

  private func encoded(_ attribute: Attribute) -> ProtobufBytes {
    func tensor(_ type: Int64, _ dims: [Int64], _ patterns: [UInt64]) -> ProtobufBytes {
      let content = patterns.flatMap { pattern in
        (0..<8).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt64($0))) }
      }
      return ProtobufBytes().message(
        8, ProtobufBytes().integer(1, type).message(2, shape(dims)).block(4, content))
    }
    switch attribute {
    case .type(let type): return ProtobufBytes().integer(6, type)
    case .function(let name): return ProtobufBytes().message(10, ProtobufBytes().text(1, name))
    case .doubles(let dims, let numbers):
      return tensor(Self.double, dims, numbers.map(\.bitPattern))
    case .shapes(let shapes):
      return ProtobufBytes().message(
        1, shapes.reduce(ProtobufBytes()) { $0.message(7, shape($1)) })
    case .integers(let dims, let numbers):
      return tensor(Self.int64, dims, numbers.map { UInt64(bitPattern: $0) })
    }
  }

  private func encoded(_ function: Function) -> ProtobufBytes {
    var signature = ProtobufBytes().text(1, function.name)
    for name in function.arguments {
      signature = signature.message(2, ProtobufBytes().text(1, name))
    }
    for place in function.results.indices {
      signature = signature.message(3, ProtobufBytes().text(1, "result_\(place)"))
    }
    var bytes = ProtobufBytes().message(1, signature)
    for node in function.nodes { bytes = bytes.message(3, encoded(node)) }
    for (place, result) in function.results.enumerated() {
      bytes = bytes.message(4, ProtobufBytes().text(1, "result_\(place)").text(2, result))
    }
    return bytes
  }
}
