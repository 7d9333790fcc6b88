/// Lines of an array with zeros around them and between, so that windows may leave the array.
final class PadKernel<Real: KernelReal>: Kernel {
  private let source: Operand?
  private let target: Operand
  private let line: Int
  private let low: Int
  private let length: Int
  private let places: PlainArray<Int32>
  private let padLines = Real.padLines

  override var name: String { "\(source == nil ? "margins" : "pad") \(places.count)x\(line)" }

  /// `places` holds, for each line of the target, where it begins in the source, or -1 for zeros. Without
  /// a source only what is around it is written.
  init(
    from source: Operand?, to target: Operand, line: Int, low: Int, length: Int, places: [Int32]
  ) {
    self.source = source
    self.target = target
    self.line = line
    self.low = low
    self.length = length
    self.places = PlainArray(places)
  }

  deinit { places.free() }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    padLines(
      target.pointer(bases), line, low, length, source?.pointer(bases), places.start, places.count)
  }
}
