import Graph
import Tensors

/// The widths of whole numbers below the 64 bits in which programs hold all of them.
package enum WholeWidth: Sendable {
  case int8, uint8, int16, uint16, int32, uint32

  var range: ClosedRange<Int64> {
    switch self {
    case .int8: -0x80...0x7f
    case .uint8: 0...0xff
    case .int16: -0x8000...0x7fff
    case .uint16: 0...0xffff
    case .int32: -0x8000_0000...0x7fff_ffff
    case .uint32: 0...0xffff_ffff
    }
  }

  /// All bits of an unsigned number.
  fileprivate var mask: Int64? { range.lowerBound == 0 ? range.upperBound : nil }
}

extension ProgramBuilder {
  /// Conversion to whole numbers of a width: fractions are cut off, whole numbers that do not fit wrap, and reals
  /// that do not, or are none, become the smallest number of the width, as `Int(cutting:)` has it.
  package func convertToWhole(_ x: Value, _ width: WholeWidth) throws -> Value {
    let whole = try convert(x, to: .int64)
    guard type(x).element != .bool else { return whole }
    if type(x).element.isReal {
      let (low, high) = (
        try filled(width.range.lowerBound, like: whole),
        try filled(width.range.upperBound, like: whole)
      )
      return try select(compare(.greater, whole, high), low, maximum(whole, low))
    }
    switch width {
    case .int32: return try convert(convert(x, to: .int32), to: .int64)
    case .int8: return try signed(whole, half: 0x80)
    case .int16: return try signed(whole, half: 0x8000)
    case .uint8, .uint16, .uint32: return try width.mask.map { try masked(whole, $0) } ?? whole
    }
  }

  private func filled(_ number: Int64, like x: Value) throws -> Value {
    try constant(Tensor(type(x), fill: number))
  }

  /// The other bits of whole numbers; those of 64 bits have no width, signed or not.
  package func complement(_ x: Value, _ width: WholeWidth?) throws -> Value {
    guard let mask = width?.mask else { return try add(Not(), [x]) }
    return try add(BitOperation(.xor), [x, constant(Tensor(type(x), fill: mask))])
  }

  /// Whole numbers shifted to the left; what leaves their width is lost, which is all where the count is negative
  /// or reaches the width.
  package func shiftedLeft(_ x: Value, by count: Value, _ width: WholeWidth?) throws -> Value {
    let shifted = try add(BitOperation(.shiftLeft), [x, count])
    return try width.map { try convertToWhole(shifted, $0) } ?? shifted
  }

  /// Signed numbers shifted to the right. What comes in is the sign, and nothing else where the count is negative
  /// or reaches the width.
  package func shiftedRight(signed x: Value, by count: Value) throws -> Value {
    let most = try scalar(63, like: count)
    let isInside = try add(
      BitOperation(.and),
      [compare(.lessOrEqual, scalar(0, like: count), count), compare(.less, count, most)])
    return try add(BitOperation(.shiftRight), [x, select(isInside, count, most)])
  }

  /// Unsigned numbers shifted to the right. The first bit of 64 is no sign, so it moves by itself.
  package func shiftedRight(unsigned x: Value, by count: Value, _ width: WholeWidth?) throws
    -> Value
  {
    guard width == nil else { return try add(BitOperation(.shiftRight), [x, count]) }
    let half = try masked(add(BitOperation(.shiftRight), [x, scalar(1, like: x)]), .max)
    let shifted = try add(
      BitOperation(.shiftRight), [half, subtract(count, scalar(1, like: count))])
    return try select(compare(.equal, count, scalar(0, like: count)), x, shifted)
  }

  private func masked(_ x: Value, _ mask: Int64) throws -> Value {
    try add(BitOperation(.and), [x, filled(mask, like: x)])
  }

  private func signed(_ x: Value, half: Int64) throws -> Value {
    let offset = try filled(half, like: x)
    return try subtract(masked(add(x, offset), 2 * half - 1), offset)
  }
}
