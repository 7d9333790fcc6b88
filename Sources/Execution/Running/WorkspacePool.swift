import Synchronization
import Tensors

/// Workspaces for the runs of one executable. Taking one and giving it back neither locks nor
/// allocates as long as no more are in use than ever before.
package final class WorkspacePool: @unchecked Sendable {
  private let executable: Executable
  private let extraBytes: Int
  private let budget: MemoryBudget
  /// How many workspaces were made and are not given up.
  private let made = Atomic<Int>(0)
  /// Addresses of idle workspaces, each holding one reference; 0 is an empty place.
  private let places: UnsafeMutablePointer<Atomic<UInt>>

  /// More simultaneous runs than this work too, but make their workspaces anew.
  private static let placeCount = 64

  /// Makes the first workspace, so that a machine without memory for it is found out now.
  package init(_ executable: Executable, extraBytes: Int, _ budget: MemoryBudget) throws {
    self.executable = executable
    self.extraBytes = extraBytes
    self.budget = budget
    places = .allocate(capacity: WorkspacePool.placeCount)
    for k in 0..<WorkspacePool.placeCount { (places + k).initialize(to: Atomic(0)) }
    try reserve(1)
  }

  deinit {
    for k in 0..<WorkspacePool.placeCount {
      free(places[k].exchange(0, ordering: .acquiringAndReleasing))
    }
    places.deinitialize(count: WorkspacePool.placeCount)
    places.deallocate()
    budget.giveBack(made.load(ordering: .relaxed) * workspaceBytes)
  }

  private var workspaceBytes: Int { executable.workspaceBytes.addingSaturated(extraBytes) }

  private func workspace() -> Unmanaged<Workspace> {
    made.add(1, ordering: .relaxed)
    return .passRetained(Workspace(executable, extraBytes: extraBytes))
  }

  /// How many of so many runs can go on at once within the network's memory; one at least.
  package func admitted(_ count: Int) -> Int {
    if made.load(ordering: .relaxed) >= min(count, WorkspacePool.placeCount) { return count }
    return (try? reserve(count)) != nil ? count : max(made.load(ordering: .relaxed), 1)
  }

  /// Makes sure that `count` runs can go on at once without an allocation.
  package func reserve(_ count: Int) throws {
    var taken: [Unmanaged<Workspace>] = []
    defer { for workspace in taken { giveBack(workspace) } }
    for _ in 0..<min(count, WorkspacePool.placeCount) {
      if let idle = idle() {
        taken.append(idle)
      } else {
        try budget.take(workspaceBytes, for: "the working memory of a run")
        do { try Memory.require(workspaceBytes) } catch {
          budget.giveBack(workspaceBytes)
          throw error
        }
        taken.append(workspace())
      }
    }
    try Memory.check()
  }

  package func take() -> Unmanaged<Workspace> {
    if let idle = idle() { return idle }
    budget.count(workspaceBytes)
    return workspace()
  }

  private func idle() -> Unmanaged<Workspace>? {
    for k in 0..<WorkspacePool.placeCount {
      if places[k].load(ordering: .relaxed) != 0 {
        let address = places[k].exchange(0, ordering: .acquiring)
        if let pointer = UnsafeRawPointer(bitPattern: address) { return .fromOpaque(pointer) }
      }
    }
    return nil
  }

  package func giveBack(_ workspace: Unmanaged<Workspace>) {
    let address = UInt(bitPattern: workspace.toOpaque())
    for k in 0..<WorkspacePool.placeCount where places[k].load(ordering: .relaxed) == 0 {
      if places[k].compareExchange(expected: 0, desired: address, ordering: .releasing).exchanged {
        return
      }
    }
    workspace.release()
    made.subtract(1, ordering: .relaxed)
    budget.giveBack(workspaceBytes)
  }

  private func free(_ address: UInt) {
    if let pointer = UnsafeRawPointer(bitPattern: address) {
      Unmanaged<Workspace>.fromOpaque(pointer).release()
    }
  }
}
