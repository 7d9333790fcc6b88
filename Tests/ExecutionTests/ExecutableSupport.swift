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

/// Runs samples alone and in a tile, and says which number first differs in any bit, or nil.
func differenceOfSamples(
  _ program: Program, _ length: Int, allowsNaN: Bool = false
) throws -> String? {
  let single = try Executable.compile(program)
  let tile = try Executable.compile(
    program.vectorised(added: program.inputs.map { _ in true }, size: length), samples: length)
  var random = Random(seed: 5)
  let samples = (0..<length).map { _ in program.inputTypes.map { random.tensor($0) } }
  let together = try tile.tensors(
    program.inputs.indices.map { place in .stacked(samples.map { $0[place] }) })
  for (sample, arguments) in samples.enumerated() {
    for (place, alone) in try single.tensors(arguments).enumerated() {
      let count = alone.reals.count
      let part = together[place].reals[sample * count..<(sample + 1) * count]
      for (one, other) in zip(alone.reals, part)
      where one != other && !(allowsNaN && one.isNaN && other.isNaN) {
        return "\(one) and \(other) by\n\(single.kernelNames)\n\(tile.kernelNames)\n\(program)"
      }
    }
  }
  return nil
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
