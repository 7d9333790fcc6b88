import Graph
import Tensors

/// A network as a program for one sample: what a format makes of a file, or a caller builds by hand.
package struct NetworkDescription: Sendable {
  /// Inputs and outputs stand in declared order, batch axes included.
  package let program: Program
  package let inputs: [Port]
  package let outputs: [Port]
  package let hasBatchAxis: Bool
  /// Makes the program once more in a real type, with its parameters as inputs, in the order of the
  /// file. Nil where a format tells no parameters from other constants.
  package let parametric: (@Sendable (ElementType) throws -> ParametricProgram)?

  package init(
    program: Program, inputs: [Port], outputs: [Port], hasBatchAxis: Bool,
    parametric: (@Sendable (ElementType) throws -> ParametricProgram)?
  ) {
    self.program = program
    self.inputs = inputs
    self.outputs = outputs
    self.hasBatchAxis = hasBatchAxis
    self.parametric = parametric
  }

  /// A network that is known as a function of its parameters. It is of one precision only.
  package init(
    _ parametric: ParametricProgram, inputs: [Port], outputs: [Port], hasBatchAxis: Bool
  ) throws {
    self.init(
      program: try parametric.specialised(), inputs: inputs,
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
    values: [Tensor], real: ElementType
  ) throws -> NetworkDescription {
    let make = parametricProgram
    let replaced: @Sendable (ElementType) throws -> ParametricProgram = { real in
      let made = try make(real)
      return made.with(
        values: zip(made.parameters, values).map { parameter, value in
          value.converted(to: parameter.value.type.element)
            .reshaped(parameter.value.shape)
        })
    }
    return try with(parametric: replaced, real: real)
  }

  /// A network with the same inputs and outputs that computes something else.
  package func with(
    parametric: @escaping @Sendable (ElementType) throws -> ParametricProgram, real: ElementType
  ) throws -> NetworkDescription {
    NetworkDescription(
      program: try parametric(real).specialised(), inputs: inputs,
      outputs: outputs, hasBatchAxis: hasBatchAxis, parametric: parametric)
  }
}

/// One input or output of a network.
package struct Port: Sendable {
  package let name: String
  /// The shape of one evaluation; a batch axis has length one.
  package let dims: [Int]
  /// Whether the first axis counts samples.
  package let isBatched: Bool
  /// The type of an input whose elements are whole numbers; nil for reals.
  package let wholeNumbers: WholeNumberType?

  package init(
    name: String, dims: [Int], isBatched: Bool, wholeNumbers: WholeNumberType? = nil
  ) {
    self.name = name
    self.dims = dims
    self.isBatched = isBatched
    self.wholeNumbers = wholeNumbers
  }

  /// The shape of one sample.
  package var sampleDims: ArraySlice<Int> { dims.dropFirst(isBatched ? 1 : 0) }
}
