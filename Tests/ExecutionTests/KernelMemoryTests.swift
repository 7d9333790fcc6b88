import CKernels
import Testing

@Suite("Kernels that move data")
struct KernelMemoryTests {
  @Test("conversions")
  func conversions() {
    let x = KernelElementwiseTests.edges
    let count = Int64(x.count)
    var single = [Float](repeating: 0, count: x.count)
    var wide = x
    netjac_convert_f64_to_f32(&single, x, count)
    netjac_convert_f32_to_f64(&wide, single, count)
    for index in x.indices {
      #expect(isIdentical(single[index], Float(x[index])))
      #expect(isIdentical(wide[index], Double(Float(x[index]))))
    }
  }

  @Test(
    "strided copies, transposes",
    arguments: [(1, 1), (3, 5), (8, 2), (33, 70), (64, 32), (0, 4)])
  func movement(_ rows: Int, _ columns: Int) {
    for set in InstructionSet.available {
      set.use {
        checkMovement(rows, columns, netjac_copy2d_8, netjac_transpose_8) { Double($0) }
        checkMovement(rows, columns, netjac_copy2d_4, netjac_transpose_4) { Float($0) }
      }
    }
    checkMovement(rows, columns, netjac_copy2d_1, nil) { UInt8($0 % 251) }
  }

  typealias Copy = (
    UnsafeMutableRawPointer?, Int64, Int64, UnsafeRawPointer?, Int64, Int64, Int64, Int64
  ) -> Void
  typealias Transpose = (UnsafeMutableRawPointer?, Int64, UnsafeRawPointer?, Int64, Int64, Int64) ->
    Void

  private func checkMovement<Element: Equatable & BitwiseCopyable>(
    _ rows: Int, _ columns: Int, _ copy: Copy, _ transpose: Transpose?, _ element: (Int) -> Element
  ) {
    let stride = columns + 3
    let x = (0..<rows * stride + 1).map { element($0 + 1) }
    let blank = element(0)
    let (m, n) = (Int64(rows), Int64(columns))

    var y = [Element](repeating: blank, count: rows * 2 * columns + 1)
    copy(&y, 2 * n, 2, x, Int64(stride), 1, m, n)
    for r in 0..<rows {
      for c in 0..<columns {
        #expect(y[r * 2 * columns + 2 * c] == x[r * stride + c])
        #expect(y[r * 2 * columns + 2 * c + 1] == blank)
      }
    }

    y = [Element](repeating: blank, count: rows * columns + 1)
    copy(&y, n, 1, x, Int64(stride), 1, m, n)
    for r in 0..<rows {
      #expect(y[r * columns..<(r + 1) * columns] == x[r * stride..<r * stride + columns])
    }
    copy(&y, n, 1, x, 0, 0, m, n)
    #expect(y == [Element](repeating: x[0], count: rows * columns) + [blank])

    for byCopy in transpose == nil ? [true] : [true, false] {
      var y = [Element](repeating: blank, count: columns * (rows + 2))
      if byCopy {
        copy(&y, 1, m + 2, x, Int64(stride), 1, m, n)
      } else {
        transpose?(&y, m + 2, x, Int64(stride), m, n)
      }
      for c in 0..<columns {
        for r in 0..<rows + 2 {
          #expect(y[c * (rows + 2) + r] == (r < rows ? x[r * stride + c] : blank))
        }
      }
    }
  }
}
