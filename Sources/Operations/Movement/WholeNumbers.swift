import Graph
import Tensors

/// The widths of whole numbers below the 64 bits in which programs hold all of them.
package enum WholeWidth: Sendable {
  case int8, uint8, int16, uint16, int32, uint32

  /// All bits of an unsigned number.
  fileprivate var mask: Int64? {
    switch self {
    case .uint8: 0xff
    case .uint16: 0xffff
    case .uint32: 0xffff_ffff
    case .int8, .int16, .int32: nil
    }
  }
}

extension ProgramBuilder {
  /// Conversion to whole numbers of a width: fractions are cut off, and whole numbers that do not fit
  /// wrap. Reals that do not fit into 32 or 64 bits become the smallest number, which no index is.
  package func convertToWhole(_ x: Value, _ width: WholeWidth) throws -> Value {
    let whole = try convert(x, to: .int64)
    guard type(x).element != .bool else { return whole }
    switch width {
    case .int32: return try convert(convert(x, to: .int32), to: .int64)
    case .int8: return try signed(whole, half: 0x80)
    case .int16: return try signed(whole, half: 0x8000)
    case .uint8, .uint16, .uint32: return try width.mask.map { try masked(whole, $0) } ?? whole
    }
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
    try add(BitOperation(.and), [x, constant(Tensor(type(x), fill: mask))])
  }

  private func signed(_ x: Value, half: Int64) throws -> Value {
    let offset = try constant(Tensor(type(x), fill: half))
    return try subtract(masked(add(x, offset), 2 * half - 1), offset)
  }
}
