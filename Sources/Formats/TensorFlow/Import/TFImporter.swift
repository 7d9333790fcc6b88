import Graph
import Models
import Tensors

/// Walks the nodes of a graph and the functions that it calls, and adds what their operators mean to
/// a program.
final class TFImporter {
  /// Functions within functions: far more than TensorFlow writes.
  static let depthLimit = 50
  /// Unrolled loops and nested calls can ask for more work than their files are long.
  private static let nodeLimit = 1_000_000

  let p: ProgramBuilder
  /// Whether a call may have several samples along the first axis of its inputs.
  let hasOpenBatch: Bool
  private let graph: TFGraph
  private let binding: InputBinding
  private(set) var nodeCount = 0
  /// What loops have expanded to whose number of turns the file does not say.
  var openTurns = OpenTurns()
  private var variables: [String: Value]
  private var constants: [String: () throws -> Value]
  /// The variables that are inputs of the program.
  var parameterNames = ParameterNames()

  /// `variables` are those that are inputs of the program, `constants` the others, which become
  /// values when they are first read.
  /// The most turns of a loop whose number of turns depends on an input, if there may be such loops.
  var loopLimit: Int?

  init(
    builder: ProgramBuilder, graph: TFGraph, binding: InputBinding, hasOpenBatch: Bool,
    variables: [String: Value], constants: [String: () throws -> Value]
  ) {
    p = builder
    self.graph = graph
    self.binding = binding
    self.hasOpenBatch = hasOpenBatch
    self.variables = variables
    self.constants = constants
  }

  /// The values of references in the main graph, where `arguments` stand for placeholders.
  func run(_ wanted: [TFReference], arguments: [String: Value]) throws -> [Value] {
    let given = arguments.mapValues { [TFOperand.tensor($0)] }
    let results = try evaluate(graph.body, wanted, given, path: "", depth: 0)
    return try zip(wanted, results).map { reference, result in
      guard case .tensor(let value) = result else {
        throw NetJacError(
          .unsupported, "the output of node \(reference.node.quoted) is no real tensor")
      }
      return value
    }
  }

  func variable(_ handle: String) throws -> Value {
    if let value = variables[handle] { return value }
    guard let constant = constants[handle] else {
      throw NetJacError(.format, "the variable \(handle.quoted) has no value")
    }
    let value = try constant()
    variables[handle] = value
    return value
  }

  /// Counts a node or a turn of a loop, so that no file keeps the importer busy for ever.
  func count() throws {
    nodeCount += 1
    guard nodeCount <= Self.nodeLimit else {
      throw NetJacError(
        .memory, "loops and functions expand to more than \(Self.nodeLimit) nodes")
    }
  }

  /// The results of a function of the file.
  func call(_ name: String, _ arguments: [TFOperand], depth: Int, path: String) throws
    -> [TFOperand]
  {
    guard depth < Self.depthLimit else {
      throw NetJacError(
        .unsupported, "functions are nested more than \(Self.depthLimit) deep or call themselves")
    }
    let function = try graph.function(name)
    var given: [String: [TFOperand]] = [:]
    if function.inputs.count == 1, function.inputs[0].isList {
      given[function.inputs[0].name] = arguments
    } else {
      guard function.inputs.count == arguments.count else {
        throw NetJacError(
          .format,
          """
          function \(name.quoted) takes \(function.inputs.count) arguments; it is called with \
          \(arguments.count)
          """)
      }
      for (input, argument) in zip(function.inputs, arguments) { given[input.name] = [argument] }
    }
    return try evaluate(function.body, function.results(), given, path: path, depth: depth)
  }

  private func evaluate(
    _ body: TFBody, _ wanted: [TFReference], _ given: [String: [TFOperand]], path: String,
    depth: Int
  ) throws -> [TFOperand] {
    let outerOrigin = p.origin
    defer { p.origin = outerOrigin }
    var results = [[TFOperand]?](repeating: nil, count: body.nodes.count)
    func operand(_ reference: TFReference) throws -> TFOperand {
      if let values = given[reference.node] {
        guard values.indices.contains(reference.index) else {
          throw NetJacError(
            .format, "the argument \(reference.node.quoted) has \(values.count) values")
        }
        return values[reference.index]
      }
      guard let place = body.places[reference.node], let values = results[place] else {
        throw NetJacError(.format, "the value \(reference.node.quoted) is never made")
      }
      let index = try Self.place(of: reference, in: body.nodes[place])
      guard values.indices.contains(index) else {
        throw NetJacError(
          .format,
          "output \(index) of \(body.nodes[place].place) is read, which has \(values.count)")
      }
      return values[index]
    }
    for place in try body.order(for: wanted, given: { given[$0] != nil }) {
      let node = body.nodes[place]
      try count()
      p.origin = Origin(name: path + node.name, operation: node.operation)
      do {
        let made = try apply(node, node.inputs.map(operand), body, depth)
        try checkShapes(of: node, made)
        results[place] = made
      } catch let error as NetJacError {
        // A function says itself where in it something went wrong.
        throw TFControlFlowOperators.calls.contains(node.operation)
          ? error : error.located(at: node.place)
      }
    }
    return try wanted.map(operand)
  }

  /// The shapes that a file declares of a node's outputs must be those that are computed.
  private func checkShapes(of node: TFNode, _ results: [TFOperand]) throws {
    guard let bytes = node.attributes["_output_shapes"],
      case .list(let list)? = try TFAttribute(bytes)
    else { return }
    for (index, (shape, result)) in zip(list.shapes, results).enumerated() {
      guard case .tensor(let value) = result, !binding.allows(shape, p.shape(value)) else {
        continue
      }
      throw NetJacError(
        .shape,
        """
        output \(index) is declared as \(shape.shown), but what the node computes is \(p.shape(value))
        """)
    }
  }

  /// Which of a node's outputs a reference names.
  private static func place(of reference: TFReference, in node: TFNode) throws -> Int {
    guard let output = reference.output else { return reference.index }
    guard let outputs = TFOperatorRegistry.find(node.operation)?.outputs,
      let first = outputs.firstIndex(of: output)
    else {
      throw NetJacError(.format, "\(node.place) has no output \(output.quoted)")
    }
    let (place, overflow) = first.addingReportingOverflow(reference.index)
    return overflow ? -1 : place
  }

  private func apply(_ node: TFNode, _ inputs: [TFOperand], _ body: TFBody, _ depth: Int) throws
    -> [TFOperand]
  {
    guard let operation = TFOperatorRegistry.find(node.operation) else {
      throw NetJacError(.unsupported, "the operator is not supported")
    }
    return try operation.apply(
      TFCall(node: node, inputs: inputs, body: body, importer: self, depth: depth), p)
  }
}
