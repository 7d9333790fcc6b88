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
    let inputs = try zip(inputs, operation.kinds(count: inputs.count)).enumerated().map {
      place, operand in
      try operand.0.map { try converted($0, operand.1, place, in: p) }
    }
    let outputs = (0..<outputCount).map { "y\($0)" }
    let node = ONNXNode(
      name: name, operation: name, domain: "", overload: "",
      inputs: inputs.indices.map { "x\($0)" },
      outputs: outputs, attributes: try operation.parseAttributes(attributes))
    let model = ONNXModel(
      irVersion: 9, producer: "", opsets: ONNXOpsets(["": Self.version]),
      graph: ONNXGraph(
        name: "", nodes: [], initialisers: [], sparseInitialisers: [], inputs: [], outputs: [],
        values: []),
      functions: [])
    let scope = ImportScope(
      parent: nil, opsets: model.opsets, attributes: [:], path: "", depth: 0)
    for case (let place, let input?) in inputs.enumerated() where !p.type(input).element.isReal {
      scope.define("x\(place)", element: p.type(input).element == .bool ? .bool : .int64)
    }
    try operation.checkOperands(inputs, in: p)
    return try operation.apply(
      NodeCall(
        node: node, inputs: inputs, version: Self.version, scope: scope,
        importer: GraphImporter(
          builder: p, model: model, declarations: DeclaredTypes(binding: nil))), p)
  }

  package func notation(of name: String) -> Notation? {
    ONNXOperatorRegistry.find("", name, Self.version)?.notation
  }

  /// Reals as the whole numbers or booleans that an operand must be.
  private func converted(
    _ value: Value, _ kind: OperandKind, _ place: Int, in p: ProgramBuilder
  ) throws -> Value {
    switch kind.element {
    case .boolean: return try p.convert(value, to: .bool)
    case .whole:
      if p.type(value).element.isReal,
        let number = try p.constantTensor(of: value)?.reals.first(where: { $0 != $0.rounded() })
      {
        throw NetJacError(
          .argument, "operand \(place + 1) has the element \(number); whole numbers are needed")
      }
      return try p.convert(value, to: .int64)
    default: return value
    }
  }

  /// The names of all operators, sorted.
  package static let names: [String] = Set(
    ONNXOperatorRegistry.all.filter { $0.domain.isEmpty && $0.since <= version }.map(\.name)
  ).sorted()

  // MARK: - Names that are almost right

  private static func unknown(_ name: String) -> NetJacError {
    let asked = String(name.prefix(100)).lowercased()
    let near = names.map { ($0, distance($0.lowercased(), asked)) }
      .filter { candidate, distance in
        distance <= max(2, asked.count / 3)
          || (asked.count > 2 && candidate.lowercased().contains(asked))
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
