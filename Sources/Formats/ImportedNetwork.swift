import Graph
import Tensors

/// What a caller decides about a network while its file is read.
package struct ImportOptions: Sendable {
  /// The one type that all float values of the file are computed in.
  package var real: ElementType
  /// Lengths for symbolic dimensions, by name, or as `INPUT.AXIS` for axes without one.
  package var dims: [String: Int]
  /// Inputs that become constants, row-major.
  package var fixedInputs: [String: [Double]]
  /// The outputs to keep, in this order; nil keeps all.
  package var outputs: [String]?
  /// The most bytes that the file, its decoded form, or one tensor may take.
  package var memoryLimit: Int

  package init(
    real: ElementType = .float64, dims: [String: Int] = [:], fixedInputs: [String: [Double]] = [:],
    outputs: [String]? = nil, memoryLimit: Int = ProgramBuilder.defaultMemoryLimit
  ) {
    self.real = real
    self.dims = dims
    self.fixedInputs = fixedInputs
    self.outputs = outputs
    self.memoryLimit = memoryLimit
  }
}

/// One input or output of an imported network.
package struct ImportedPort: Sendable {
  package let name: String
  /// The element type by its name in the file, such as `float16`.
  package let elementType: String
  /// The shape of one evaluation; a batch axis has length one.
  package let dims: [Int]
  /// Whether the first axis counts samples.
  package let isBatched: Bool

  package init(name: String, elementType: String, dims: [Int], isBatched: Bool) {
    self.name = name
    self.elementType = elementType
    self.dims = dims
    self.isBatched = isBatched
  }
}

/// A network file as a program for one sample.
package struct ImportedNetwork: Sendable {
  /// Inputs and outputs stand in declared order, batch axes included.
  package let program: Program
  package let inputs: [ImportedPort]
  package let outputs: [ImportedPort]
  package let hasBatchAxis: Bool
  /// Makes the program once more in a real type, with its parameters (float initialisers) as inputs;
  /// they stand in the file's order. Nil where a format tells no parameters from other constants.
  package var parametric: (@Sendable (ElementType) throws -> ParametricProgram)?
}
