import Graph
import Tensors

/// Writes a program as the nodes of an ONNX graph.
final class ProgramWriter {
  static let opset: Int64 = 18

  let batched: BatchedProgram
  var program: Program { batched.program }
  private(set) var nodes: [WireNodeProto] = []
  private(set) var initialisers: [WireTensorProto] = []
  private var ownFunctions: [String: WireFunctionProto] = [:]
  private var taken: Set<String>
  private var counter = 0
  /// The name of each value in its full shape.
  private var names: [Int: String] = [:]
  /// The name of a value that only has to be repeated to its full shape, which elementwise operators
  /// of ONNX do by themselves; its axes are as many as those of the full shape, or none.
  private var compact: [Int: String] = [:]
  /// Names that stand for values while one node is written.
  private var aliases: [Int: String] = [:]
  private var integerConstants: [[Int]: String] = [:]
  private var batchName: String?
  private let batchSource: String?
  /// What several nodes together are in ONNX, and which nodes have to be written.
  let forms: [Int: WrittenForm]
  let isNeeded: [Bool]
  /// The largest elements of windows, by the value that says where they are.
  var pools: [Int: String] = [:]
  /// The shapes of names where they are known, and what a name is a reshape of.
  private var shapes: [String: [BatchedProgram.Length]] = [:]
  private var unshaped: [String: String] = [:]
  private var images: Set<String> = []

  /// `batchSource` names an input whose first axis is the batch.
  init(_ batched: BatchedProgram, reserved: [String], batchSource: String?) {
    self.batched = batched
    self.batchSource = batchSource
    taken = Set(reserved)
    (forms, isNeeded) = batched.forms()
  }

  // MARK: - Names

  func newName() -> String {
    while true {
      counter += 1
      let name = "v\(counter)"
      if taken.insert(name).inserted { return name }
    }
  }

  func freeName(_ name: String) -> String { taken.insertFree(name) }

  func define(_ value: Value, _ name: String) {
    names[value.index] = name
    shapes[name] = batched.shape(value)
  }
  func define(_ value: Value, compact name: String, _ shape: Shape? = nil) {
    compact[value.index] = name
    if let shape { shapes[name] = shape.dims.map { .fixed($0) } }
  }

  /// Takes note of an image that an operator gives, which need not be a value of the program.
  func defineImage(_ name: String, _ shape: [BatchedProgram.Length]) -> String {
    shapes[name] = shape
    images.insert(name)
    return name
  }

  /// The value in its full shape.
  func full(_ value: Value) throws -> String {
    if let name = aliases[value.index] ?? names[value.index] { return name }
    guard let small = compact[value.index] else {
      throw NetJacError(.defect, "value \(value.index) is used before it is written")
    }
    let shape = batched.shape(value)
    let name = try add("Expand", [small, shapeName(shape)])
    names[value.index] = name
    return name
  }

  /// Does what writes an elementwise node. Where its operands are images into which axes of length one
  /// were put since, it is written on the images: so the operators of a layer follow each other, and
  /// readers can join them.
  func withoutReshapes(_ node: Node, _ write: () throws -> String?) throws -> String? {
    let operands = Set(node.operands)
    let sources = Set(operands.compactMap { names[$0.index].map { unshaped[$0] ?? $0 } })
    let inner = Set(sources.map { shapes[$0] })
    guard node.primitive is any Elementwise, sources.isSubset(of: images), inner.count == 1,
      let shape = inner.first ?? nil,
      let operand = operands.first, shape != batched.shape(operand),
      operands.allSatisfy({ program.type($0).shape == node.type.shape }),
      shape.filter({ $0 != .fixed(1) }) == batched.shape(operand).filter({ $0 != .fixed(1) })
    else { return try write() }
    for operand in operands {
      if let name = names[operand.index] {
        aliases[operand.index] = unshaped[name] ?? name
      } else if let small = compact[operand.index] {
        aliases[operand.index] = try narrowed(small, batched.shape(operand), shape)
      }
    }
    defer { aliases.removeAll() }
    guard let name = try write() else { return nil }
    return try reshape(defineImage(name, shape), batched.shape(operand))
  }

  /// A compact value of `shape` for a shape that differs in axes of length one.
  private func narrowed(
    _ small: String, _ shape: [BatchedProgram.Length], _ other: [BatchedProgram.Length]
  ) throws -> String {
    guard let lengths = shapes[small], lengths.count == shape.count else { return small }
    var rest = zip(shape, lengths).filter { $0.0 != .fixed(1) }.map(\.1)[...]
    return try reshape(small, other.map { $0 == .fixed(1) ? $0 : rest.popFirst() ?? $0 })
  }

  /// Operands of an elementwise operator: compact ones stay so as long as one is full.
  func elementwise(_ values: [Value]) throws -> [String] {
    let hasFull = values.contains { names[$0.index] != nil }
    return try values.enumerated().map { place, value in
      if let name = aliases[value.index] ?? names[value.index] { return name }
      if hasFull || place > 0, let small = compact[value.index] { return small }
      return try full(value)
    }
  }

  // MARK: - Nodes

  @discardableResult
  func add(_ operation: String, _ inputs: [String], _ attributes: [WireAttributeProto] = []) throws
    -> String
  {
    try add(operation, inputs, attributes, outputs: 1)[0]
  }

  func add(
    _ operation: String, _ inputs: [String], _ attributes: [WireAttributeProto], outputs: Int
  ) throws -> [String] {
    let names = (0..<outputs).map { _ in newName() }
    append(operation, inputs, attributes, names)
    return names
  }

  func append(
    _ operation: String, _ inputs: [String], _ attributes: [WireAttributeProto] = [],
    _ outputs: [String]
  ) {
    var node = WireNodeProto()
    node.opType = operation
    node.name = "\(operation)_\(nodes.count + 1)"
    node.input = inputs
    node.output = outputs
    node.attribute = attributes
    nodes.append(node)
  }

  /// Defines a function of the file, unless it is there; `body` adds its nodes and names the result.
  func defineFunction(_ name: String, _ inputs: [String], _ body: () throws -> String) throws {
    guard ownFunctions[name] == nil else { return }
    let outer = nodes
    nodes = []
    defer { nodes = outer }
    var function = WireFunctionProto()
    function.output = [try body()]
    function.name = name
    function.domain = OwnOperators.domain
    function.input = inputs
    function.node = nodes
    function.opsetImport = [Self.standardOpset]
    ownFunctions[name] = function
  }

  func call(_ function: String, _ inputs: [String]) throws -> String {
    let name = try add(function, inputs)
    nodes[nodes.count - 1].domain = OwnOperators.domain
    return name
  }

  /// The functions that nodes call, in order of their names.
  var functions: [WireFunctionProto] {
    let called = Set(nodes.lazy.filter { $0.domain == OwnOperators.domain }.map(\.opType))
    return ownFunctions.values.filter { called.contains($0.name) }.sorted { $0.name < $1.name }
  }

  static let standardOpset: WireOperatorSetIdProto = {
    var opset = WireOperatorSetIdProto()
    opset.version = ProgramWriter.opset
    return opset
  }()

  /// Leaves out what no output needs.
  func prune(outputs: [String]) {
    var used = Set(outputs)
    var live: [WireNodeProto] = []
    for node in nodes.reversed() where node.output.contains(where: used.contains) {
      used.formUnion(node.input)
      live.append(node)
    }
    nodes = live.reversed()
    let constants = Set(integerConstants.values)
    initialisers.removeAll { constants.contains($0.name) && !used.contains($0.name) }
  }

  // MARK: - Constants

  func addInitialiser(_ name: String, _ tensor: Tensor) {
    initialisers.append(tensor.wire(name))
  }

  /// Floats are written as nodes: the initialisers of floats are the parameters, also for whoever
  /// trains the file.
  func constant(_ tensor: Tensor) -> String {
    let name = newName()
    guard tensor.type.element.isReal else {
      addInitialiser(name, tensor)
      return name
    }
    var attribute = WireAttributeProto()
    attribute.name = "value"
    attribute.t = tensor.wire("")
    attribute.type = 4
    append("Constant", [], [attribute], [name])
    return name
  }

  /// A number in the element type of a value.
  func scalar(_ number: Double, like value: Value) -> String {
    constant(Tensor(program.type(value).with([]), fill: number))
  }

  func integers(_ numbers: [Int]) -> String {
    if let known = integerConstants[numbers] { return known }
    let name = constant(.integers(numbers.map(Int64.init)))
    integerConstants[numbers] = name
    return name
  }

  // MARK: - Shapes

  /// A shape as a value, computed where it depends on the batch.
  func shapeName(_ shape: [BatchedProgram.Length]) throws -> String {
    if let fixed = BatchedProgram.fixed(shape) { return integers(fixed) }
    let parts = try shape.map { length in
      switch length {
      case .fixed(let length): integers([length])
      case .batches(1): try batch()
      case .batches(let multiple): try add("Mul", [batch(), integers([multiple])])
      }
    }
    return parts.count == 1 ? parts[0] : try add("Concat", parts, [.integer("axis", 0)])
  }

  private func batch() throws -> String {
    if let batchName { return batchName }
    guard let batchSource else {
      throw NetJacError(.defect, "a length depends on a batch that there is not")
    }
    let shape = try add("Shape", [batchSource])
    let name = try add("Slice", [shape, integers([0]), integers([1])])
    batchName = name
    return name
  }

  /// `x` in another shape with as many elements.
  func reshape(_ x: String, _ shape: [BatchedProgram.Length]) throws -> String {
    let source = unshaped[x] ?? x
    if shapes[source] == shape { return source }
    let name = try reshaped(source, shape)
    shapes[name] = shape
    unshaped[name] = source
    return name
  }

  private func reshaped(_ x: String, _ shape: [BatchedProgram.Length]) throws -> String {
    let open = shape.indices.filter { if case .batches = shape[$0] { true } else { false } }
    let hasEmpty = shape.contains(.fixed(0))
    if open.count == 1, !hasEmpty {
      let numbers = shape.map { length in
        if case .fixed(let length) = length { length } else { -1 }
      }
      return try add("Reshape", [x, integers(numbers)])
    }
    return try add(
      "Reshape", [x, shapeName(shape)], hasEmpty ? [.integer("allowzero", 1)] : [])
  }

  func unsupported(_ primitive: any Primitive, _ reason: String = "") -> NetJacError {
    NetJacError(
      .unsupported,
      "the operation \(primitive.name) cannot be saved as ONNX"
        + (reason.isEmpty ? "" : ": \(reason)"))
  }
}
