import CKernels
import Tensors

/// Lines of an array with zeros around them and between, so that windows may leave the array.
final class PadKernel: Kernel {
  private let source: Operand?
  private let target: Operand
  private let isDouble: Bool
  private let line: Int64
  private let low: Int64
  private let length: Int64
  private let places: PlainArray<Int32>
  private let lines64: netjac_pad_lines_f64?
  private let lines32: netjac_pad_lines_f32?

  override var name: String { "\(source == nil ? "margins" : "pad") \(places.count)x\(line)" }

  /// `places` holds, for each line of the target, where it begins in the source, or -1 for zeros. Without
  /// a source only what is around it is written.
  init(
    from source: Operand?, to target: Operand, line: Int, low: Int, length: Int, places: [Int32],
    element: ElementType
  ) {
    self.source = source
    self.target = target
    isDouble = element == .float64
    self.line = Int64(line)
    self.low = Int64(low)
    self.length = Int64(length)
    self.places = PlainArray(places)
    lines64 = netjac_find_pad_lines_f64()
    lines32 = netjac_find_pad_lines_f32()
  }

  deinit { places.free() }

  override func run(_ bases: Bases) {
    if isDouble {
      lines64?(
        target.pointer(bases, as: Double.self), line, low, length,
        source?.pointer(bases, as: Double.self), places.start, Int64(places.count))
    } else {
      lines32?(
        target.pointer(bases, as: Float.self), line, low, length,
        source?.pointer(bases, as: Float.self), places.start, Int64(places.count))
    }
  }
}
