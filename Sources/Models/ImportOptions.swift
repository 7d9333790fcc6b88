import Graph
import Tensors

/// What a caller decides about a network while it is read.
package struct ImportOptions: Sendable {
  /// The one type that all float values of the file are computed in.
  package var real: ElementType
  /// Lengths for symbolic dimensions, by name, or as `INPUT.AXIS` for axes without one.
  package var dims: [String: Int]
  /// Inputs that become constants, row-major.
  package var fixedInputs: [String: [Double]]
  /// The outputs to keep, in this order; nil keeps all.
  package var outputs: [String]?
  /// Which of the functions to load that a model offers by name; nil means the usual one.
  package var signature: String?
  /// The most turns of a loop whose number of turns depends on an input; nil refuses such loops.
  package var loopLimit: Int?
  /// The most bytes that the file, its decoded form, or one tensor may take.
  package var memoryLimit: Int

  package init(
    real: ElementType = .float64, dims: [String: Int] = [:], fixedInputs: [String: [Double]] = [:],
    outputs: [String]? = nil, signature: String? = nil, loopLimit: Int? = nil,
    memoryLimit: Int = ProgramBuilder.defaultMemoryLimit
  ) {
    self.real = real
    self.dims = dims
    self.fixedInputs = fixedInputs
    self.outputs = outputs
    self.signature = signature
    self.loopLimit = loopLimit
    self.memoryLimit = memoryLimit
  }

  /// The outputs to keep, among those that a model has.
  package func kept<Output>(_ outputs: [Output], name: (Output) -> String) throws -> [Output] {
    guard let names = self.outputs else { return outputs }
    return try names.map { wanted in
      guard let output = outputs.first(where: { name($0) == wanted }) else {
        throw NetJacError(
          .option,
          """
          option 'output' names \(wanted.quoted), which is no output; the outputs are \
          \(outputs.map(name).quotedList())
          """)
      }
      return output
    }
  }
}
