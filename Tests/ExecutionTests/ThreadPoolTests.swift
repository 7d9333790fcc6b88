import Foundation
import Synchronization
import Testing

@testable import Execution

@Suite("Thread pool")
struct ThreadPoolTests {
  /// How often each tile was computed.
  private final class Tally: @unchecked Sendable {
    let counts: UnsafeMutablePointer<Int>
    let size: Int

    init(_ size: Int) {
      self.size = size
      counts = .allocate(capacity: size)
      counts.initialize(repeating: 0, count: size)
    }

    deinit { counts.deallocate() }

    var isOnceEach: Bool { UnsafeBufferPointer(start: counts, count: size).allSatisfy { $0 == 1 } }

    func run(threads: Int, microseconds: Int = 0) {
      for k in 0..<size { counts[k] = 0 }
      var job = Job(counts: counts, microseconds: microseconds)
      ThreadPool.shared.prepare(threads: threads)
      withUnsafePointer(to: &job) { job in
        ThreadPool.shared.run(count: size, threads: threads, context: job) { context, tile in
          let job = context.assumingMemoryBound(to: Job.self)
          job.pointee.counts[tile] += 1
          if job.pointee.microseconds > 0 { usleep(UInt32(job.pointee.microseconds)) }
        }
      }
    }
  }

  private struct Job {
    let counts: UnsafeMutablePointer<Int>
    let microseconds: Int
  }

  @Test("computes each tile once, in batches that follow closely and far apart")
  func onceEach() {
    for threads in [2, 3, 5] {
      for size in [1, 2, 3, 17, 400] {
        let tally = Tally(size)
        for turn in 0..<200 {
          tally.run(threads: threads)
          #expect(tally.isOnceEach, "\(threads) threads, \(size) tiles, turn \(turn)")
          // Long enough for helpers to fall asleep, or to be about to.
          if turn % 20 == 0 { usleep(UInt32(turn) * 5) }
        }
      }
    }
  }

  @Test("waits for helpers that take longer than it")
  func slowTiles() {
    let tally = Tally(6)
    for _ in 0..<20 {
      tally.run(threads: 4, microseconds: 700)
      #expect(tally.isOnceEach)
    }
  }

  @Test("helps one of several callers at a time")
  func severalCallers() async {
    await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<6 {
        group.addTask {
          let tally = Tally(10 + caller)
          return (0..<300).allSatisfy { _ in
            tally.run(threads: 3)
            return tally.isOnceEach
          }
        }
      }
      for await isOnceEach in group { #expect(isOnceEach) }
    }
  }

  @Test("more than one thread takes part")
  func sharesWork() {
    final class Seen: @unchecked Sendable {
      let lock = Mutex<Set<UInt>>([])
    }
    let seen = Seen()
    ThreadPool.shared.prepare(threads: 3)
    // While another test's batch is shared, this one is computed by its caller alone.
    for _ in 0..<100 where seen.lock.withLock({ $0.count }) < 2 {
      let context = Unmanaged.passUnretained(seen).toOpaque()
      ThreadPool.shared.run(count: 8, threads: 3, context: UnsafeRawPointer(context)) {
        context, _ in
        let seen = Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue()
        _ = seen.lock.withLock { $0.insert(UInt(pthread_self())) }
        usleep(1000)
      }
    }
    #expect(seen.lock.withLock { $0.count } >= 2)
  }
}
