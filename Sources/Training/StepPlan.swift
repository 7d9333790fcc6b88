import Execution
import Graph
import Tensors

/// A training program planned for a number of samples, with its memory.
///
/// It reads the parameters from one array, in which they stand one after another, and can write one
/// result for each parameter to another such array.
final class StepPlan {
  let samples: Int
  private let workspace: Workspace
  private let offsets: [Int]
  private let outputCount: Int

  init(_ program: Program, samples: Int, parameterOffsets: [Int]) throws {
    let executable = try Executable.compile(program, sumsAlike: false)
    guard executable.workspaceBytes <= program.memoryLimit else {
      throw NetJacError(
        .memory,
        "a step with \(samples) samples needs \(executable.workspaceBytes) bytes of working "
          + "memory; the limit is \(program.memoryLimit) (option memory_limit); a smaller batch_size "
          + "needs less")
    }
    try Memory.require(executable.workspaceBytes)
    self.samples = samples
    offsets = parameterOffsets
    outputCount = program.outputs.count
    workspace = Workspace(executable)
    try Memory.check()
  }

  /// Runs with results in arrays of the caller's; allocates nothing.
  func run(
    x: UnsafePointer<Double>, target: UnsafePointer<Double>, parameters: NumberBuffer,
    first: UnsafeMutablePointer<Double>
  ) {
    workspace.setInput(0, UnsafeMutableRawPointer(mutating: x))
    workspace.setInput(1, UnsafeMutableRawPointer(mutating: target))
    for (k, offset) in offsets.enumerated() {
      workspace.setInput(2 + k, UnsafeMutableRawPointer(parameters.start + offset))
    }
    workspace.setOutput(0, UnsafeMutableRawPointer(first))
    workspace.run()
  }

  /// Where one result for each parameter goes: at the parameters' offsets in an array.
  func setResults(_ start: UnsafeMutablePointer<Double>, _ offsets: [Int]) {
    for (k, offset) in offsets.enumerated() {
      workspace.setOutput(1 + k, UnsafeMutableRawPointer(start + offset))
    }
  }

  /// Where further results go.
  func setResults(_ results: [UnsafeMutablePointer<Double>]) {
    for (k, result) in results.enumerated() {
      workspace.setOutput(1 + k, UnsafeMutableRawPointer(result))
    }
  }
}

/// The last few plans of one kind, by number of samples: a caller who alternates between sizes plans
/// each once, and one who always brings another size does not fill the memory.
struct PlanCache {
  private var plans: [StepPlan] = []
  private static let limit = 4

  mutating func plan(samples: Int, _ make: () throws -> StepPlan) throws -> StepPlan {
    if let known = plans.firstIndex(where: { $0.samples == samples }) {
      if known != plans.count - 1 { plans.append(plans.remove(at: known)) }
      return plans[plans.count - 1]
    }
    if plans.count == PlanCache.limit { plans.removeFirst() }
    plans.append(try make())
    return plans[plans.count - 1]
  }
}
