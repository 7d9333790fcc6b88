/// The memory that one run of an executable needs besides its inputs and outputs. Serves one run at
/// a time.
package final class Workspace {
  private let executable: Executable
  private let memory: UnsafeMutableRawPointer
  private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// Extra memory for the caller's own use, such as converted arguments.
  package let extra: UnsafeMutableRawPointer

  package init(_ executable: Executable, extraBytes: Int = 0) {
    self.executable = executable
    let arena = MemoryPlan.aligned(executable.arenaBytes)
    let scratch = MemoryPlan.aligned(executable.scratchBytes)
    memory = .allocate(
      byteCount: max(arena + scratch + MemoryPlan.aligned(extraBytes), 64), alignment: 64)
    extra = memory + arena + scratch
    bases = .allocate(capacity: executable.baseCount)
    bases.initialize(repeating: memory, count: executable.baseCount)
    bases[Executable.scratchBase] = memory + arena
    executable.bindConstants(bases)
  }

  deinit {
    memory.deallocate()
    bases.deallocate()
  }

  @inline(__always)
  package func setInput(_ position: Int, _ pointer: UnsafeMutableRawPointer) {
    bases[executable.argumentBase + position] = pointer
  }

  @inline(__always)
  package func setOutput(_ position: Int, _ pointer: UnsafeMutableRawPointer) {
    bases[executable.argumentBase + executable.inputTypes.count + position] = pointer
  }

  @inline(__always)
  package func run() { executable.run(UnsafePointer(bases)) }
}
