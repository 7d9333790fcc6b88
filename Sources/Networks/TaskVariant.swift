import Execution
import Graph
import Tensors

/// An executable for a number of samples, with its workspaces.
final class TaskVariant: @unchecked Sendable {
  let executable: Executable
  let pool: WorkspacePool
  let samples: Int

  init(
    _ program: Program, samples: Int, _ layout: ArrayLayout, sharing constants: SharedConstants
  ) throws {
    executable = try Executable.compile(program, sharing: constants, samples: samples)
    self.samples = samples
    let extra = layout.extraBytes(samples: samples)
    guard executable.workspaceBytes + extra <= program.memoryLimit else {
      throw NetJacError(
        .memory,
        "a run needs \(executable.workspaceBytes + extra) bytes of working memory; the limit is "
          + "\(program.memoryLimit) (option memory_limit)")
    }
    pool = try WorkspacePool(executable, extraBytes: extra)
  }
}
