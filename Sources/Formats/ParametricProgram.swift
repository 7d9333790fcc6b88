import Graph
import Tensors

/// Numbers of a network that training may change.
package struct Parameter: Sendable {
  package let name: String
  package let value: Tensor

  package init(name: String, value: Tensor) {
    self.name = name
    self.value = value
  }
}

/// A network as a function of its parameters too.
package struct ParametricProgram: Sendable {
  /// Takes the network's inputs, then the parameters.
  package let program: Program
  package let parameters: [Parameter]

  package init(program: Program, parameters: [Parameter]) {
    self.program = program
    self.parameters = parameters
  }

  /// A program of a format that tells no parameters from other constants: each array of floats that
  /// is not one number repeated is a parameter, called constant1, constant2, ….
  package init(constantsOf program: Program) throws {
    let p = ProgramBuilder(
      real: program.inputTypes.first { $0.element.isReal }?.element ?? .float64)
    let inputs = try program.inputs.map { try p.input(program.type($0)) }
    var map = [Value?](repeating: nil, count: program.nodes.count)
    for (value, input) in zip(program.inputs, inputs) { map[value.index] = input }
    var found: [Parameter] = []
    for (index, node) in program.nodes.enumerated() {
      guard let tensor = (node.primitive as? Constant)?.tensor, tensor.type.element.isReal,
        tensor.shape.rank > 0, tensor.fill == nil
      else { continue }
      map[index] = try p.input(tensor.type)
      found.append(Parameter(name: "constant\(found.count + 1)", value: tensor))
    }
    for (index, node) in program.nodes.enumerated() where map[index] == nil {
      p.origin = node.origin
      map[index] = try p.add(node.primitive, node.operands.compactMap { map[$0.index] })
    }
    self.init(
      program: p.program(outputs: program.outputs.compactMap { map[$0.index] }),
      parameters: found)
  }

  package var inputCount: Int { program.inputs.count - parameters.count }

  /// The same function with other numbers, in the order of `parameters`.
  package func with(values: [Tensor]) -> ParametricProgram {
    ParametricProgram(
      program: program,
      parameters: zip(parameters, values).map { Parameter(name: $0.name, value: $1) })
  }

  /// The function of the inputs alone, the parameters being constants.
  package func specialised(memoryLimit: Int) throws -> Program {
    let p = ProgramBuilder(
      real: program.inputTypes.first { $0.element.isReal }?.element ?? .float64,
      memoryLimit: memoryLimit)
    let inputs = try program.inputs.prefix(inputCount).map { try p.input(program.type($0)) }
    let constants = try parameters.map { try p.constant($0.value) }
    let values = try p.inline(program, inputs + constants)
    return p.program(outputs: program.outputs.map { values[$0.index] })
  }
}

extension ImportedNetwork {
  /// A network that was not read from a file. It is of one precision only.
  package init(
    _ parametric: ParametricProgram, inputs: [ImportedPort], outputs: [ImportedPort],
    hasBatchAxis: Bool, memoryLimit: Int
  ) throws {
    self.init(
      program: try parametric.specialised(memoryLimit: memoryLimit), inputs: inputs,
      outputs: outputs, hasBatchAxis: hasBatchAxis, parametric: { _ in parametric })
  }

  /// The network as a function of its parameters in a real type. A network whose format knows no
  /// parameters has the precision that it was read in.
  package var parametricProgram: @Sendable (ElementType) throws -> ParametricProgram {
    if let parametric { return parametric }
    let program = self.program
    return { _ in try ParametricProgram(constantsOf: program) }
  }

  /// The same network with other numbers for its parameters.
  package func with(
    values: [Tensor], real: ElementType, memoryLimit: Int
  ) throws -> ImportedNetwork {
    let make = parametricProgram
    let replaced: @Sendable (ElementType) throws -> ParametricProgram = { real in
      let made = try make(real)
      return made.with(
        values: zip(made.parameters, values).map { parameter, value in
          Tensor(parameter.value.type, reals: value.reals)
        })
    }
    return try with(parametric: replaced, real: real, memoryLimit: memoryLimit)
  }

  /// A network with the same inputs and outputs that computes something else.
  package func with(
    parametric: @escaping @Sendable (ElementType) throws -> ParametricProgram, real: ElementType,
    memoryLimit: Int
  ) throws -> ImportedNetwork {
    ImportedNetwork(
      program: try parametric(real).specialised(memoryLimit: memoryLimit), inputs: inputs,
      outputs: outputs, hasBatchAxis: hasBatchAxis, parametric: parametric)
  }
}

/// An operator wants a value while the program is built that depends on parameters.
struct ParametersNeeded: Error {
  let names: Set<String>
}

extension GraphImporter {
  /// The parameters that a value depends on, if it depends on nothing else that is unknown.
  func parametersNeeded(by value: Value) -> Set<String> {
    guard !parameterNames.isEmpty else { return [] }
    var names: Set<String> = []
    var seen: Set<Int> = []
    var pending = [value.index]
    while let index = pending.popLast() {
      guard seen.insert(index).inserted, !p.isKnown(Value(index: index)) else { continue }
      let operands = p.node(Value(index: index)).operands
      if operands.isEmpty {
        guard let name = parameterNames[index] else { return [] }
        names.insert(name)
      }
      pending.append(contentsOf: operands.map(\.index))
    }
    return names
  }
}
