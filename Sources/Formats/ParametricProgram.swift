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

  /// The same network with other numbers for its parameters.
  package func with(
    values: [Tensor], real: ElementType, memoryLimit: Int
  ) throws -> ImportedNetwork {
    guard let make = parametric else {
      throw NetJacError(.unsupported, "the network has no parameters that could change")
    }
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
