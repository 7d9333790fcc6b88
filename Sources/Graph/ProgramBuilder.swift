import Tensors

/// Builds a program node by node, checking every type, sharing equal nodes, folding what is
/// constant and applying each primitive's own simplifications.
package final class ProgramBuilder {
  /// The element type of all real values.
  package let real: ElementType
  /// The largest size of one value, in bytes.
  package let memoryLimit: Int
  /// Attached to the nodes that are added, so that errors and reports can name the file's node.
  package var origin: Origin?
  /// Whether derivatives keep zeros whatever slope they meet: where slopes may be singular.
  package var guardsZeros = false

  private(set) package var nodes: [Node] = []
  private(set) package var inputs: [Value] = []
  /// For each node, whether it depends on constants alone.
  private var isKnown: [Bool] = []
  private var shared = SharedValues()
  var powersOfTwo = PowersOfTwo()
  private var evaluated: [Int: Tensor] = [:]
  private var placeholders = 0
  private var foldedBytes = 0
  private var rulesAtWork = 0
  private static let ruleDepth = 64

  package static let defaultMemoryLimit = 1 << 34

  package init(real: ElementType = .float64, memoryLimit: Int = defaultMemoryLimit) {
    self.real = real
    self.memoryLimit = memoryLimit
  }

  /// A builder of what is derived from a program: of the same precision, within the same limit, and with
  /// guarded products if it has some.
  package convenience init(for program: Program) {
    self.init(real: program.real, memoryLimit: program.memoryLimit)
    guardsZeros = program.nodes.contains { $0.isA(GuardedMultiply.self) }
  }

  /// An empty builder of the same settings as another one.
  package convenience init(like other: ProgramBuilder) {
    self.init(real: other.real, memoryLimit: other.memoryLimit)
    guardsZeros = other.guardsZeros
  }

  /// A builder that begins with all that another one holds.
  package init(copying other: ProgramBuilder) {
    real = other.real
    memoryLimit = other.memoryLimit
    origin = other.origin
    guardsZeros = other.guardsZeros
    nodes = other.nodes
    inputs = other.inputs
    isKnown = other.isKnown
    shared = other.shared
    evaluated = other.evaluated
    placeholders = other.placeholders
  }

  package func type(_ value: Value) -> TensorType { nodes[value.index].type }
  package func shape(_ value: Value) -> Shape { nodes[value.index].type.shape }
  package func node(_ value: Value) -> Node { nodes[value.index] }
  package func isKnown(_ value: Value) -> Bool { isKnown[value.index] }

  // MARK: - Adding

  package func input(_ type: TensorType) throws -> Value {
    try requireSize(type, "an input is")
    let value = try append(Input(position: inputs.count, declared: type), [], type, known: false)
    inputs.append(value)
    return value
  }

  /// A value to differentiate with respect to that is no input: transformations put it in, follow it
  /// and leave it out of the program that they make.
  package func placeholder(_ type: TensorType) throws -> Value {
    placeholders += 1
    return try append(Input(position: -placeholders, declared: type), [], type, known: false)
  }

  package func constant(_ tensor: Tensor) throws -> Value {
    try add(Constant(tensor), [])
  }

  /// Applies a primitive, or finds a value that is equal to the result.
  package func add(_ primitive: some Primitive, _ operands: [Value]) throws -> Value {
    let hash = SharedValues.hash(primitive, operands)
    if let value = shared.value(of: primitive, operands, hash: hash) { return value }
    let value = try addNew(primitive, operands)
    shared.insert(primitive, operands, hash: hash, value)
    return value
  }

  private func addNew(_ primitive: some Primitive, _ operands: [Value]) throws -> Value {
    let types = operands.map(type)
    let type = try primitive.type(of: types)
    if let value = try simplified(primitive, operands) { return value }
    try requireSize(type, "\(primitive.name) makes")
    let known = operands.allSatisfy { isKnown[$0.index] }
    if known, primitive.foldsEagerly, !operands.isEmpty,
      type.count <= ProgramBuilder.eagerCount || !type.element.isReal
    {
      // What was left unevaluated for its structure passes that structure on.
      let arguments = operands.compactMap { nodes[$0.index].constant }
      if arguments.count == operands.count {
        try countFolded(type, primitive.name)
        try requireRoom(arguments.map(\.type) + [type], primitive.name)
        return try constant(primitive.evaluate(arguments, type))
      }
    }
    return try append(primitive, operands, type, known: known)
  }

  /// Rules make their results of values that rules simplify in turn. Along a chain of any length each would do so
  /// within the last one: those at the end stay as they are.
  private func simplified(_ primitive: some Primitive, _ operands: [Value]) throws -> Value? {
    guard rulesAtWork < ProgramBuilder.ruleDepth else { return nil }
    rulesAtWork += 1
    defer { rulesAtWork -= 1 }
    return try primitive.simplified(operands, in: self)
  }

  private func requireSize(_ type: TensorType, _ what: @autoclosure () -> String) throws {
    try Shape.requireRank(type.rank)
    // Tables of places along axes are as long as these, also where another axis has no elements.
    let bytes = type.dims.reduce(type.element.byteCount) { $0.multipliedSaturated(by: max($1, 1)) }
    guard bytes <= memoryLimit else {
      throw NetJacError(
        .memory,
        "\(what()) a tensor \(type) of \(bytes) bytes; the memory limit is \(memoryLimit) (option "
          + "memory_limit)")
    }
  }

  /// What is computed while the program is built is held as eight bytes an element.
  private func countFolded(_ type: TensorType, _ name: String) throws {
    let bytes = type.count.multipliedSaturated(by: 8)
    foldedBytes = foldedBytes.addingSaturated(bytes)
    guard foldedBytes <= memoryLimit else {
      throw NetJacError(
        .memory,
        "\(name) of known operands makes a tensor \(type): \(bytes) bytes are needed while loading, "
          + "\(foldedBytes) with others; the memory limit is \(memoryLimit) (option memory_limit)")
    }
  }

  /// To be asked before numbers are made that no primitive computes, such as those of a range; they are counted
  /// as what is folded.
  package func requireNumbers(_ count: Int, of what: String) throws {
    try requireWork(on: count, "\(what) of \(count) numbers")
    foldedBytes = foldedBytes.addingSaturated(count.multipliedSaturated(by: 8))
  }

  /// The largest of these is read as numbers of eight bytes, made into others and kept.
  private func requireRoom(_ types: [TensorType], _ name: String) throws {
    guard let largest = types.max(by: { $0.count < $1.count }) else { return }
    try requireWork(on: largest.count, "\(name) of a known tensor \(largest)")
  }

  private func requireWork(on count: Int, _ what: @autoclosure () -> String) throws {
    let bytes = count.multipliedSaturated(by: ProgramBuilder.workBytes)
    guard foldedBytes.addingSaturated(bytes) <= memoryLimit else {
      throw NetJacError(
        .memory,
        "\(what()) takes up to \(bytes) bytes while loading; the memory limit is \(memoryLimit) "
          + "(option memory_limit), of which \(foldedBytes) are taken")
    }
    try Memory.require(bytes)
  }

  /// What an element takes while something is computed of known numbers: as an operand, as a result, and
  /// as an index or number on the way.
  private static let workBytes = 24

  /// Larger real constants are left for the compiled kernels to compute.
  private static let eagerCount = 4096

  private func append(
    _ primitive: some Primitive, _ operands: [Value], _ type: TensorType, known: Bool
  ) throws -> Value {
    guard nodes.count < nodeLimit else { throw tooManyNodes("grows to more") }
    nodes.append(Node(primitive: primitive, operands: operands, type: type, origin: origin))
    isKnown.append(known)
    return Value(index: nodes.count - 1)
  }

  /// Unrolled recurrences are large; a graph beyond this would not be planned in reasonable time.
  package static let nodeLimit = 4_000_000

  /// A node, its type, origin and place among the shared values, and the names that stand for it meanwhile.
  private static let nodeBytes = 800

  private var nodeLimit: Int {
    min(ProgramBuilder.nodeLimit, max(4096, memoryLimit / ProgramBuilder.nodeBytes))
  }

  private func tooManyNodes(_ what: String) -> NetJacError {
    NetJacError(
      .memory,
      "the unrolled graph \(what) than \(nodeLimit) nodes, which is what the memory limit of "
        + "\(memoryLimit) bytes holds (option memory_limit)")
  }

  /// To be asked before something is unrolled whose number of turns is known, since no limit on nodes could
  /// tell before most of them stand there. A step of a recurrent layer adds four nodes at least.
  package func requireTurns(_ turns: Int, nodesEach: Int = 4) throws {
    let wanted = turns.multipliedSaturated(by: max(nodesEach, 1)).addingSaturated(nodes.count)
    guard wanted <= nodeLimit else {
      throw tooManyNodes("would in its \(turns) turns expand to more")
    }
  }

  /// Copies a program's nodes in, with `arguments` in place of its inputs, and returns the value
  /// that stands for each of its nodes.
  package func inline(_ program: Program, _ arguments: [Value]) throws -> [Value] {
    var map: [Value] = []
    map.reserveCapacity(program.nodes.count)
    let outerOrigin = origin
    defer { origin = outerOrigin }
    // A program's inputs may be listed in another order than that of its nodes.
    var replacements = [Value?](repeating: nil, count: program.nodes.count)
    for (input, argument) in zip(program.inputs, arguments) {
      replacements[input.index] = argument
    }
    for (index, node) in program.nodes.enumerated() {
      if let replacement = replacements[index] {
        map.append(replacement)
        continue
      }
      origin = node.origin
      map.append(try add(node.primitive, node.operands.map { map[$0.index] }))
    }
    return map
  }

  // MARK: - Known values

  /// The value's elements, if it depends on constants alone; computed when first asked for.
  ///
  /// - Throws: `NetJacError` of kind `memory` where that takes more than the limit.
  package func constantTensor(of value: Value) throws -> Tensor? {
    guard isKnown[value.index] else { return nil }
    var needed: Set<Int> = []
    var pending = [value.index]
    while let index = pending.popLast() {
      guard evaluated[index] == nil, needed.insert(index).inserted else { continue }
      pending.append(contentsOf: nodes[index].operands.map(\.index))
    }
    for index in needed.sorted() {
      let node = nodes[index]
      try requireRoom([node.type], node.primitive.name)
      if let constant = node.primitive as? Constant { evaluated[index] = constant.tensor }
      let operands = node.operands.compactMap { evaluated[$0.index] }
      guard operands.count == node.operands.count,
        let tensor = try? node.primitive.evaluate(operands, node.type)
      else { return nil }
      evaluated[index] = tensor
      if !(node.primitive is Constant) { try countFolded(node.type, node.primitive.name) }
    }
    return evaluated[value.index]
  }

  /// The number that every element is known to be, if there is one; cheap.
  package func fill(of value: Value) -> Double? {
    nodes[value.index].constant?.fill
  }

  /// The known numbers that a product or quotient scales an operand with, each with that operand.
  func knownFactors(of node: Node) -> [(factor: Double, scaled: Value)] {
    let places = node.isA(Multiply.self) ? [1, 0] : node.isA(Divide.self) ? [1] : []
    return places.compactMap { place in
      fill(of: node.operands[place]).map { ($0, node.operands[1 - place]) }
    }
  }

  // MARK: - Finishing

  /// The program of all that the outputs need. Inputs stay, also where unused.
  package func program(outputs: [Value]) -> Program {
    Program(
      nodes: nodes, inputs: inputs, outputs: outputs, real: real, memoryLimit: memoryLimit
    ).with(outputs: outputs)
  }
}
