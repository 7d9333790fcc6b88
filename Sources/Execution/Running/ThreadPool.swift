import Glibc
import Synchronization

/// Threads that share the tiles of a batch with the calling thread.
///
/// One batch at a time is shared; a second one that comes meanwhile runs on its caller's thread
/// alone, as does any batch in a process that was forked from the one with the threads.
package final class ThreadPool: @unchecked Sendable {
  /// Computes one tile of the work behind `context`.
  package typealias Work = @convention(c) (_ context: UnsafeRawPointer, _ tile: Int) -> Void

  package static let shared = ThreadPool()

  private let isBusy = Atomic(false)
  /// Bit 0: a batch is open. The rest counts helpers at work on it, in steps of two.
  private let state = Atomic<Int>(0)
  private let nextTile = Atomic<Int>(0)
  private var tileCount = 0
  private var context: UnsafeRawPointer?
  private var work: Work?
  private let done: UnsafeMutablePointer<sem_t>
  private let wake: UnsafeMutablePointer<sem_t>
  private let workerCount = Atomic<Int>(0)
  private let process = getpid()

  private init() {
    done = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    sem_init(done, 0, 0)
    sem_init(wake, 0, 0)
  }

  package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Starts threads until there are enough for batches shared by `threads`, the caller included.
  package func prepare(threads: Int) {
    guard getpid() == process else { return }
    while workerCount.load(ordering: .acquiring) < min(threads - 1, ThreadPool.workerLimit) {
      var thread = pthread_t()
      // A signal belongs to the host's threads, never to these.
      var all = sigset_t()
      var old = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &old)
      let result = pthread_create(&thread, nil, { _ in ThreadPool.shared.serve() }, nil)
      pthread_sigmask(SIG_SETMASK, &old, nil)
      guard result == 0 else { return }
      pthread_detach(thread)
      workerCount.add(1, ordering: .acquiringAndReleasing)
    }
  }

  private static let workerLimit = 255

  /// Computes tiles 0..<count, each once, on up to `threads` threads, and returns when all are done.
  package func run(count: Int, threads: Int, context: UnsafeRawPointer, work: Work) {
    let helpers = min(threads - 1, count - 1, workerCount.load(ordering: .relaxed))
    guard helpers > 0, getpid() == process,
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else {
      for tile in 0..<count { work(context, tile) }
      return
    }
    tileCount = count
    self.context = context
    self.work = work
    nextTile.store(0, ordering: .relaxed)
    state.store(1, ordering: .releasing)
    for _ in 0..<helpers { sem_post(wake) }
    takeTiles()
    // Helpers that have not come by now find the batch closed.
    let before = state.bitwiseAnd(~1, ordering: .acquiringAndReleasing).oldValue
    if before > 1 { while sem_wait(done) != 0 {} }
    isBusy.store(false, ordering: .releasing)
  }

  private func takeTiles() {
    guard let work, let context else { return }
    while true {
      let tile = nextTile.add(1, ordering: .relaxed).oldValue
      guard tile < tileCount else { return }
      work(context, tile)
    }
  }

  private func serve() -> UnsafeMutableRawPointer? {
    while true {
      while sem_wait(wake) != 0 {}
      var seen = state.load(ordering: .acquiring)
      var joined = false
      while seen & 1 == 1 && !joined {
        let result = state.compareExchange(
          expected: seen, desired: seen + 2, ordering: .acquiringAndReleasing)
        joined = result.exchanged
        seen = result.original
      }
      guard joined else { continue }
      takeTiles()
      // The last helper to leave a closed batch lets the caller go on.
      if state.subtract(2, ordering: .acquiringAndReleasing).newValue == 0 { sem_post(done) }
    }
  }
}
