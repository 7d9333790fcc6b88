import Graph
import Tensors

/// What is known to be zero wherever a relu is not active, by buffer.
struct SignMasks {
  /// A matrix's columns are zero where a row of this array is, one row for each group of rows.
  struct Mask {
    let placement: Placement
    let row: Int
    let rowsPerGroup: Int
  }

  /// Slopes of relus: steps, zero or one.
  private(set) var slopes: Set<Int> = []
  private(set) var masks: [Int: Mask] = [:]

  mutating func addSlope(_ placement: Placement) { slopes.insert(placement.buffer) }

  mutating func add(_ mask: Mask, of matrix: Placement) {
    if matrix.isContiguous { masks[matrix.buffer] = mask }
  }

  /// The mask of a product's left operand, if it covers just that matrix.
  func mask(of matrix: Placement, rows: Int, columns: Int) -> Mask? {
    guard let mask = masks[matrix.buffer], matrix.offset == 0, matrix.isContiguous,
      matrix.count == rows * columns, rows % mask.rowsPerGroup == 0
    else { return nil }
    return mask
  }

  /// A product of a matrix and a slope has the slope's zeros, as has a slope times something.
  mutating func multiplied(_ result: Placement, by factors: [Placement]) {
    if result.isContiguous,
      factors.contains(where: {
        slopes.contains($0.buffer) && $0.isContiguous && $0.dims == result.dims
      })
    {
      slopes.insert(result.buffer)
    }
    guard result.dims.count > 1, let columns = result.dims.last, result.isContiguous else { return }
    for factor in factors where slopes.contains(factor.buffer) && factor.dims == result.dims {
      let axes = factor.collapsedAxes([factor.strides])
      guard let last = axes.last, last.dim == columns, last.strides[0] == 1 else { continue }
      switch axes.count {
      case 2 where axes[0].strides[0] == 0:
        masks[result.buffer] = Mask(placement: factor, row: 0, rowsPerGroup: axes[0].dim)
      case 3 where axes[1].strides[0] == 0:
        masks[result.buffer] = Mask(
          placement: factor, row: axes[0].strides[0], rowsPerGroup: axes[1].dim)
      default: continue
      }
    }
  }
}
