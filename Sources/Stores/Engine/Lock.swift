import Glibc

/// A mutual exclusion that a fork can take and give back, which `Mutex` cannot.
final class Lock: @unchecked Sendable {
  fileprivate let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }
  func unlock() { pthread_mutex_unlock(mutex) }

  func with<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock()
    defer { unlock() }
    return try body()
  }
}

/// What a thread waits for while it lets go of a lock.
final class Condition: @unchecked Sendable {
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  // The memory stays: a thread that a fork left behind may be waiting in it for ever.

  func signal() { pthread_cond_signal(condition) }

  /// Waits for a signal, at most until a time of the monotonic clock.
  func wait(_ lock: Lock, until time: Double) {
    let whole = time.rounded(.down)
    var end = timespec(tv_sec: Int(whole), tv_nsec: Int((time - whole) * 1e9))
    pthread_cond_timedwait(condition, lock.mutex, &end)
  }
}
