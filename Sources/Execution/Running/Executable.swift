import CKernels
import Graph
import Tensors

/// A planned program: a flat list of kernels over memory laid out beforehand. Immutable, so any
/// number of threads may run it, each with a workspace of its own.
package final class Executable: @unchecked Sendable {
  static let arenaBase = 0
  static let scratchBase = 1
  static let firstBase = 2

  package let inputTypes: [TensorType]
  package let outputTypes: [TensorType]
  /// Multiply-adds of one run.
  package let multiplyAdds: Int
  /// Bytes of the arrays that pass from kernel to kernel.
  package let arenaBytes: Int
  let scratchBytes: Int

  private let kernels: [Kernel]
  private let ownConstantBytes: Int
  /// The constants in the order of their base addresses; nil where no kernel reads one as it is.
  private let constants: [ElementMemory?]
  /// The kernels without ownership: walking them counts no references.
  private let steps: PlainArray<Unmanaged<Kernel>>

  /// - Parameters:
  ///   - budget: What the program's network may take, with the constants that its executables share.
  ///   - sumsAlike: Whether sums are taken in the same order as in the same program for another number of samples;
  ///     what never meets such a program may be faster.
  ///   - samples: How many samples the program takes at once.
  ///   - skipsParts: Whether parts that no sample needs are skipped; results are the same bits.
  package static func compile(
    _ program: Program, within budget: MemoryBudget? = nil, sumsAlike: Bool = true,
    samples: Int = 1, skipsParts: Bool = true
  ) throws -> Executable {
    try Compiler.compile(
      program, within: budget ?? MemoryBudget(limit: program.memoryLimit, .none),
      sumsAlike: sumsAlike, samples: skipsParts ? samples : nil)
  }

  init(
    kernels: [Kernel], constants: [ElementMemory?], inputTypes: [TensorType],
    outputTypes: [TensorType], arenaBytes: Int, scratchBytes: Int, ownConstantBytes: Int,
    multiplyAdds: Int
  ) {
    self.kernels = kernels
    self.ownConstantBytes = ownConstantBytes
    self.constants = constants
    self.inputTypes = inputTypes
    self.outputTypes = outputTypes
    self.arenaBytes = arenaBytes
    self.scratchBytes = scratchBytes
    self.multiplyAdds = multiplyAdds
    steps = PlainArray(kernels.map { Unmanaged.passUnretained($0) })
  }

  deinit { steps.free() }

  /// Bytes of working memory that one run needs.
  package var workspaceBytes: Int { arenaBytes + scratchBytes }

  /// Bytes that it holds itself: of constants that are its own, and of its kernels.
  package var ownBytes: Int {
    ownConstantBytes.addingSaturated(kernels.count.multipliedSaturated(by: Executable.kernelBytes))
  }

  /// About what a kernel takes, as the tables of fused ones are short.
  private static let kernelBytes = 512

  /// The kernels by name, in order.
  package var kernelNames: [String] { kernels.flatMap(\.names) }

  /// The number of base addresses of a run.
  var baseCount: Int {
    Executable.firstBase + constants.count + inputTypes.count + outputTypes.count
  }

  /// Fills in the addresses of constants.
  func bindConstants(_ bases: UnsafeMutablePointer<UnsafeMutableRawPointer>) {
    for (k, constant) in constants.enumerated() {
      if let constant { bases[Executable.firstBase + k] = constant.start }
    }
  }

  /// Where the addresses of inputs, and behind them of outputs, stand among the bases.
  var argumentBase: Int { Executable.firstBase + constants.count }

  /// Runs all kernels. Neither allocates nor locks nor counts references.
  @inline(__always)
  func run(_ bases: Bases) {
    for k in 0..<steps.count { steps[k]._withUnsafeGuaranteedRef { $0.run(bases) } }
  }

  /// Runs on tensors; for tests and for constants.
  package func tensors(_ arguments: [Tensor] = []) throws -> [Tensor] {
    let workspace = Workspace(self)
    let inputs = arguments.map { argument -> UnsafeMutableRawPointer in
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(argument.type.byteCount, 64), alignment: 64)
      argument.write(to: memory)
      return memory
    }
    let outputs = outputTypes.map { type in
      UnsafeMutableRawPointer.allocate(byteCount: max(type.byteCount, 64), alignment: 64)
    }
    defer { for memory in inputs + outputs { memory.deallocate() } }
    for (k, memory) in inputs.enumerated() { workspace.setInput(k, memory) }
    for (k, memory) in outputs.enumerated() { workspace.setOutput(k, memory) }
    workspace.run()
    return zip(outputTypes, outputs).map { Tensor($0, reading: UnsafeRawPointer($1)) }
  }
}
