import Differentiation
import Execution
import Graph

/// A task of a network, planned, with the threads that share its batches.
final class CompiledTask: Sendable {
  private let variants: TaskVariants
  private let threads: Int
  /// Set where the second result is computed column by column.
  let isTransposed: Bool

  init(
    _ program: Program, _ matrix: JacobianProgram.Layout? = nil, threads: Int,
    within budget: MemoryBudget
  ) throws {
    let layout = ArrayLayout(
      inputs: program.inputTypes, outputs: program.outputTypes, rows: matrix?.rows ?? 0,
      columns: matrix?.columns ?? 0)
    variants = try TaskVariants(program, layout, within: budget)
    isTransposed = matrix?.isTransposed ?? false
    self.threads = threads
  }

  /// Allocates what calls with up to this many samples need.
  func reserve(samples: Int) throws {
    let tile = variants.tile(for: samples)
    let short = variants.shortTile(for: samples)
    let division = Division(samples, (tile ?? short)?.samples ?? 1, threads: threads)
    let parallel = min(threads, division.count)
    for plan in [variants.single, tile, short].compactMap(\.self) {
      try plan.pool.reserve(max(parallel, 1))
    }
    if parallel > 1 { ThreadPool.shared.prepare(threads: parallel) }
  }

  /// The kernels in order, the memory and the multiply-adds, of each variant.
  var plan: String { variants.text }

  // MARK: - Running

  func run(_ call: CallerArrays) {
    if call.samples == 1 {
      compute(call, variants.single, 0..<1)
      return
    }
    let tile = variants.tile(for: call.samples) ?? variants.shortTile(for: call.samples)
    let length = tile?.samples ?? 1
    let shared = Division(call.samples, length, threads: threads)
    guard threads > 1, shared.count > 1, isWorthSharing(call.samples) else {
      let division = Division(call.samples, length)
      for part in 0..<division.count { computePart(call, tile, division.samples(of: part)) }
      return
    }
    // The threads find plans; they do not make them.
    let short = variants.shortTile(for: call.samples)
    let helped = (tile ?? short ?? variants.single).pool.admitted(min(threads, shared.count))
    var job = Job(
      task: .passUnretained(self), tile: tile.map { .passUnretained($0) }, call: call,
      division: shared)
    ThreadPool.shared.prepare(threads: helped)
    withUnsafePointer(to: &job) { job in
      ThreadPool.shared.run(count: shared.count, threads: helped, context: job) { context, part in
        let job = context.assumingMemoryBound(to: Job.self)
        job.pointee.task._withUnsafeGuaranteedRef { task in
          task.computePart(
            job.pointee.call, job.pointee.tile?.takeUnretainedValue(),
            job.pointee.division.samples(of: part))
        }
      }
    }
  }

  /// Whether a batch takes longer than calling threads does: some 20 µs.
  private func isWorthSharing(_ samples: Int) -> Bool {
    let executable = variants.single.executable
    // An elementwise function of a number takes about as long as eight multiply-adds.
    let work = max(executable.multiplyAdds, 1).addingReportingOverflow(executable.arenaBytes)
    return work.overflow || samples > CompiledTask.leastSharedWork / work.partialValue
  }

  private static let leastSharedWork = 500_000

  private struct Job {
    let task: Unmanaged<CompiledTask>
    let tile: Unmanaged<TaskVariant>?
    let call: CallerArrays
    let division: Division
  }

  private func computePart(_ call: CallerArrays, _ tile: TaskVariant?, _ samples: Range<Int>) {
    if let tile, samples.count == tile.samples { return compute(call, tile, samples) }
    // The rest of a batch needs no plan of its own: short tiles, then single samples.
    var start = samples.lowerBound
    if let short = variants.shortTile(for: samples.count) {
      let end = start + samples.count / short.samples * short.samples
      compute(call, short, start..<end)
      start = end
    }
    if start < samples.upperBound { compute(call, variants.single, start..<samples.upperBound) }
  }

  /// Runs samples with a plan whose length divides how many there are.
  private func compute(_ call: CallerArrays, _ plan: TaskVariant, _ samples: Range<Int>) {
    let handle = plan.pool.take()
    defer { plan.pool.giveBack(handle) }
    handle._withUnsafeGuaranteedRef { workspace in
      var sample = samples.lowerBound
      while sample < samples.upperBound {
        workspace.run(call, variants.layout, from: sample, count: plan.samples)
        sample += plan.samples
      }
    }
  }
}
