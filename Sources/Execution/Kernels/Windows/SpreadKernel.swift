import CKernels

/// Images in a row: those of a group have the same places, `placeStride` from those of the next.
struct SpreadGroups {
  let groups: Int
  let placeStride: Int
  let size: Int

  /// Whether vectors are filled well enough for spreading to pay.
  func fits(_ shape: netjac_spread) -> Bool { max(Int(shape.features), size) >= 4 }
}

/// What lies side by side in a vector.
private enum Lanes {
  case features
  /// At most so many images at once.
  case sets(Int)
}

/// The transpose of a convolution for images that are zero but for a few pixels, such as those that
/// won in pooling: `spread` in `products.h`.
final class SpreadKernel<Real: KernelReal>: Kernel {
  private let updates: Operand
  private let places: Operand
  private let target: Operand
  private let scratch: Operand
  private let lanes: Lanes
  private let sets: SpreadGroups
  private let updateCount: Int
  private let targetCount: Int
  private let shape: PlainArray<netjac_spread>
  private let table: PlainArray<Int32>
  private let kernel: UnsafeMutableRawPointer
  private let spread = Real.spread
  private let spreadSets = Real.spreadSets
  private let text: String

  override var name: String { text }

  /// The table of the shape is `table`; `kernel` holds [channels, terms, features] by these strides.
  init(
    updates: Operand, places: Operand, to target: Operand, scratch: Operand, sets: SpreadGroups,
    shape: netjac_spread, table: [Int32], kernel known: KnownMatrix,
    places kernelPlaces: [Int]
  ) {
    self.updates = updates
    self.places = places
    self.target = target
    self.scratch = scratch
    self.sets = sets
    lanes = SpreadKernel.lanes(sets, shape)
    updateCount = Int(shape.channels * shape.picks)
    targetCount = Int(shape.features * shape.targets)
    self.table = PlainArray(table)
    var shape = shape
    shape.table = UnsafePointer(self.table.start)
    self.shape = PlainArray([shape])
    let features = Int(shape.features)
    let isBySets = if case .sets = lanes { true } else { false }
    let wide = isBySets ? features : Real.inLines(features)
    let rows = kernelPlaces.count / max(features, 1)
    let size = Real.size
    let plain = known.constant.plain
    let source = plain.start + known.offset * size
    defer { withExtendedLifetime(plain) {} }
    kernel = .allocate(byteCount: max(rows * wide * size, 64), alignment: 64)
    kernel.initializeMemory(as: UInt8.self, repeating: 0, count: rows * wide * size)
    for row in 0..<rows {
      for feature in 0..<features {
        (kernel + (row * wide + feature) * size).copyMemory(
          from: source + kernelPlaces[row * features + feature] * size, byteCount: size)
      }
    }
    text =
      "spread \(sets.groups * sets.size)x\(shape.features)x\(shape.targets) "
      + "from \(shape.channels)x\(shape.picks)x\(shape.terms)"
      + (isBySets ? " by sets" : "")
  }

  deinit {
    shape.free()
    table.free()
    kernel.deallocate()
  }

  static func scratchBytes(_ sets: SpreadGroups, _ shape: netjac_spread) -> Int {
    let picks = Real.inLines(Int(shape.picks))
    let list = picks * MemoryLayout<Int32>.size
    switch lanes(sets, shape) {
    case .features:
      return Int(shape.targets) * Real.inLines(Int(shape.features)) * Real.size + list
    case .sets(let most):
      let rows = Int(shape.features * shape.targets + shape.picks)
      return (rows * Real.inLines(most) + picks) * Real.size + list
    }
  }

  private static func lanes(_ sets: SpreadGroups, _ shape: netjac_spread) -> Lanes {
    let features = Int(shape.features)
    guard Real.inLines(sets.size) * features < sets.size * Real.inLines(features) else {
      return .features
    }
    let line = Real.inLines(1)
    let row = (features * Int(shape.targets) + Int(shape.picks)) * line * Real.size
    // Sums that stay in the second-level cache.
    return .sets(min(sets.size, max((1 << 18) / max(row, 1), 1) * line))
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let places = places.pointer(bases, as: Int64.self)
    let y = target.pointer(bases, as: Real.self)
    let updates = updates.pointer(bases, as: Real.self)
    let scratch = scratch.pointer(bases)
    for group in 0..<sets.groups {
      let places = places + group * sets.placeStride
      let (first, end) = (group * sets.size, (group + 1) * sets.size)
      switch lanes {
      case .features:
        for set in first..<end {
          spread(
            y + set * targetCount, updates + set * updateCount, places, shape.start, kernel, scratch
          )
        }
      case .sets(let most):
        for set in stride(from: first, to: end, by: most) {
          spreadSets(
            y + set * targetCount, updates + set * updateCount, min(most, end - set), places,
            shape.start, kernel, scratch)
        }
      }
    }
  }
}
