import Differentiation
import Execution
import Glibc
import Graph
import Tensors

/// A task of a network, planned for one sample, for a tile of samples and for a short tile.
final class CompiledTask: @unchecked Sendable {
  /// Elements of each argument and result of one sample.
  struct Sizes {
    let firstInput: Int
    let secondInput: Int
    let thirdInput: Int
    let firstOutput: Int
    let secondOutput: Int

    var total: Int { firstInput + secondInput + thirdInput + firstOutput + secondOutput }
    /// How many arrays there are at most.
    static let arrayCount = 5
  }

  /// The caller's arrays, all samples one after another. A result may be left out.
  struct Call {
    var firstInput: UnsafeRawPointer
    var secondInput: UnsafeRawPointer?
    var thirdInput: UnsafeRawPointer?
    var firstOutput: UnsafeMutableRawPointer?
    var secondOutput: UnsafeMutableRawPointer?
    /// Whether the second result is a matrix wanted the other way round than it is computed.
    var transposes = false
    /// Whether the arrays hold `Double`; otherwise `Float`.
    let isDouble: Bool
    let samples: Int
  }

  let sizes: Sizes
  /// The second result as computed: rows and columns, for transposing.
  private let rows: Int
  private let columns: Int
  private let isDouble: Bool
  private let single: PlannedRun
  private let program: Program
  private let memoryLimit: Int
  /// Samples of a tile; 1 if samples are too large to be taken together.
  private let tileLength: Int
  private let tile = LazyRun()
  /// For batches that are shorter than a tile, and for what is left of longer ones.
  private let shortTile = LazyRun()
  private let threads: Int
  /// Set where the second result is computed column by column.
  let isTransposed: Bool

  init(
    _ program: Program, rows: Int = 0, columns: Int = 0, isTransposed: Bool = false, threads: Int,
    memoryLimit: Int
  ) throws {
    let inputs = program.inputTypes.map(\.count)
    let outputs = program.outputTypes.map(\.count)
    sizes = Sizes(
      firstInput: inputs[0], secondInput: inputs.count > 1 ? inputs[1] : 0,
      thirdInput: inputs.count > 2 ? inputs[2] : 0, firstOutput: outputs[0],
      secondOutput: outputs.count > 1 ? outputs[1] : 0)
    self.rows = rows
    self.columns = columns
    self.isTransposed = isTransposed
    self.threads = threads
    isDouble = program.inputTypes[0].element == .float64
    self.program = program
    self.memoryLimit = memoryLimit
    single = try PlannedRun(program, samples: 1, sizes: sizes, memoryLimit: memoryLimit)
    tileLength = CompiledTask.tileLength(
      bytesPerSample: single.executable.arenaBytes + sizes.total * 8)
  }

  /// The plan for a tile, if a batch of so many samples fills one.
  private func tilePlan(for samples: Int) -> PlannedRun? {
    guard tileLength > 1, samples >= tileLength else { return nil }
    return tile.planned { try vectorised(tileLength) }
  }

  /// The plan for a short tile, if so many samples fill one.
  private func shortTilePlan(for samples: Int) -> PlannedRun? {
    guard tileLength > CompiledTask.shortTileLength, samples >= CompiledTask.shortTileLength else {
      return nil
    }
    return shortTile.planned { try vectorised(CompiledTask.shortTileLength) }
  }

  private static let shortTileLength = 8

  private func vectorised(_ samples: Int) throws -> PlannedRun {
    try PlannedRun(
      program.vectorised(
        added: program.inputs.map { _ in true }, size: samples, memoryLimit: memoryLimit),
      samples: samples, sizes: sizes, memoryLimit: memoryLimit)
  }

  /// Samples that a tile holds so that its arrays stay in the second-level cache.
  private static func tileLength(bytesPerSample: Int) -> Int {
    let fitting = (1 << 20) / max(bytesPerSample, 1)
    guard fitting >= 4 else { return 1 }
    return min(fitting / 4 * 4, 64)
  }

  /// Allocates what calls with up to this many samples need.
  func reserve(samples: Int) {
    let tile = tilePlan(for: samples)
    let short = shortTilePlan(for: samples)
    let division = Division(samples, (tile ?? short)?.samples ?? 1, threads: threads)
    let parallel = min(threads, division.count)
    for plan in [single, tile, short].compactMap(\.self) { plan.pool.reserve(max(parallel, 1)) }
    if parallel > 1 { ThreadPool.shared.prepare(threads: parallel) }
  }

  /// The kernels in order, the memory and the multiply-adds, of each variant.
  var plan: String {
    [single, tilePlan(for: tileLength)].compactMap { $0 }.map { variant in
      let executable = variant.executable
      let title =
        "\(variant.samples) sample\(variant.samples == 1 ? "" : "s"): "
        + "\(executable.multiplyAdds) multiply-adds, \(executable.workspaceBytes) bytes"
      return ([title] + executable.kernelNames.map { "  " + $0 }).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  // MARK: - Running

  func run(_ call: Call) {
    if call.samples == 1 {
      compute(call, single, 0, 1)
      return
    }
    let tile = tilePlan(for: call.samples) ?? shortTilePlan(for: call.samples)
    let length = tile?.samples ?? 1
    let shared = Division(call.samples, length, threads: threads)
    guard threads > 1, shared.count > 1, isWorthSharing(call.samples) else {
      let division = Division(call.samples, length)
      for part in 0..<division.count { compute(call, tile, division.samples(of: part)) }
      return
    }
    // The threads find plans; they do not make them.
    _ = shortTilePlan(for: call.samples)
    var job = Job(
      task: .passUnretained(self), tile: tile.map { .passUnretained($0) }, call: call,
      division: shared)
    ThreadPool.shared.prepare(threads: min(threads, shared.count))
    withUnsafePointer(to: &job) { job in
      ThreadPool.shared.run(count: shared.count, threads: threads, context: job) { context, part in
        let job = context.assumingMemoryBound(to: Job.self)
        job.pointee.task._withUnsafeGuaranteedRef { task in
          task.compute(
            job.pointee.call, job.pointee.tile?.takeUnretainedValue(),
            job.pointee.division.samples(of: part))
        }
      }
    }
  }

  /// Whether a batch takes longer than calling threads does: some 20 µs.
  private func isWorthSharing(_ samples: Int) -> Bool {
    let executable = single.executable
    // An elementwise function of a number takes about as long as eight multiply-adds.
    let work = max(executable.multiplyAdds, 1).addingReportingOverflow(executable.arenaBytes)
    return work.overflow || samples > CompiledTask.leastSharedWork / work.partialValue
  }

  private static let leastSharedWork = 500_000

  private struct Job {
    let task: Unmanaged<CompiledTask>
    let tile: Unmanaged<PlannedRun>?
    let call: Call
    let division: Division
  }

  /// A batch in parts: whole tiles and the rest; for threads also short tiles in the end, so that all
  /// of them finish at about the same time.
  private struct Division {
    private let total: Int
    private let length: Int
    private let wholeTiles: Int
    private let shortLength: Int

    init(_ samples: Int, _ length: Int, threads: Int = 1) {
      total = samples
      self.length = length
      let tiles = samples / length
      wholeTiles = max(0, tiles - (threads - 1))
      shortLength = threads > 1 ? min(length, CompiledTask.shortTileLength) : length
    }

    private var rest: Int { total - wholeTiles * length }
    var count: Int { wholeTiles + (rest + shortLength - 1) / shortLength }

    func samples(of part: Int) -> Range<Int> {
      guard part >= wholeTiles else { return part * length..<(part + 1) * length }
      let start = wholeTiles * length + (part - wholeTiles) * shortLength
      return start..<min(start + shortLength, total)
    }
  }

  private func compute(_ call: Call, _ tile: PlannedRun?, _ samples: Range<Int>) {
    if let tile, samples.count == tile.samples {
      return compute(call, tile, samples.lowerBound, samples.upperBound)
    }
    // The rest of a batch needs no plan of its own: short tiles, then single samples.
    var start = samples.lowerBound
    if let short = shortTilePlan(for: samples.count) {
      let covered = samples.count / short.samples * short.samples
      compute(call, short, start, start + covered)
      start += covered
    }
    if start < samples.upperBound { compute(call, single, start, samples.upperBound) }
  }

  /// Runs samples `start` to `end` with a plan whose length divides them.
  private func compute(_ call: Call, _ plan: PlannedRun, _ start: Int, _ end: Int) {
    let handle = plan.pool.take()
    defer { plan.pool.giveBack(handle) }
    handle._withUnsafeGuaranteedRef { workspace in
      var sample = start
      while sample < end {
        compute(call, workspace, sample, plan.samples)
        sample += plan.samples
      }
    }
  }

  private func compute(_ call: Call, _ workspace: Workspace, _ sample: Int, _ count: Int) {
    var extra = workspace.extra
    let callerSize = call.isDouble ? 8 : 4
    let isSame = call.isDouble == isDouble

    func reserve(_ elements: Int) -> UnsafeMutableRawPointer {
      defer { extra += (elements * count * 8 + 63) / 64 * 64 }
      return extra
    }
    func bindInput(_ position: Int, _ pointer: UnsafeRawPointer, _ size: Int) {
      let source = UnsafeMutableRawPointer(mutating: pointer) + sample * size * callerSize
      if isSame { return workspace.setInput(position, source) }
      let memory = reserve(size)
      CompiledTask.convert(source, toDouble: isDouble, memory, size * count)
      workspace.setInput(position, memory)
    }
    bindInput(0, call.firstInput, sizes.firstInput)
    if let second = call.secondInput { bindInput(1, second, sizes.secondInput) }
    if let third = call.thirdInput { bindInput(2, third, sizes.thirdInput) }

    let first = call.firstOutput.map { $0 + sample * sizes.firstOutput * callerSize }
    let second = call.secondOutput.map { $0 + sample * sizes.secondOutput * callerSize }
    let firstMemory = isSame ? first ?? reserve(sizes.firstOutput) : reserve(sizes.firstOutput)
    workspace.setOutput(0, firstMemory)
    var secondMemory = firstMemory
    if sizes.secondOutput > 0 || call.secondOutput != nil {
      let direct = isSame && !call.transposes
      secondMemory = direct ? second ?? reserve(sizes.secondOutput) : reserve(sizes.secondOutput)
      workspace.setOutput(1, secondMemory)
    }
    workspace.run()

    if !isSame, let first {
      CompiledTask.convert(firstMemory, toDouble: !isDouble, first, sizes.firstOutput * count)
    }
    if let second {
      if call.transposes {
        deliverTransposed(secondMemory, second, count, callerIsDouble: call.isDouble)
      } else if !isSame {
        CompiledTask.convert(secondMemory, toDouble: !isDouble, second, sizes.secondOutput * count)
      }
    }
  }

  private static func convert(
    _ source: UnsafeMutableRawPointer, toDouble: Bool, _ target: UnsafeMutableRawPointer,
    _ count: Int
  ) {
    if toDouble {
      copy(source, Float.self, target, Double.self, count) { Double($0) }
    } else {
      copy(source, Double.self, target, Float.self, count) { Float($0) }
    }
  }

  @inline(__always)
  private static func copy<From, To>(
    _ source: UnsafeMutableRawPointer, _ from: From.Type, _ target: UnsafeMutableRawPointer,
    _ to: To.Type, _ count: Int, _ convert: (From) -> To
  ) {
    let source = source.assumingMemoryBound(to: from)
    let target = target.assumingMemoryBound(to: to)
    for k in 0..<count { target[k] = convert(source[k]) }
  }

  private func deliverTransposed(
    _ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int,
    callerIsDouble: Bool
  ) {
    switch (isDouble, callerIsDouble) {
    case (true, false): transpose(source, Double.self, target, Float.self, count) { Float($0) }
    case (false, true): transpose(source, Float.self, target, Double.self, count) { Double($0) }
    default:
      let size = isDouble ? 8 : 4
      for sample in 0..<count {
        let start = sample * rows * columns * size
        Executable.transpose(
          source + start, to: target + start, rows: rows, columns: columns, elementSize: size)
      }
    }
  }

  @inline(__always)
  private func transpose<From, To>(
    _ source: UnsafeMutableRawPointer, _ from: From.Type, _ target: UnsafeMutableRawPointer,
    _ to: To.Type, _ count: Int, _ convert: (From) -> To
  ) {
    let source = source.assumingMemoryBound(to: from)
    let target = target.assumingMemoryBound(to: to)
    for sample in 0..<count {
      let x = source + sample * rows * columns
      let y = target + sample * rows * columns
      // Blocks keep both sides within a few cache lines.
      for rowBlock in stride(from: 0, to: rows, by: 8) {
        for columnBlock in stride(from: 0, to: columns, by: 8) {
          for row in rowBlock..<min(rowBlock + 8, rows) {
            for column in columnBlock..<min(columnBlock + 8, columns) {
              y[column * rows + row] = convert(x[row * columns + column])
            }
          }
        }
      }
    }
  }
}
