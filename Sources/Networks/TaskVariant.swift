import Execution
import Graph
import Tensors

/// An executable for a number of samples, with its workspaces.
final class TaskVariant: @unchecked Sendable {
  let executable: Executable
  let pool: WorkspacePool
  let samples: Int
  private let share: MemoryBudget.Share

  init(
    _ program: Program, samples: Int, _ layout: ArrayLayout, within budget: MemoryBudget
  ) throws {
    executable = try Executable.compile(program, within: budget, samples: samples)
    self.samples = samples
    share = try MemoryBudget.Share(of: budget, executable.ownBytes, for: "a plan")
    pool = try WorkspacePool(executable, extraBytes: layout.extraBytes(samples: samples), budget)
  }
}
