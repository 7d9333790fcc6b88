import Graph
import Tensors

/// What an operator sees of the node that uses it. Attributes that a file leaves out have the
/// operator's default, which is said where they are read.
struct TFCall: OperatorCall {
  let node: TFNode
  let inputs: [TFOperand]
  /// The nodes around this one.
  let body: TFBody
  let importer: TFImporter
  let depth: Int

  var p: ProgramBuilder { importer.p }
  var inputCount: Int { inputs.count }
  var parameterNames: ParameterNames { importer.parameterNames }

  // MARK: - Inputs

  func optionalInput(_ index: Int) throws -> Value? {
    guard inputs.indices.contains(index) else { return nil }
    switch inputs[index] {
    case .tensor(let value): return value
    case .nothing(let reason): throw NetJacError(.unsupported, reason)
    case .resource: throw wrong(index, "a variable's handle")
    case .list: throw wrong(index, "a list of tensors")
    case .complex: throw wrong(index, "complex")
    }
  }

  private func wrong(_ index: Int, _ found: String) -> NetJacError {
    NetJacError(.unsupported, "input \(index + 1) is \(found); a real tensor is needed")
  }

  /// Inputs from one position on, or all but the last ones.
  func inputs(from start: Int, droppingLast count: Int = 0) throws -> [Value] {
    guard start + count <= inputs.count else { return [] }
    let values = try (start..<inputs.count - count).map { try input($0, "\($0 + 1)") }
    return values
  }

  func list(_ index: Int) throws -> TFTensorList {
    guard inputs.indices.contains(index), case .list(let list) = inputs[index] else {
      throw NetJacError(.format, "input \(index + 1) is no list of tensors; one is needed")
    }
    return list
  }

  func complex(_ index: Int) throws -> (real: Value, imaginary: Value) {
    guard inputs.indices.contains(index), case .complex(let real, let imaginary) = inputs[index]
    else { throw NetJacError(.unsupported, "input \(index + 1) is not complex") }
    return (real, imaginary)
  }

  func variable(_ index: Int) throws -> Value {
    guard inputs.indices.contains(index), case .resource(let handle) = inputs[index] else {
      throw NetJacError(.format, "input \(index + 1) is no variable's handle; one is needed")
    }
    return try importer.variable(handle)
  }

  // MARK: - Attributes

  private func attribute(_ name: String) throws -> TFAttribute? {
    try node.attributes[name].flatMap(TFAttribute.init)
  }

  func optionalInteger(_ name: String) throws -> Int? {
    switch try attribute(name) {
    case nil: return nil
    case .integer(let value): return Int(value)
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

  func flag(_ name: String, default standard: Bool = false) throws -> Bool {
    switch try attribute(name) {
    case nil: return standard
    case .flag(let value): return value
    case .some(let other): throw wrongKind(name, other, "a boolean")
    }
  }

  /// Files hold single precision, and so do the defaults: 0.2 means Float(0.2).
  func real(_ name: String, default standard: Float) throws -> Double {
    switch try attribute(name) {
    case nil: return Double(standard)
    case .real(let value): return Double(value)
    case .some(let other): throw wrongKind(name, other, "a float")
    }
  }

  func text(_ name: String, default standard: String) throws -> String {
    switch try attribute(name) {
    case nil: return standard
    case .text(let value): return value
    case .some(let other): throw wrongKind(name, other, "a text")
    }
  }

  func text(_ name: String) throws -> String {
    guard node.attributes[name] != nil else { throw missing(name) }
    return try text(name, default: "")
  }

  /// One of several things that TensorFlow has words for.
  func choice<Choice>(_ name: String, _ words: KeyValuePairs<String, Choice>, default text: String)
    throws -> Choice
  {
    let text = try self.text(name, default: text)
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

  func type(_ name: String) throws -> TFType? {
    switch try attribute(name) {
    case nil: return nil
    case .type(let code): return try TFType(code: code)
    case .some(let other): throw wrongKind(name, other, "a type")
    }
  }

  func shape(_ name: String) throws -> TFShape? {
    switch try attribute(name) {
    case nil: return nil
    case .shape(let shape): return shape
    case .some(let other): throw wrongKind(name, other, "a shape")
    }
  }

  func tensor(_ name: String) throws -> TFTensor {
    switch try attribute(name) {
    case nil: throw missing(name)
    case .tensor(let bytes): return try TFTensor(bytes)
    case .some(let other): throw wrongKind(name, other, "a tensor")
    }
  }

  func function(_ name: String) throws -> String {
    switch try attribute(name) {
    case nil: throw missing(name)
    case .function(let function): return function
    case .some(let other): throw wrongKind(name, other, "a function")
    }
  }

  private func list(_ name: String) throws -> TFAttributeList? {
    switch try attribute(name) {
    case nil: return nil
    case .list(let list): return list
    case .some(let other): throw wrongKind(name, other, "a list")
    }
  }

  func integers(_ name: String) throws -> [Int]? { try list(name)?.integers.map(Int.init) }
  func reals(_ name: String) throws -> [Double]? { try list(name)?.reals.map(Double.init) }
  func functions(_ name: String) throws -> [String] {
    guard let functions = try list(name)?.functions else { throw missing(name) }
    return functions
  }

  private func missing(_ name: String) -> NetJacError {
    NetJacError(.format, "the attribute \(name.quoted) is missing")
  }

  private func wrongKind(_ name: String, _ found: TFAttribute, _ needed: String) -> NetJacError {
    NetJacError(
      .format, "attribute \(name.quoted) is \(found.kindName); it must be \(needed)")
  }

  // MARK: - Functions

  /// Runs a function of the file on values.
  func run(_ function: String, _ arguments: [TFOperand], path: String? = nil) throws -> [TFOperand]
  {
    try importer.call(function, arguments, depth: depth + 1, path: path ?? node.name + "/")
  }
}
