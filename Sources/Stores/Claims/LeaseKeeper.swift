import Glibc

/// The thread that renews the leases of all stores of this process, as long as there are any.
final class LeaseKeeper: @unchecked Sendable {
  static let shared = LeaseKeeper()

  /// Taken after that of a connection, never before.
  let lock = Lock()

  private struct Entry {
    weak var store: Store?
    var due: Double
  }

  private init() { ForkGuard.shared.add(lock) }

  private var entries: [ObjectIdentifier: Entry] = [:]
  private var changed = Condition()
  private var isRunning = false
  private var process = getpid()

  /// Looks after the claims of a store until it has none.
  func keep(_ store: Store, every seconds: Double) {
    lock.with {
      // A child of a fork has neither the thread nor the claims.
      if process != getpid() {
        process = getpid()
        entries = [:]
        isRunning = false
        changed = Condition()
      }
      let due = Clock.monotonic() + seconds
      let id = ObjectIdentifier(store)
      entries[id] = Entry(store: store, due: min(due, entries[id]?.due ?? due))
      if isRunning { changed.signal() } else { isRunning = start() }
    }
  }

  func forget(_ store: Store) {
    lock.with {
      entries[ObjectIdentifier(store)] = nil
      changed.signal()
    }
  }

  private func start() -> Bool {
    var all = sigset_t()
    var old = sigset_t()
    var thread = pthread_t()
    // The host's signals are the host's.
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &old)
    let result = pthread_create(
      &thread, nil,
      { _ in
        LeaseKeeper.shared.serve()
        return nil
      }, nil)
    pthread_sigmask(SIG_SETMASK, &old, nil)
    guard result == 0 else { return false }
    pthread_detach(thread)
    return true
  }

  /// Sleeps until the first lease is due, or somebody changes the list.
  private func serve() {
    while true {
      var stores: [Store] = []
      let goesOn = lock.with { () -> Bool in
        if let due = entries.values.map(\.due).min() { changed.wait(lock, until: due) }
        let now = Clock.monotonic()
        for (id, entry) in entries {
          guard let store = entry.store else {
            entries[id] = nil
            continue
          }
          if entry.due <= now {
            stores.append(store)
            entries[id] = nil
          }
        }
        isRunning = !entries.isEmpty || !stores.isEmpty
        return isRunning
      }
      guard goesOn else { return }
      for store in stores {
        if let seconds = store.renewLeases() { keep(store, every: seconds) }
      }
    }
  }
}
