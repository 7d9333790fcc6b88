import Tensors

/// An integer or boolean type of an input, and the numbers that it can hold.
package struct WholeNumberType: Sendable {
  /// As the file calls it.
  package let name: String
  private let least: Int64
  private let most: Int64

  /// Nil for types of reals.
  init?(_ element: ElementType, name: String) {
    guard !element.isReal else { return nil }
    self.name = name
    // The formats agree on these names. What is 64 bits wide is held as int64, uint64 too.
    switch name {
    case _ where element == .bool: (least, most) = (0, 1)
    case "int8": (least, most) = (Int64(Int8.min), Int64(Int8.max))
    case "int16": (least, most) = (Int64(Int16.min), Int64(Int16.max))
    case "int32": (least, most) = (Int64(Int32.min), Int64(Int32.max))
    case "uint8": (least, most) = (0, Int64(UInt8.max))
    case "uint16": (least, most) = (0, Int64(UInt16.max))
    case "uint32": (least, most) = (0, Int64(UInt32.max))
    case "uint64": (least, most) = (0, Int64.max)
    default: (least, most) = (Int64.min, Int64.max)
    }
  }

  /// The number as a value of this type; nil for a fraction, NaN, infinity and what lies outside.
  @inline(__always)
  package func value(_ number: Double) -> Int64? {
    guard let whole = Int64(exactly: number), whole >= least, whole <= most else { return nil }
    return whole
  }

  /// What may stand there, as in "a whole number from 0 to 255 (uint8)".
  package var requirement: String { "a whole number from \(least) to \(most) (\(name))" }
}
