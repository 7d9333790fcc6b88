import Graph
import Tensors

/// What an operator sees of the node that uses it: inputs as values, attributes, and the version
/// of its operator set.
struct NodeCall: OperatorCall {
  let node: ONNXNode
  let inputs: [Value?]
  let version: Int64
  let scope: ImportScope
  let importer: GraphImporter

  var p: ProgramBuilder { importer.p }
  var inputCount: Int { inputs.count { $0 != nil } }
  var parameterNames: ParameterNames { importer.parameterNames }

  // MARK: - Inputs

  func optionalInput(_ index: Int) -> Value? {
    index < inputs.count ? inputs[index] : nil
  }

  /// All inputs of an operator that takes any number of them, but at least one.
  func allInputs() throws -> [Value] {
    guard !inputs.isEmpty else { throw NetJacError(.format, "the node has no inputs") }
    return try inputs.indices.map { try input($0, "\($0 + 1)") }
  }

  /// In ONNX lists of axes, lengths and places are vectors; a scalar counts as one.
  func constantIntegers(_ index: Int, _ name: String) throws -> [Int] {
    let tensor = try constant(index, name)
    guard tensor.type.shape.rank <= 1 else {
      throw NetJacError(.shape, "\(name) is \(tensor.type); a vector is needed")
    }
    return try integers(of: tensor, name)
  }

  /// The type that the file gives an input, if it says so.
  func element(_ index: Int) -> ONNXElementType? {
    index < node.inputs.count ? scope.element(node.inputs[index]) : nil
  }

  /// Whether the node wants its output at a position.
  func wantsOutput(_ index: Int) -> Bool {
    index < node.outputs.count && !node.outputs[index].isEmpty
  }

  // MARK: - Attributes

  func has(_ name: String) -> Bool { node.attributes[name] != nil }

  func optionalInteger(_ name: String) throws -> Int? {
    switch node.attributes[name] {
    case nil: nil
    case .integer(let value): Int(value)
    case .some(let other): throw wrongKind(name, other, "an integer")
    }
  }

  func integer(_ name: String, default standard: Int) throws -> Int {
    try optionalInteger(name) ?? standard
  }

  func integer(_ name: String) throws -> Int {
    guard let value = try optionalInteger(name) else { throw missing(name) }
    return value
  }

  func flag(_ name: String, default standard: Bool) throws -> Bool {
    try optionalInteger(name).map { $0 != 0 } ?? standard
  }

  func integers(_ name: String) throws -> [Int]? {
    switch node.attributes[name] {
    case nil: nil
    case .integers(let values): values.map(Int.init)
    // An empty list carries no hint of its kind.
    case .reals(let values) where values.isEmpty: []
    case .some(let other): throw wrongKind(name, other, "a list of integers")
    }
  }

  func optionalReal(_ name: String) throws -> Double? {
    switch node.attributes[name] {
    case nil: nil
    case .real(let value): Double(value)
    case .some(let other): throw wrongKind(name, other, "a float")
    }
  }

  /// Standard values are single-precision numbers like those in files: 0.2 means Float(0.2).
  func real(_ name: String, default standard: Float) throws -> Double {
    try optionalReal(name) ?? Double(standard)
  }

  func reals(_ name: String) throws -> [Double]? {
    switch node.attributes[name] {
    case nil: nil
    case .reals(let values): values.map(Double.init)
    case .integers(let values) where values.isEmpty: []
    case .some(let other): throw wrongKind(name, other, "a list of floats")
    }
  }

  func optionalString(_ name: String) throws -> String? {
    switch node.attributes[name] {
    case nil: nil
    case .string(let value): value
    case .some(let other): throw wrongKind(name, other, "a string")
    }
  }

  func string(_ name: String, default standard: String) throws -> String {
    try optionalString(name) ?? standard
  }

  func strings(_ name: String) throws -> [String]? {
    switch node.attributes[name] {
    case nil: nil
    case .strings(let values): values
    case .some(let other): throw wrongKind(name, other, "a list of strings")
    }
  }

  func graph(_ name: String) throws -> ONNXGraph {
    switch node.attributes[name] {
    case nil: throw missing(name)
    case .graph(let graph): graph
    case .some(let other): throw wrongKind(name, other, "a graph")
    }
  }

  func tensor(_ name: String) throws -> ONNXTensor? {
    switch node.attributes[name] {
    case nil: nil
    case .tensor(let tensor): tensor
    case .some(let other): throw wrongKind(name, other, "a tensor")
    }
  }

  /// One of several words; the first is meant where the attribute is absent.
  func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, default standard: Choice)
    throws -> Choice where Choice.RawValue == String
  {
    guard let text = try optionalString(name) else { return standard }
    guard let choice = Choice(rawValue: text) else {
      throw NetJacError(
        .unsupported,
        """
        attribute \(name.quoted) is \(text.quoted); supported are \
        \(Choice.allCases.map(\.rawValue).quotedList())
        """)
    }
    return choice
  }

  /// One of several things that the format has words for.
  func choice<Choice>(
    _ name: String, _ words: KeyValuePairs<String, Choice>, default standard: Choice
  ) throws -> Choice {
    guard let text = try optionalString(name) else { return standard }
    return try choice(name, text, words)
  }

  func choice<Choice>(_ name: String, _ text: String, _ words: KeyValuePairs<String, Choice>)
    throws -> Choice
  {
    guard let found = words.first(where: { $0.key == text }) else {
      throw NetJacError(
        .unsupported,
        """
        attribute \(name.quoted) is \(text.quoted); supported are \
        \(words.map(\.key).quotedList())
        """)
    }
    return found.value
  }

  private func missing(_ name: String) -> NetJacError {
    NetJacError(.format, "the attribute \(name.quoted) is missing")
  }

  private func wrongKind(_ name: String, _ found: ONNXAttribute, _ needed: String) -> NetJacError {
    NetJacError(
      .format, "attribute \(name.quoted) is \(found.kindName); it must be \(needed)")
  }
}
