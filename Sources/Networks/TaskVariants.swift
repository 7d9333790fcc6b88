import Differentiation
import Execution
import Graph

/// A program planned for one sample, for a tile of samples and for a short tile; the tiles when a batch first
/// fills one. A structure, so that a call counts no references on the way to its plan.
struct TaskVariants: Sendable {
  let single: TaskVariant
  /// What arguments and results are for one sample.
  let layout: ArrayLayout
  private let program: Program
  private let budget: MemoryBudget
  /// Samples of a tile; 1 if samples are too large to be taken together.
  private let tileLength: Int
  /// Nil where planning failed, for want of memory: samples then run one by one.
  private let tile = Once<TaskVariant?>()
  /// For batches that are shorter than a tile, and for what is left of longer ones.
  private let shortTile = Once<TaskVariant?>()

  static let shortTileLength = 8

  init(
    _ program: Program, _ layout: ArrayLayout, within budget: MemoryBudget
  ) throws {
    self.program = program
    self.budget = budget
    self.layout = layout
    single = try TaskVariant(
      program, samples: 1, layout, within: budget)
    tileLength = TaskVariants.tileLength(
      bytesPerSample: single.executable.arenaBytes + layout.total * 8)
  }

  /// Samples that a tile holds so that its arrays stay in the second-level cache.
  private static func tileLength(bytesPerSample: Int) -> Int {
    let fitting = (1 << 20) / max(bytesPerSample, 1)
    guard fitting >= 4 else { return 1 }
    return min(fitting / 4 * 4, 64)
  }

  /// The plan for a tile, if a batch of so many samples fills one.
  func tile(for samples: Int) -> TaskVariant? {
    guard tileLength > 1, samples >= tileLength else { return nil }
    return tile { try? vectorised(tileLength) }
  }

  /// The plan for a short tile, if so many samples fill one.
  func shortTile(for samples: Int) -> TaskVariant? {
    guard tileLength > TaskVariants.shortTileLength, samples >= TaskVariants.shortTileLength else {
      return nil
    }
    return shortTile { try? vectorised(TaskVariants.shortTileLength) }
  }

  private func vectorised(_ samples: Int) throws -> TaskVariant {
    try TaskVariant(
      program.vectorised(
        added: program.inputs.map { _ in true }, size: samples),
      samples: samples, layout, within: budget)
  }

  /// The kernels in order, the memory and the multiply-adds, of one sample and of a tile.
  var text: String {
    [single, tile(for: tileLength)].compactMap { $0 }.map { variant in
      let executable = variant.executable
      let title =
        "\(variant.samples) sample\(variant.samples == 1 ? "" : "s"): "
        + "\(executable.multiplyAdds) multiply-adds, \(executable.workspaceBytes) bytes"
      return ([title] + executable.kernelNames.map { "  " + $0 }).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
