import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Compiles a program for an instruction set, expects `kernels` of its kernels' names, and compares its
/// results with the reference's.
func expectAgreement(
  _ program: Program, _ set: InstructionSet, _ tolerance: Double,
  kernels: ([String]) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try set.use {
    let executable = try Executable.compile(program)
    #expect(
      kernels(executable.kernelNames), "\(set): \(executable.kernelNames)",
      sourceLocation: sourceLocation)
    var random = Random(seed: 14)
    let arguments = program.inputTypes.map { random.tensor($0) }
    let disagreement = disagreement(
      executable.tensorsFromSpoiltMemory(arguments), try program.evaluate(arguments), tolerance)
    #expect(disagreement == nil, "\(set)", sourceLocation: sourceLocation)
  }
}

extension Executable {
  /// Runs where all memory holds NaN: what an earlier run left behind must not matter.
  func tensorsFromSpoiltMemory(_ arguments: [Tensor]) -> [Tensor] {
    let workspace = Workspace(self, extraBytes: 64)
    let bytes = MemoryPlan.aligned(arenaBytes) + MemoryPlan.aligned(scratchBytes)
    (workspace.extra - bytes).initializeMemory(as: UInt8.self, repeating: 0xFF, count: bytes)
    let memory = (inputTypes + outputTypes).map { type in
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(type.byteCount, 64), alignment: 64)
      memory.initializeMemory(as: UInt8.self, repeating: 0xFF, count: type.byteCount)
      return memory
    }
    defer { for pointer in memory { pointer.deallocate() } }
    for (position, argument) in arguments.enumerated() {
      argument.write(to: memory[position])
      workspace.setInput(position, memory[position])
    }
    let results = memory.dropFirst(inputTypes.count)
    for (position, pointer) in results.enumerated() { workspace.setOutput(position, pointer) }
    workspace.run()
    return zip(outputTypes, results).map { Tensor($0, reading: UnsafeRawPointer($1)) }
  }
}
