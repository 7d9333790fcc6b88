/// A batch in parts: whole tiles and the rest; for threads also short tiles in the end, so that all of them
/// finish at about the same time.
struct Division {
  private let total: Int
  private let length: Int
  private let wholeTiles: Int
  private let shortLength: Int

  init(_ samples: Int, _ length: Int, threads: Int = 1) {
    total = samples
    self.length = length
    let tiles = samples / length
    wholeTiles = max(0, tiles - (threads - 1))
    shortLength = threads > 1 ? min(length, TaskVariants.shortTileLength) : length
  }

  private var rest: Int { total - wholeTiles * length }
  var count: Int { wholeTiles + (rest + shortLength - 1) / shortLength }

  func samples(of part: Int) -> Range<Int> {
    guard part >= wholeTiles else { return part * length..<(part + 1) * length }
    let start = wholeTiles * length + (part - wholeTiles) * shortLength
    return start..<min(start + shortLength, total)
  }
}
