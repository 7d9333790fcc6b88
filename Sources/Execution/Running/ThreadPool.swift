import CKernels
import Glibc
import Synchronization

/// Threads that share the tiles of a batch with the calling thread.
///
/// One batch at a time is shared; a second one that comes meanwhile runs on its caller's thread
/// alone, as does any batch in a process that was forked from the one with the threads.
///
/// A thread that has nothing to do looks for a next batch for a short while before it sleeps: calls
/// that follow each other closely find it awake, within a microsecond instead of fifty.
package final class ThreadPool: @unchecked Sendable {
  /// Computes one tile of the work behind `context`.
  package typealias Work = @convention(c) (_ context: UnsafeRawPointer, _ tile: Int) -> Void

  package static let shared = ThreadPool()

  private let isBusy = Atomic(false)
  private let state = Atomic<Int>(0)
  /// Tells one batch from the next.
  private let batch = Atomic<Int>(0)
  /// Helpers that sleep, or are about to, and are not yet called.
  private let sleepers = Atomic<Int>(0)
  private let nextTile = Atomic<Int>(0)
  private var tileCount = 0
  private var context: UnsafeRawPointer?
  private var work: Work?
  private let done: UnsafeMutablePointer<sem_t>
  private let wake: UnsafeMutablePointer<sem_t>
  private let workerCount = Atomic<Int>(0)
  private let process = getpid()
  /// Whether each thread can have a processor to itself; waiting awake only harms otherwise.
  private let canSpin = Atomic(false)

  /// The parts of `state`.
  private enum State {
    /// A batch is open.
    static let open = 1
    /// The caller sleeps until the last helper leaves.
    static let callerSleeps = 2
    /// Counts helpers at work.
    static let helper = 4
    static let helpers = seat - helper
    /// Counts the helpers that may still join.
    static let seat = 1 << 20
  }

  private init() {
    done = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    sem_init(done, 0, 0)
    sem_init(wake, 0, 0)
  }

  package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Starts threads until there are enough for batches shared by `threads`, the caller included.
  package func prepare(threads: Int) {
    let wanted = min(threads - 1, ThreadPool.workerLimit)
    guard workerCount.load(ordering: .acquiring) < wanted, getpid() == process else { return }
    while workerCount.load(ordering: .acquiring) < wanted {
      var thread = pthread_t()
      // A signal belongs to the host's threads, never to these.
      var all = sigset_t()
      var old = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &old)
      let result = pthread_create(&thread, nil, { _ in ThreadPool.shared.serve() }, nil)
      pthread_sigmask(SIG_SETMASK, &old, nil)
      guard result == 0 else { break }
      pthread_detach(thread)
      workerCount.add(1, ordering: .acquiringAndReleasing)
    }
    let threads = workerCount.load(ordering: .acquiring) + 1
    canSpin.store(threads <= Int(netjac_allowed_processors()), ordering: .relaxed)
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
    batch.add(1, ordering: .relaxed)
    state.store(State.open + helpers * State.seat, ordering: .sequentiallyConsistent)
    call(helpers)
    takeTiles()
    // Helpers that have not come by now find the batch closed.
    state.bitwiseAnd(State.helpers, ordering: .acquiringAndReleasing)
    waitForHelpers()
    isBusy.store(false, ordering: .releasing)
  }

  /// Wakes up to so many of those that sleep.
  private func call(_ helpers: Int) {
    for _ in 0..<helpers where withdrawSleeper() { sem_post(wake) }
  }

  private func withdrawSleeper() -> Bool {
    var seen = sleepers.load(ordering: .sequentiallyConsistent)
    while seen > 0 {
      let result = sleepers.compareExchange(
        expected: seen, desired: seen - 1, ordering: .sequentiallyConsistent)
      if result.exchanged { return true }
      seen = result.original
    }
    return false
  }

  private func waitForHelpers() {
    let areGone = spin { state.load(ordering: .acquiring) & State.helpers == 0 }
    if !areGone {
      let seen = state.bitwiseOr(State.callerSleeps, ordering: .acquiringAndReleasing).oldValue
      if seen & State.helpers != 0 { while sem_wait(done) != 0 {} }
    }
    state.store(0, ordering: .relaxed)
  }

  /// Waits awake until a condition holds; gives up after a short while.
  @inline(__always)
  private func spin(until isMet: () -> Bool) -> Bool {
    guard canSpin.load(ordering: .relaxed) else { return isMet() }
    let start = ThreadPool.nanoseconds()
    repeat {
      for _ in 0..<ThreadPool.pausesPerLook {
        if isMet() { return true }
        netjac_pause()
      }
    } while ThreadPool.nanoseconds() &- start < ThreadPool.spinNanoseconds
    return isMet()
  }

  private static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
  }

  private static let pausesPerLook = 32
  /// A few times what waking takes.
  private static let spinNanoseconds = 200_000

  private func takeTiles() {
    guard let work, let context else { return }
    while true {
      let tile = nextTile.add(1, ordering: .relaxed).oldValue
      guard tile < tileCount else { return }
      work(context, tile)
    }
  }

  private func serve() -> UnsafeMutableRawPointer? {
    var served = 0
    while true {
      if !spin(until: { isOpen(after: served) }) { sleep(after: served) }
      let current = batch.load(ordering: .relaxed)
      guard join() else { continue }
      served = current
      takeTiles()
      // The last helper to leave a closed batch lets the caller go on.
      let left = state.subtract(State.helper, ordering: .acquiringAndReleasing).newValue
      if left == State.callerSleeps { sem_post(done) }
    }
  }

  private func isOpen(after served: Int) -> Bool {
    let seen = state.load(ordering: .sequentiallyConsistent)
    return seen & State.open != 0 && seen >= State.seat
      && batch.load(ordering: .relaxed) != served
  }

  private func sleep(after served: Int) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    // A caller who opened a batch before may not have seen this one; if he has, the call is to come.
    if isOpen(after: served), withdrawSleeper() { return }
    while sem_wait(wake) != 0 {}
  }

  private func join() -> Bool {
    var seen = state.load(ordering: .acquiring)
    while seen & State.open != 0, seen >= State.seat {
      let result = state.compareExchange(
        expected: seen, desired: seen + State.helper - State.seat,
        ordering: .acquiringAndReleasing)
      if result.exchanged { return true }
      seen = result.original
    }
    return false
  }
}
