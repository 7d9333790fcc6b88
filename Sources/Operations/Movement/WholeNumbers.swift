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
    case .uint8: return try masked(whole, 0xff)
    case .uint16: return try masked(whole, 0xffff)
    case .uint32: return try masked(whole, 0xffff_ffff)
    case .int8: return try signed(whole, half: 0x80)
    case .int16: return try signed(whole, half: 0x8000)
    }
  }

  private func filled(_ number: Int64, like x: Value) throws -> Value {
    try constant(Tensor(type(x), fill: number))
  }

  private func masked(_ x: Value, _ mask: Int64) throws -> Value {
    try add(BitOperation(.and), [x, filled(mask, like: x)])
  }

  private func signed(_ x: Value, half: Int64) throws -> Value {
    let offset = try filled(half, like: x)
    return try subtract(masked(add(x, offset), 2 * half - 1), offset)
  }
}
