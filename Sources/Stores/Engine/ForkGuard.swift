import Glibc

/// The locks that a fork waits for: so nothing is in the middle of a transaction while the process is doubled, and the
/// child finds a state that it can leave alone.
final class ForkGuard: @unchecked Sendable {
  static let shared = ForkGuard()

  private let registry = Lock()
  private var locks: [Lock] = []
  /// What the fork that is under way has locked.
  private var held: [Lock] = []

  private init() {
    pthread_atfork(
      { ForkGuard.shared.takeAll() }, { ForkGuard.shared.giveBack() },
      { ForkGuard.shared.giveBack() })
  }

  func add(_ lock: Lock) { registry.with { locks.append(lock) } }

  func remove(_ lock: Lock) { registry.with { locks.removeAll { $0 === lock } } }

  /// Threads that hold one of the locks may wait for another, in any order: so nobody is kept waiting by some of them.
  private func takeAll() {
    while true {
      let known = registry.with { locks }
      takeTogether(known)
      registry.lock()
      // Another may have been added meanwhile.
      if known.elementsEqual(locks, by: ===) {
        held = known
        return
      }
      registry.unlock()
      for lock in known { lock.unlock() }
    }
  }

  private func takeTogether(_ locks: [Lock]) {
    var first = 0
    while !locks.isEmpty {
      locks[first].lock()
      guard let busy = firstBusy(locks, besides: first) else { return }
      first = busy
    }
  }

  /// Locks all others; or none at all, and then says which one was not to be had.
  private func firstBusy(_ locks: [Lock], besides first: Int) -> Int? {
    for index in locks.indices where index != first && !locks[index].tryLock() {
      for taken in locks.indices where taken == first || taken < index { locks[taken].unlock() }
      return index
    }
    return nil
  }

  private func giveBack() {
    let locks = held
    held = []
    registry.unlock()
    for lock in locks { lock.unlock() }
  }
}
