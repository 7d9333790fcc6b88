import CKernels
import Tensors

/// The transpose of a convolution for images that are zero but for a few pixels, such as those that
/// won in pooling: `spread` in `products.h`.
final class SpreadKernel: Kernel {
  /// Images in a row, and how far their places lie apart.
  struct Sets {
    let count: Int
    let placeStride: Int
  }

  private let updates: Operand
  private let places: Operand
  private let target: Operand
  private let scratch: Operand
  private let isDouble: Bool
  private let sets: Sets
  private let updateCount: Int
  private let targetCount: Int
  private let shape: PlainArray<netjac_spread>
  private let table: PlainArray<Int32>
  private let kernel: UnsafeMutableRawPointer
  private let spread64: netjac_spread_f64?
  private let spread32: netjac_spread_f32?
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
    updateCount = Int(shape.channels * shape.picks)
    targetCount = Int(shape.features * shape.targets)
    self.table = PlainArray(table)
    var shape = shape
    shape.table = UnsafePointer(self.table.start)
    self.shape = PlainArray([shape])
    let features = Int(shape.features)
    let wide = SpreadKernel.wide(features, element)
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
    spread64 = netjac_find_spread_f64()
    spread32 = netjac_find_spread_f32()
    text =
      "spread \(sets.count)x\(shape.features)x\(shape.targets) "
      + "from \(shape.channels)x\(shape.picks)x\(shape.terms)"
  }

  deinit {
    shape.free()
    table.free()
    kernel.deallocate()
  }

  static func scratchBytes(targets: Int, features: Int, _ element: ElementType) -> Int {
    targets * wide(features, element) * element.byteCount
  }

  /// Features in whole cache lines.
  private static func wide(_ features: Int, _ element: ElementType) -> Int {
    let line = 64 / element.byteCount
    return (features + line - 1) / line * line
  }

  override func run(_ bases: Bases) {
    let places = places.pointer(bases, as: Int64.self)
    for set in 0..<sets.count {
      if isDouble {
        spread64?(
          target.pointer(bases, as: Double.self) + set * targetCount,
          updates.pointer(bases, as: Double.self) + set * updateCount,
          places + set * sets.placeStride, shape.start, kernel.assumingMemoryBound(to: Double.self),
          scratch.pointer(bases, as: Double.self))
      } else {
        spread32?(
          target.pointer(bases, as: Float.self) + set * targetCount,
          updates.pointer(bases, as: Float.self) + set * updateCount,
          places + set * sets.placeStride, shape.start, kernel.assumingMemoryBound(to: Float.self),
          scratch.pointer(bases, as: Float.self))
      }
    }
  }
}
