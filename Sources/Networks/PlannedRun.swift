import Execution
import Graph
import Synchronization
import Tensors

/// An executable for a number of samples, with its workspaces.
final class PlannedRun: @unchecked Sendable {
  let executable: Executable
  let pool: WorkspacePool
  let samples: Int

  init(
    _ program: Program, samples: Int, _ layout: ArrayLayout, memoryLimit: Int
  ) throws {
    executable = try Executable.compile(program)
    self.samples = samples
    let extra = layout.extraBytes(samples: samples)
    guard executable.workspaceBytes + extra <= memoryLimit else {
      throw NetJacError(
        .memory,
        "a run needs \(executable.workspaceBytes + extra) bytes of working memory; the limit is "
          + "\(memoryLimit) (option memory_limit)")
    }
    pool = WorkspacePool(executable, extraBytes: extra)
  }
}

/// A plan that is made when it is first asked for. Finding it afterwards takes no lock.
final class LazyRun: Sendable {
  private enum State {
    case unknown
    case planned(PlannedRun)
    /// Planning failed, for want of memory: samples run one by one.
    case impossible
  }

  private static let impossible: UInt = 1
  /// The plan's address; 0 if it has not been asked for.
  private let address = Atomic<UInt>(0)
  private let state = Mutex(State.unknown)

  func planned(_ plan: () throws -> PlannedRun) -> PlannedRun? {
    switch address.load(ordering: .acquiring) {
    case 0: return make(plan)
    case LazyRun.impossible: return nil
    case let known:
      // `state` keeps the plan alive.
      return UnsafeRawPointer(bitPattern: known).map {
        Unmanaged<PlannedRun>.fromOpaque($0).takeUnretainedValue()
      }
    }
  }

  private func make(_ plan: () throws -> PlannedRun) -> PlannedRun? {
    state.withLock { state in
      if case .unknown = state {
        if let made = try? plan() {
          state = .planned(made)
          address.store(
            UInt(bitPattern: Unmanaged.passUnretained(made).toOpaque()), ordering: .releasing)
        } else {
          state = .impossible
          address.store(LazyRun.impossible, ordering: .releasing)
        }
      }
      guard case .planned(let made) = state else { return nil }
      return made
    }
  }
}
