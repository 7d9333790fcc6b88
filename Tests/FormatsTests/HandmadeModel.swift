import Formats
import Graph
import Models
import Tensors

/// A small ONNX model, written by hand in the file's own terms and read through its bytes.
struct HandmadeModel {
  enum Dim: Sendable {
    case length(Int64)
    case symbol(String)
    case open
  }

  enum Attribute: Sendable {
    case int(Int64)
    case ints([Int64])
    case float(Float)
    case string(String)
    case graph(Graph)
    case reference(String)
    case floats([Float])
    case strings([String])
    /// Several values in one attribute, which no writer should give.
    case several([Attribute])
  }

  struct Node: Sendable {
    var operation: String
    var inputs: [String]
    var outputs: [String]
    var name = ""
    var domain = ""
    var overload = ""
    var attributes: [(String, Attribute)] = []
  }

  struct Graph: Sendable {
    var inputs: [(String, type: Int64, [Dim])] = []
    var outputs: [(String, [Dim])] = []
    /// What is declared of values that are neither inputs nor outputs.
    var values: [(String, type: Int64, [Dim])] = []
    var floats: [(String, [Int64], [Float])] = []
    var integers: [(String, [Int64], [Int64])] = []
    var nodes: [Node] = []
  }

  struct Function {
    var name: String
    var inputs: [String]
    var outputs: [String]
    var attributes: [String] = []
    var defaults: [(String, Attribute)] = []
    var nodes: [Node] = []
    var opset: Int64 = 17
  }

  var graph = Graph()
  var functions: [Function] = []
  var opset: Int64 = 17
  var domains: [(String, Int64)] = []

  static let float: Int64 = 1
  static let int64: Int64 = 7
  static let bool: Int64 = 9

  /// One float input `x`, one output `y`, and a chain of nodes that the caller gives.
  init(
    _ dims: [Dim], nodes: [Node], floats: [(String, [Int64], [Float])] = [],
    integers: [(String, [Int64], [Int64])] = [], opset: Int64 = 17
  ) {
    graph.inputs = [("x", Self.float, dims)]
    graph.outputs = [("y", [])]
    graph.nodes = nodes
    graph.floats = floats
    graph.integers = integers
    self.opset = opset
  }

  func load(_ options: ImportOptions = ImportOptions(memoryLimit: 1 << 26)) throws
    -> NetworkDescription
  {
    try FormatRegistry.load(bytes: bytes, options: options)
  }

  /// The outputs for the given inputs, one after the other.
  func run(_ arguments: [Double]..., options: ImportOptions = ImportOptions(memoryLimit: 1 << 26))
    throws -> [[Double]]
  {
    let network = try load(options)
    try network.program.check()
    let tensors = zip(network.program.inputTypes, arguments).map { type, numbers in
      type.element.isReal
        ? Tensor(type, reals: numbers) : Tensor(type, integers: numbers.map { Int64($0) })
    }
    return try network.program.evaluate(tensors).map(\.reals)
  }

  /// The message of the error that loading gives, or "no error".
  func refusal(_ options: ImportOptions = ImportOptions(memoryLimit: 1 << 26)) -> String {
    do {
      _ = try load(options)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  // MARK: - Bytes

  var bytes: [UInt8] {
    var model = ProtobufBytes().integer(1, 8)
      .message(8, ProtobufBytes().integer(2, opset)).message(7, encoded(graph))
    for (domain, version) in domains {
      model = model.message(8, ProtobufBytes().text(1, domain).integer(2, version))
    }
    for function in functions { model = model.message(25, encoded(function)) }
    return model.bytes
  }

  private func encoded(_ graph: Graph) -> ProtobufBytes {
    var bytes = ProtobufBytes()
    for node in graph.nodes { bytes = bytes.message(1, encoded(node)) }
    for (name, dims, numbers) in graph.floats {
      let data = numbers.flatMap { number in
        (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
      }
      bytes = bytes.message(5, tensor(1, dims).block(4, data).text(8, name))
    }
    for (name, dims, numbers) in graph.integers {
      let data = numbers.flatMap { ProtobufBytes.varint(UInt64(bitPattern: $0)) }
      bytes = bytes.message(5, tensor(7, dims).block(7, data).text(8, name))
    }
    for (name, type, dims) in graph.inputs { bytes = bytes.message(11, port(name, type, dims)) }
    for (name, type, dims) in graph.values { bytes = bytes.message(13, port(name, type, dims)) }
    for (name, dims) in graph.outputs {
      bytes = bytes.message(
        12, dims.isEmpty ? ProtobufBytes().text(1, name) : port(name, Self.float, dims))
    }
    return bytes
  }

  private func tensor(_ type: Int64, _ dims: [Int64]) -> ProtobufBytes {
    dims.reduce(ProtobufBytes()) { $0.integer(1, $1) }.integer(2, type)
  }

  private func port(_ name: String, _ type: Int64, _ dims: [Dim]) -> ProtobufBytes {
    var shape = ProtobufBytes()
    for dim in dims {
      switch dim {
      case .length(let length): shape = shape.message(1, ProtobufBytes().integer(1, length))
      case .symbol(let symbol): shape = shape.message(1, ProtobufBytes().text(2, symbol))
      case .open: shape = shape.message(1, ProtobufBytes())
      }
    }
    let tensor = ProtobufBytes().integer(1, type).message(2, shape)
    return ProtobufBytes().text(1, name).message(2, ProtobufBytes().message(1, tensor))
  }

  private func encoded(_ node: Node) -> ProtobufBytes {
    var bytes = ProtobufBytes()
    for input in node.inputs { bytes = bytes.text(1, input) }
    for output in node.outputs { bytes = bytes.text(2, output) }
    bytes = bytes.text(3, node.name).text(4, node.operation).text(7, node.domain)
      .text(8, node.overload)
    for (name, value) in node.attributes { bytes = bytes.message(5, encoded(name, value)) }
    return bytes
  }

  private func encoded(_ name: String, _ value: Attribute) -> ProtobufBytes {
    let bytes = ProtobufBytes().text(1, name)
    func packed(_ number: Float) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
    }
    switch value {
    case .int(let number): return bytes.integer(3, number).integer(20, 2)
    case .ints(let numbers):
      return numbers.reduce(bytes) { $0.integer(8, $1) }.integer(20, 7)
    case .float(let number): return bytes.appending([0x15] + packed(number)).integer(20, 1)
    case .floats(let numbers): return bytes.block(7, numbers.flatMap(packed)).integer(20, 6)
    case .string(let text): return bytes.text(4, text).integer(20, 3)
    case .strings(let texts): return texts.reduce(bytes) { $0.text(9, $1) }.integer(20, 8)
    case .graph(let graph): return bytes.message(6, encoded(graph)).integer(20, 5)
    case .several(let values):
      return values.reduce(bytes) { $0.appending(encoded(name, $1).bytes) }
    case .reference(let outer): return bytes.text(21, outer).integer(20, 2)
    }
  }

  private func encoded(_ function: Function) -> ProtobufBytes {
    var bytes = ProtobufBytes().text(1, function.name).text(10, "local")
      .message(9, ProtobufBytes().integer(2, function.opset))
      .message(9, ProtobufBytes().text(1, "local").integer(2, 1))
    for name in function.inputs { bytes = bytes.text(4, name) }
    for name in function.outputs { bytes = bytes.text(5, name) }
    for name in function.attributes { bytes = bytes.text(6, name) }
    for (name, value) in function.defaults { bytes = bytes.message(11, encoded(name, value)) }
    for node in function.nodes { bytes = bytes.message(7, encoded(node)) }
    return bytes
  }
}

extension HandmadeModel.Node {
  init(
    _ operation: String, _ inputs: [String], _ outputs: [String], name: String = "",
    domain: String = "", _ attributes: [(String, HandmadeModel.Attribute)] = []
  ) {
    self.init(
      operation: operation, inputs: inputs, outputs: outputs, name: name, domain: domain,
      attributes: attributes)
  }
}
