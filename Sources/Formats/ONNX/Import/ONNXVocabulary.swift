import Graph
import Models
import Tensors

/// The operators of ONNX as functions of values, for graphs that are built by hand.
package struct ONNXVocabulary: OperatorVocabulary {
  /// The operator set whose meanings are used.
  package static let version: Int64 = 20

  package init() {}

  package func apply(
    _ name: String, _ inputs: [Value?], attributes: String, outputCount: Int, in p: ProgramBuilder
  ) throws -> [Value?] {
    guard let operation = ONNXOperatorRegistry.find("", name, Self.version) else {
      throw Self.unknown(name)
    }
    var inputs = inputs
    for (place, element) in Self.wholeOperands[name] ?? [] where place < inputs.count {
      inputs[place] = try inputs[place].map { try Self.whole($0, element, place, in: p) }
    }
    for (place, input) in inputs.enumerated() {
      guard let input, Self.booleanOperands.contains(name), place == 0 || name != "Where" else {
        continue
      }
      inputs[place] = try p.convert(input, to: .bool)
    }
    let outputs = (0..<outputCount).map { "y\($0)" }
    let node = ONNXNode(
      name: name, operation: name, domain: "", overload: "", inputs: inputs.map { _ in "" },
      outputs: outputs, attributes: try AttributeText.parse(attributes))
    let model = ONNXModel(
      irVersion: 9, producer: "", opsets: ONNXOpsets(["": Self.version]),
      graph: ONNXGraph(
        name: "", nodes: [], initialisers: [], sparseInitialisers: [], inputs: [], outputs: []),
      functions: [])
    let scope = ImportScope(
      parent: nil, opsets: model.opsets, attributes: [:], path: "", depth: 0)
    return try operation.apply(
      NodeCall(
        node: node, inputs: inputs, version: Self.version, scope: scope,
        importer: GraphImporter(builder: p, model: model)), p)
  }

  private static func whole(
    _ value: Value, _ element: ElementType, _ place: Int, in p: ProgramBuilder
  ) throws -> Value {
    if p.type(value).element.isReal,
      let number = p.constantTensor(of: value)?.reals.first(where: { $0 != $0.rounded() })
    {
      throw NetJacError(
        .argument, "operand \(place + 1) has the element \(number); whole numbers are needed")
    }
    return try p.convert(value, to: element)
  }

  /// The names of all operators, sorted.
  package static let names: [String] = Set(
    ONNXOperatorRegistry.all.filter { $0.domain.isEmpty && $0.since <= version }.map(\.name)
  ).sorted()

  private static let wholeOperands: [String: [(Int, ElementType)]] = [
    "Reshape": [(1, .int64)], "Expand": [(1, .int64)], "Tile": [(1, .int64)],
    "Slice": [(1, .int64), (2, .int64), (3, .int64), (4, .int64)],
    "Squeeze": [(1, .int64)], "Unsqueeze": [(1, .int64)], "Split": [(1, .int64)],
    "Pad": [(1, .int64), (3, .int64)], "TopK": [(1, .int64)], "CumSum": [(1, .int64)],
    "ConstantOfShape": [(0, .int64)], "Trilu": [(1, .int64)], "OneHot": [(0, .int64), (1, .int64)],
    "Gather": [(1, .int64)], "GatherElements": [(1, .int64)], "GatherND": [(1, .int64)],
    "ScatterElements": [(1, .int64)], "ScatterND": [(1, .int64)],
    "ReduceSum": [(1, .int64)], "ReduceMean": [(1, .int64)], "ReduceMax": [(1, .int64)],
    "ReduceMin": [(1, .int64)], "ReduceProd": [(1, .int64)], "ReduceL1": [(1, .int64)],
    "ReduceL2": [(1, .int64)], "ReduceSumSquare": [(1, .int64)],
    "ReduceLogSum": [(1, .int64)], "ReduceLogSumExp": [(1, .int64)],
    "Compress": [(1, .bool)],
  ]

  private static let booleanOperands: Set = ["Where", "And", "Or", "Xor", "Not"]

  // MARK: - Names that are almost right

  private static func unknown(_ name: String) -> NetJacError {
    let near = names.map { ($0, distance($0.lowercased(), name.lowercased())) }
      .filter { candidate, distance in
        distance <= max(2, name.count / 3)
          || (name.count > 2 && candidate.lowercased().contains(name.lowercased()))
      }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    let hint =
      near.isEmpty
      ? "operators are called as in ONNX, such as \(["Add", "MatMul", "Tanh"].quotedList())"
      : "similar ones are \(near.quotedList(limit: 5))"
    return NetJacError(.argument, "there is no operator \(name.quoted); \(hint)")
  }

  /// How many letters must change to turn one word into the other.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.unicodeScalars.prefix(60)), Array(b.unicodeScalars.prefix(60)))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let change = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}

/// Attributes written as `axis=1 keepdims=0 perm=1,0,2 mode=reflect`.
enum AttributeText {
  static func parse(_ text: String) throws -> [String: ONNXAttribute] {
    var attributes: [String: ONNXAttribute] = [:]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw NetJacError(
          .argument,
          "attribute \(String(word).quoted) is not of the form NAME=VALUE, as in axis=1")
      }
      let name = String(parts[0])
      guard attributes[name] == nil else {
        throw NetJacError(.argument, "attribute \(name.quoted) is given twice")
      }
      attributes[name] = value(String(parts[1]), of: name)
    }
    return attributes
  }

  /// Attributes that are floats also where a whole number is written.
  private static let reals: Set = [
    "alpha", "beta", "gamma", "bias", "epsilon", "lambd", "clip", "max", "min", "value",
    "value_float", "momentum",
  ]
  private static let realLists: Set = ["activation_alpha", "activation_beta", "value_floats"]
  private static let integerLists: Set = [
    "axes", "perm", "pads", "strides", "dilations", "kernel_shape", "output_padding",
    "output_shape", "split", "starts", "ends", "value_ints",
  ]

  private static func value(_ text: String, of name: String) -> ONNXAttribute {
    if name == "to", let code = types[text] { return .integer(code) }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if integerLists.contains(name) || parts.count > 1 && !realLists.contains(name) {
      let integers = parts.filter { !$0.isEmpty }.map { Int64($0) }
      if !integers.contains(nil) { return .integers(integers.compactMap { $0 }) }
    }
    if realLists.contains(name) || parts.count > 1 {
      let numbers = parts.map { Float($0) }
      if !numbers.contains(nil) { return .reals(numbers.compactMap { $0 }) }
    }
    if reals.contains(name), let number = Float(text) { return .real(number) }
    if let integer = Int64(text) { return .integer(integer) }
    if let number = Float(text) { return .real(number) }
    return .string(text)
  }

  private static let types: [String: Int64] = [
    "float": 1, "float32": 1, "int32": 6, "int64": 7, "bool": 9, "double": 11, "float64": 11,
  ]
}
