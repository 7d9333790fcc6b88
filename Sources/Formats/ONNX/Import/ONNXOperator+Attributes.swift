import Graph
import Operations
import Tensors

/// Attributes written as `axis=1 keepdims=0 perm=1,0,2 mode=reflect`, for graphs built by hand.
extension ONNXOperator {
  func parseAttributes(_ text: String) throws -> [String: ONNXAttribute] {
    var found: [String: ONNXAttribute] = [:]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw NetJacError(
          .argument,
          "attribute \(String(word).quoted) is not of the form NAME=VALUE, as in axis=1")
      }
      let name = String(parts[0])
      guard found[name] == nil else {
        throw NetJacError(.argument, "attribute \(name.quoted) is given twice")
      }
      guard let kind = attributes?.first(where: { $0.key == name })?.value else {
        throw NetJacError(.format, unknownAttribute(name))
      }
      found[name] = try attribute(name, kind, String(parts[1]))
    }
    return found
  }

  private func attribute(_ name: String, _ kind: AttributeKind, _ text: String) throws
    -> ONNXAttribute
  {
    func list<Number>(_ parse: (String) -> Number?) -> [Number]? {
      let parts = text.split(separator: ",").map { parse(String($0)) }
      return parts.contains { $0 == nil } ? nil : parts.compactMap { $0 }
    }
    let value: ONNXAttribute? =
      switch kind {
      case .text: .string(text)
      case .texts: .strings(text.split(separator: ",").map(String.init))
      case .real: Float(text).map { .real($0) }
      case .reals: list { Float($0) }.map { .reals($0) }
      case .integers: list { Int64($0) }.map { .integers($0) }
      case .integer: (Self.elementTypes[text] ?? Int64(text)).map { .integer($0) }
      case .tensor: Float(text).map { .tensor(Self.tensor(name, $0)) }
      case .graph, .sparseTensor: nil
      }
    guard let value else {
      throw NetJacError(
        .argument, "attribute \(name.quoted) is \(text.quoted); \(kind.description) is needed")
    }
    return value
  }

  private static func tensor(_ name: String, _ number: Float) -> ONNXTensor {
    ONNXTensor(
      name: name, elementType: .float, dimensions: [1], count: 1,
      storage: .floats(FloatElements([number])))
  }

  /// Words for the numbers that files have for element types, as in `to=float64`.
  private static let elementTypes: [String: Int64] = [
    "float": 1, "float32": 1, "int32": 6, "int64": 7, "bool": 9, "double": 11, "float64": 11,
  ]
}

/// What an operator refuses: silence about what it does not know would be a wrong result.
extension ONNXOperator {
  /// The kinds of so many operands.
  func kinds(count: Int) -> [OperandKind] {
    let kinds = (operands ?? [:]).map(\.value)
    return (0..<count).map { place in
      place < kinds.count ? kinds[place] : kinds.last ?? .any
    }
  }

  /// Refuses attributes that the operator does not have, or whose values are of another kind.
  func checkAttributes(_ given: [String: ONNXAttribute]) throws {
    // Names of the format's own begin with two lines.
    for (name, value) in given.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("__") {
      guard let kind = attributes?.first(where: { $0.key == name })?.value else {
        throw NetJacError(.format, unknownAttribute(name))
      }
      guard kind.includes(value) else {
        throw NetJacError(
          .format, "attribute \(name.quoted) is \(value.kindName); it must be \(kind.name)")
      }
    }
  }

  /// Refuses a node that says what the operator does not know, whether it is evaluated or not.
  func check(_ node: ONNXNode) throws {
    guard node.overload.isEmpty else {
      throw NetJacError(
        .format,
        "the overload \(node.overload.quoted) is called; the operator \(name) has no overloads")
    }
    try checkAttributes(node.attributes)
    try checkOperandCount((node.inputs.lastIndex { !$0.isEmpty } ?? -1) + 1)
  }

  /// Refuses more operands than the operator takes.
  private func checkOperandCount(_ count: Int) throws {
    let known = operands ?? [:]
    var isOpen = false
    if case .several = known.last?.value { isOpen = true }
    guard count <= known.count || isOpen else {
      throw NetJacError(
        .format,
        """
        \(count) operands are given; \(name) takes \(known.isEmpty ? "none" : "\(known.count)")\
        \(known.isEmpty ? "" : " (\(known.map(\.key).joined(separator: ", ")))")
        """)
    }
  }

  /// Refuses more operands than the operator takes, booleans where it takes numbers, and reals where it takes
  /// whole numbers.
  func checkOperands(_ given: [Value?], in p: ProgramBuilder) throws {
    try checkOperandCount((given.lastIndex { $0 != nil } ?? -1) + 1)
    for (place, (value, kind)) in zip(given, kinds(count: given.count)).enumerated() {
      guard let value else { continue }
      let holding = ONNXElementType.Holding(p.type(value).element)
      guard holding == .boolean || kind.isWhole, !kind.includes(holding) else { continue }
      throw NetJacError(
        .shape,
        """
        operand \(place + 1) of \(name) holds \(holding == .boolean ? "booleans" : "reals"); \
        \(kind.needed) are needed
        """)
    }
  }

  fileprivate func unknownAttribute(_ name: String) -> String {
    let known = (attributes ?? [:]).map(\.key)
    return known.isEmpty
      ? "\(self.name) has no attributes; \(name.quoted) is given"
      : "\(self.name) has no attribute \(name.quoted); its attributes are "
        + known.quotedList(limit: 20)
  }
}

extension OperandKind {
  fileprivate var isWhole: Bool { if case .whole = element { true } else { false } }

  fileprivate var needed: String {
    switch element {
    case .real: "reals"
    case .whole: "whole numbers"
    default: "numbers"
    }
  }
}

extension AttributeKind {
  fileprivate var description: String {
    switch self {
    case .real: "a number"
    case .integer: "a whole number"
    case .text: "a word"
    case .reals: "a list of numbers as in 1,-2.5"
    case .integers: "a list of whole numbers as in 1,0,2"
    case .texts: "a list of words"
    case .tensor: "a number"
    case .sparseTensor, .graph: "something that text cannot give"
    }
  }
}
