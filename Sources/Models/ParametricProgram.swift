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
    let p = ProgramBuilder(for: program)
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
  package func specialised() throws -> Program {
    let p = ProgramBuilder(for: program)
    let inputs = try program.inputs.prefix(inputCount).map { try p.input(program.type($0)) }
    let constants = try parameters.map { try p.constant($0.value) }
    let values = try p.inline(program, inputs + constants)
    return p.program(outputs: program.outputs.map { values[$0.index] })
  }
}
