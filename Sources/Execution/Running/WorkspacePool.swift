import Synchronization

/// Workspaces for the runs of one executable. Taking one and giving it back neither locks nor
/// allocates as long as no more are in use than ever before.
package final class WorkspacePool: @unchecked Sendable {
  private let executable: Executable
  private let extraBytes: Int
  /// Addresses of idle workspaces, each holding one reference; 0 is an empty place.
  private let places: UnsafeMutablePointer<Atomic<UInt>>

  /// More simultaneous runs than this work too, but make their workspaces anew.
  private static let placeCount = 64

  package init(_ executable: Executable, extraBytes: Int) {
    self.executable = executable
    self.extraBytes = extraBytes
    places = .allocate(capacity: WorkspacePool.placeCount)
    for k in 0..<WorkspacePool.placeCount { (places + k).initialize(to: Atomic(0)) }
  }

  deinit {
    for k in 0..<WorkspacePool.placeCount {
      free(places[k].exchange(0, ordering: .acquiringAndReleasing))
    }
    places.deinitialize(count: WorkspacePool.placeCount)
    places.deallocate()
  }

  /// Makes sure that `count` runs can go on at once without an allocation.
  package func reserve(_ count: Int) {
    let taken = (0..<min(count, WorkspacePool.placeCount)).map { _ in take() }
    for workspace in taken { giveBack(workspace) }
  }

  package func take() -> Unmanaged<Workspace> {
    for k in 0..<WorkspacePool.placeCount {
      if places[k].load(ordering: .relaxed) != 0 {
        let address = places[k].exchange(0, ordering: .acquiring)
        if let pointer = UnsafeRawPointer(bitPattern: address) { return .fromOpaque(pointer) }
      }
    }
    return Unmanaged.passRetained(Workspace(executable, extraBytes: extraBytes))
  }

  package func giveBack(_ workspace: Unmanaged<Workspace>) {
    let address = UInt(bitPattern: workspace.toOpaque())
    for k in 0..<WorkspacePool.placeCount where places[k].load(ordering: .relaxed) == 0 {
      if places[k].compareExchange(expected: 0, desired: address, ordering: .releasing).exchanged {
        return
      }
    }
    workspace.release()
  }

  private func free(_ address: UInt) {
    if let pointer = UnsafeRawPointer(bitPattern: address) {
      Unmanaged<Workspace>.fromOpaque(pointer).release()
    }
  }
}
