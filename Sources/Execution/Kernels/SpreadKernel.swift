import CKernels
import Tensors

/// The transpose of a convolution for images that are zero but for a few pixels, such as those that
/// won in pooling: `spread` in `products.h`.
final class SpreadKernel: Kernel {
  /// Images in a row: those of a group have the same places, `placeStride` from those of the next.
  struct Sets {
    let groups: Int
    let placeStride: Int
    let size: Int
  }

  /// What lies side by side in a vector.
  private enum Lanes {
    case features
    /// At most so many images at once.
    case sets(Int)
  }

  private let updates: Operand
  private let places: Operand
  private let target: Operand
  private let scratch: Operand
  private let isDouble: Bool
  private let lanes: Lanes
  private let sets: Sets
  private let updateCount: Int
  private let targetCount: Int
  private let shape: PlainArray<netjac_spread>
  private let table: PlainArray<Int32>
  private let kernel: UnsafeMutableRawPointer
  private let spread64 = netjac_find_spread_f64()
  private let spread32 = netjac_find_spread_f32()
  private let spreadSets64 = netjac_find_spread_sets_f64()
  private let spreadSets32 = netjac_find_spread_sets_f32()
  private let text: String

  override var name: String { text }

  /// The table of the shape is `table`; `kernel` holds [channels, terms, features] by these strides.
  init(
    updates: Operand, places: Operand, to target: Operand, scratch: Operand, sets: Sets,
    shape: netjac_spread, table: [Int32], kernel source: UnsafeRawPointer,
    places kernelPlaces: [Int], element: ElementType
  ) {
    self.updates = updates
    self.places = places
    self.target = target
    self.scratch = scratch
    self.sets = sets
    isDouble = element == .float64
    lanes = SpreadKernel.lanes(sets, shape, element)
    updateCount = Int(shape.channels * shape.picks)
    targetCount = Int(shape.features * shape.targets)
    self.table = PlainArray(table)
    var shape = shape
    shape.table = UnsafePointer(self.table.start)
    self.shape = PlainArray([shape])
    let features = Int(shape.features)
    let isBySets = if case .sets = lanes { true } else { false }
    let wide = isBySets ? features : SpreadKernel.inLines(features, element)
    let rows = kernelPlaces.count / max(features, 1)
    let size = element.byteCount
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

  /// Whether vectors are filled well enough for this to pay.
  static func fits(_ sets: Sets, _ shape: netjac_spread) -> Bool {
    max(Int(shape.features), sets.size) >= 4
  }

  static func scratchBytes(_ sets: Sets, _ shape: netjac_spread, _ element: ElementType) -> Int {
    let picks = inLines(Int(shape.picks), element)
    let list = picks * MemoryLayout<Int32>.size
    switch lanes(sets, shape, element) {
    case .features:
      let wide = inLines(Int(shape.features), element)
      return Int(shape.targets) * wide * element.byteCount + list
    case .sets(let most):
      let rows = Int(shape.features * shape.targets + shape.picks)
      return (rows * inLines(most, element) + picks) * element.byteCount + list
    }
  }

  private static func lanes(
    _ sets: Sets, _ shape: netjac_spread, _ element: ElementType
  ) -> Lanes {
    let features = Int(shape.features)
    guard inLines(sets.size, element) * features < sets.size * inLines(features, element) else {
      return .features
    }
    let line = inLines(1, element)
    let row = (features * Int(shape.targets) + Int(shape.picks)) * line * element.byteCount
    return .sets(min(sets.size, max(cachedBytes / max(row, 1), 1) * line))
  }

  /// As many elements, in whole cache lines.
  private static func inLines(_ count: Int, _ element: ElementType) -> Int {
    let line = 64 / element.byteCount
    return (count + line - 1) / line * line
  }

  /// Sums that stay in the second-level cache.
  private static let cachedBytes = 1 << 18

  override func run(_ bases: Bases) {
    let scratch = scratch.pointer(bases)
    if isDouble {
      let kernel = kernel.assumingMemoryBound(to: Double.self)
      run(bases, Double.self) { y, updates, count, places in
        if let count {
          spreadSets64?(y, updates, count, places, shape.start, kernel, scratch)
        } else {
          spread64?(y, updates, places, shape.start, kernel, scratch)
        }
      }
    } else {
      let kernel = kernel.assumingMemoryBound(to: Float.self)
      run(bases, Float.self) { y, updates, count, places in
        if let count {
          spreadSets32?(y, updates, count, places, shape.start, kernel, scratch)
        } else {
          spread32?(y, updates, places, shape.start, kernel, scratch)
        }
      }
    }
  }

  /// Calls `spread` for each set, or with a count for each block of sets that lie side by side.
  @inline(__always)
  private func run<Element>(
    _ bases: Bases, _ type: Element.Type,
    _ spread: (
      UnsafeMutablePointer<Element>, UnsafePointer<Element>, Int64?, UnsafePointer<Int64>
    ) -> Void
  ) {
    let places = places.pointer(bases, as: Int64.self)
    let y = target.pointer(bases, as: type)
    let updates = updates.pointer(bases, as: type)
    for group in 0..<sets.groups {
      let places = places + group * sets.placeStride
      let (first, end) = (group * sets.size, (group + 1) * sets.size)
      switch lanes {
      case .features:
        for set in first..<end {
          spread(y + set * targetCount, updates + set * updateCount, nil, places)
        }
      case .sets(let most):
        for set in stride(from: first, to: end, by: most) {
          spread(
            y + set * targetCount, updates + set * updateCount, Int64(min(most, end - set)), places)
        }
      }
    }
  }
}
