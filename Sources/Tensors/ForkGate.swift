#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps `fork` out of the moments in which a thread holds a lock of the library.
///
/// A child of `fork` has only the thread that forked. A lock that another thread held would stay locked in it,
/// by a thread that is no more, and the next one who wants it would wait for ever or end the process. So whoever
/// holds a lock does it behind this gate, and `fork` waits until nobody is there. Planning a large network may
/// take a second, and so may the fork then; a run that is under way holds no lock.
package enum ForkGate {
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_rwlock_t> = {
    let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
    pthread_rwlock_init(lock, nil)
    return lock
  }()

  private static let isWatched: Bool = {
    _ = lock
    return pthread_atfork(
      { pthread_rwlock_wrlock(ForkGate.lock) },
      { pthread_rwlock_unlock(ForkGate.lock) },
      // Its owner is another thread, by its number.
      { pthread_rwlock_init(ForkGate.lock, nil) }) == 0
  }()

  /// Runs what holds a lock. May be nested.
  @inline(__always)
  package static func behind<Result>(_ body: () throws -> Result) rethrows -> Result {
    _ = isWatched
    pthread_rwlock_rdlock(lock)
    defer { pthread_rwlock_unlock(lock) }
    return try body()
  }
}
