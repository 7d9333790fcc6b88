import Graph
import Tensors

/// The widths of whole numbers below the 64 bits in which programs hold all of them.
package enum WholeWidth: Sendable {
  case int8, uint8, int16, uint16, int32, uint32
}

extension ProgramBuilder {
  /// Conversion to whole numbers of a width: fractions are cut off, and whole numbers that do not fit
  /// wrap. Reals that do not fit into 32 or 64 bits become the smallest number, which no index is.
  package func convertToWhole(_ x: Value, _ width: WholeWidth) throws -> Value {
    let whole = try convert(x, to: .int64)
    guard type(x).element != .bool else { return whole }
    switch width {
    case .int32: return try convert(convert(x, to: .int32), to: .int64)
    case .uint8: return try masked(whole, 0xff)
    case .uint16: return try masked(whole, 0xffff)
    case .uint32: return try masked(whole, 0xffff_ffff)
    case .int8: return try signed(whole, half: 0x80)
    case .int16: return try signed(whole, half: 0x8000)
    }
  }

  private func masked(_ x: Value, _ mask: Int64) throws -> Value {
    try add(BitOperation(.and), [x, constant(Tensor(type(x), fill: mask))])
  }

  private func signed(_ x: Value, half: Int64) throws -> Value {
    let offset = try constant(Tensor(type(x), fill: half))
    return try subtract(masked(add(x, offset), 2 * half - 1), offset)
  }
}
