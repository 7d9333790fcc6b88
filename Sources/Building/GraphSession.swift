import Differentiation
import Graph
import Models
import Tensors

/// A graph that a caller builds value by value. Values are known by numbers from 0 on.
package final class GraphSession {
  /// How a value came to be.
  enum Origin {
    case input
    case parameter(Tensor)
    case constant
    case result(operation: String, operands: [Int?], attributes: String, place: Int)
    case gradient(of: Int, by: Int)
    case jvp(of: Int, by: [Int], along: [Int])
  }

  struct Entry {
    let value: Value
    let origin: Origin
    let name: String?
    var display: Display?
  }

  let p = ProgramBuilder()
  private(set) var entries: [Entry] = []
  private var names: [String: Int] = [:]

  let vocabulary: any OperatorVocabulary

  /// `vocabulary` says which operators there are and what they mean.
  package init(vocabulary: any OperatorVocabulary) { self.vocabulary = vocabulary }

  package var count: Int { entries.count }

  // MARK: - Leaves

  package func input(_ name: String, _ dims: [Int]) throws -> Int {
    try checkNew(name)
    let type = TensorType(.float64, try Shape(checking: dims))
    return append(Entry(value: try p.input(type), origin: .input, name: name))
  }

  package func parameter(_ name: String, _ dims: [Int], _ values: [Double]) throws -> Int {
    try checkNew(name)
    let tensor = Tensor(TensorType(.float64, try Shape(checking: dims)), reals: values)
    return append(
      Entry(value: try p.input(tensor.type), origin: .parameter(tensor), name: name))
  }

  package func constant(_ dims: [Int], _ values: [Double]) throws -> Int {
    let tensor = Tensor(TensorType(.float64, try Shape(checking: dims)), reals: values)
    return append(Entry(value: try p.constant(tensor), origin: .constant, name: nil))
  }

  private func checkNew(_ name: String) throws {
    guard !name.isEmpty else {
      throw NetJacError(.argument, "the name is empty; inputs and parameters need one")
    }
    if let taken = names[name] {
      throw NetJacError(
        .argument, "the name '\(name)' is taken by value \(taken); names are unique in a graph")
    }
  }

  private func append(_ entry: Entry) -> Int {
    if let name = entry.name { names[name] = entries.count }
    entries.append(entry)
    return entries.count - 1
  }

  // MARK: - Operators

  /// Applies an operator of the vocabulary; nil leaves an optional operand out.
  package func apply(
    _ operation: String, _ operands: [Int?], attributes: String, outputCount: Int
  ) throws -> [Int] {
    let values = try operands.map { try $0.map(entry)?.value }
    let place =
      "\(operation)(\(operands.map { $0.map(described) ?? "-" }.joined(separator: ", ")))"
    p.origin = Graph.Origin(name: place, operation: operation)
    defer { p.origin = nil }
    let results: [Value?]
    do {
      results = try vocabulary.apply(
        operation, values, attributes: attributes, outputCount: outputCount, in: p)
    } catch let error as NetJacError {
      throw error.located(at: place)
    }
    let wanted = results.prefix(outputCount).compactMap { $0 }
    guard wanted.count == outputCount else {
      throw NetJacError(
        .argument, "\(place): \(outputCount) results are wanted; the operator has \(results.count)")
    }
    return wanted.enumerated().map { number, value in
      append(
        Entry(
          value: value,
          origin: .result(
            operation: operation, operands: operands, attributes: attributes, place: number),
          name: nil))
    }
  }

  // MARK: - Derivatives

  package func gradients(of y: Int, by xs: [Int]) throws -> [Int] {
    let yValue = try real(y, "y")
    let values = try xs.map { try real($0, "x") }
    let gradients = try p.gradients(of: yValue, by: values)
    return zip(xs, gradients).map { x, gradient in
      append(Entry(value: gradient, origin: .gradient(of: y, by: x), name: nil))
    }
  }

  package func jvp(of y: Int, by xs: [Int], along tangents: [Int]) throws -> Int {
    let yValue = try real(y, "y")
    let values = try xs.map { try real($0, "x") }
    let directions = try tangents.map { try real($0, "tangent") }
    for (x, tangent) in zip(xs, tangents)
    where p.type(entries[x].value) != p.type(entries[tangent].value) {
      throw NetJacError(
        .shape, "the tangent \(described(tangent)) must have the shape of \(described(x))")
    }
    let product = try p.directionalDerivative(of: yValue, by: values, along: directions)
    return append(
      Entry(value: product, origin: .jvp(of: y, by: xs, along: tangents), name: nil))
  }

  // MARK: - Texts

  /// Says how texts show a value, for a host language whose formulas are not those of the vocabulary.
  package func show(
    _ value: Int, as notation: Notation?, of operands: [Int], size: String?
  ) throws {
    _ = try entry(value)
    for operand in operands {
      // So no formula contains itself.
      guard operand < value else {
        throw NetJacError(
          .argument,
          "value \(operand) is to be an operand of value \(value); operands are earlier values")
      }
      _ = try entry(operand)
    }
    for case .operand(let place) in notation?.parts ?? [] where place >= operands.count {
      throw NetJacError(
        .argument,
        "the notation has #\(place + 1) for an operand; there are \(operands.count) operands")
    }
    entries[value].display = Display(notation: notation, operands: operands, size: size)
  }

  // MARK: - Queries

  package func shape(_ value: Int) throws -> Shape { p.shape(try entry(value).value) }

  func entry(_ value: Int) throws -> Entry {
    guard entries.indices.contains(value) else {
      throw NetJacError(
        .argument, "there is no value \(value); the graph has \(entries.count), counted from 0")
    }
    return entries[value]
  }

  private func real(_ value: Int, _ role: String) throws -> Value {
    let found = try entry(value).value
    guard p.type(found).element.isReal else {
      throw NetJacError(
        .argument,
        "\(role) is \(described(value)), which holds \(p.type(found).element.rawValue); only "
          + "values of floats have derivatives")
    }
    return found
  }

  /// A value as messages show it: its name, or its number, and its shape.
  func described(_ value: Int) -> String {
    guard entries.indices.contains(value) else { return "value \(value)" }
    return "\(label(value)) \(p.shape(entries[value].value))"
  }

  func label(_ value: Int) -> String { entries[value].name ?? "%\(value)" }

  // MARK: - Networks

  /// A network of some inputs and outputs, with the parameters that the outputs need.
  package func network(inputs: [Int], outputs: [Int], memoryLimit: Int) throws -> NetworkDescription
  {
    let inputEntries = try inputs.map(inputEntry)
    guard Set(inputs).count == inputs.count else {
      throw NetJacError(.argument, "a value is listed twice among the inputs")
    }
    guard !outputs.isEmpty else {
      throw NetJacError(.argument, "no outputs are given; a network needs at least one")
    }
    let outputEntries = try outputs.map(entry)
    let needed = p.nodes.needed(by: outputEntries.map(\.value))
    let listed = Set(inputEntries.map(\.value))
    var parameters: [(value: Value, parameter: Parameter)] = []
    for (number, candidate) in entries.enumerated()
    where needed[candidate.value.index] && !listed.contains(candidate.value) {
      switch candidate.origin {
      case .input:
        throw NetJacError(
          .argument,
          "the outputs need the input \(described(number)), which is not among the network's inputs"
        )
      case .parameter(let tensor):
        parameters.append(
          (candidate.value, Parameter(name: candidate.name ?? "", value: tensor)))
      default: break
      }
    }
    let program = Program(
      nodes: p.nodes, inputs: inputEntries.map(\.value) + parameters.map(\.value),
      outputs: outputEntries.map(\.value), real: p.real, memoryLimit: memoryLimit
    ).with(outputs: outputEntries.map(\.value))
    var taken = Set((inputEntries + outputEntries).compactMap(\.name))
    let outputNames = outputEntries.enumerated().map { number, entry in
      entry.name ?? taken.insertFree("y\(number)")
    }
    return try NetworkDescription(
      ParametricProgram(program: program, parameters: parameters.map(\.parameter)),
      inputs: inputEntries.map { port($0.name ?? "", $0.value) },
      outputs: zip(outputNames, outputEntries).map { port($0, $1.value) },
      hasBatchAxis: false)
  }

  private func inputEntry(_ number: Int) throws -> Entry {
    let entry = try entry(number)
    switch entry.origin {
    case .input, .parameter: return entry
    default:
      throw NetJacError(
        .argument,
        "value \(number) (\(described(number))) cannot be an input of a network; inputs and "
          + "parameters can")
    }
  }

  private func port(_ name: String, _ value: Value) -> Port {
    let type = p.type(value)
    return Port(name: name, dims: type.dims, isBatched: false)
  }
}
