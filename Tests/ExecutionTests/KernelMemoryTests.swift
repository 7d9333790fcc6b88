import CKernels
import Testing

@Suite("Kernels that move and reduce data")
struct KernelMemoryTests {
  @Test("truth values and conversions")
  func truthValues() {
    let x = KernelElementwiseTests.edges
    let count = Int64(x.count)
    var isNaN = [UInt8](repeating: 9, count: x.count)
    var isInfinite = isNaN
    var isNaNSingle = isNaN
    var isInfiniteSingle = isNaN
    netjac_is_nan_f64(&isNaN, x, count)
    netjac_is_infinite_f64(&isInfinite, x, count)
    netjac_is_nan_f32(&isNaNSingle, x.map { Float($0) }, count)
    netjac_is_infinite_f32(&isInfiniteSingle, x.map { Float($0) }, count)
    #expect(isNaN == x.map { $0.isNaN ? 1 : 0 })
    #expect(isInfinite == x.map { $0.isInfinite ? 1 : 0 })
    #expect(isNaNSingle == isNaN)
    #expect(isInfiniteSingle == x.map { Float($0).isInfinite ? 1 : 0 })

    let a: [UInt8] = [0, 0, 1, 2, 255, 0]
    let b: [UInt8] = [0, 4, 0, 1, 254, 255]
    var y = a
    netjac_logical_not(&y, a, 6)
    #expect(y == [1, 1, 0, 0, 0, 1])
    netjac_logical_and(&y, a, b, 6)
    #expect(y == [0, 0, 0, 1, 1, 0])
    netjac_logical_or(&y, a, b, 6)
    #expect(y == [0, 1, 1, 1, 1, 1])
    netjac_logical_xor(&y, a, b, 6)
    #expect(y == [0, 1, 1, 0, 0, 1])

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
    "fills, strided copies, transposes",
    arguments: [(1, 1), (3, 5), (8, 2), (33, 70), (64, 32), (0, 4)])
  func movement(_ rows: Int, _ columns: Int) {
    for set in InstructionSet.available {
      set.use {
        checkMovement(rows, columns, netjac_copy2d_8, netjac_transpose_8) { Double($0) }
        checkMovement(rows, columns, netjac_copy2d_4, netjac_transpose_4) { Float($0) }
      }
    }
    checkMovement(rows, columns, netjac_copy2d_1, nil) { UInt8($0 % 251) }
    var doubles = [Double](repeating: 0, count: rows * columns + 1)
    netjac_fill_8(&doubles, [-1.5], Int64(rows * columns))
    #expect(doubles == [Double](repeating: -1.5, count: rows * columns) + [0])
    var floats = [Float](repeating: 0, count: rows * columns + 1)
    netjac_fill_4(&floats, [Float(-1.5)], Int64(rows * columns))
    #expect(floats == [Float](repeating: -1.5, count: rows * columns) + [0])
    var bytes = [UInt8](repeating: 0, count: rows * columns + 1)
    netjac_fill_1(&bytes, [UInt8(7)], Int64(rows * columns))
    #expect(bytes == [UInt8](repeating: 7, count: rows * columns) + [0])
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

  @Test("sums and maxima of rows and columns", arguments: InstructionSet.available)
  func reductions(_ set: InstructionSet) throws {
    var random = KernelRandom(seed: 5)
    for (rows, columns) in [(1, 1), (3, 4), (4, 13), (2, 100), (7, 64), (5, 0), (0, 5)] {
      let stride = columns + 2
      // Multiples of 1/8: their sums are exact in any order, also in float.
      let x = (0..<rows * stride + 1).map { _ in (random.uniform(-8, 8) * 8).rounded() / 8 }
      try checkReductions(
        x, rows, columns, stride, #require(set.use { netjac_find_row_sum_f64() }),
        #require(set.use { netjac_find_row_maximum_f64() }),
        #require(set.use { netjac_find_column_sum_f64() }))
      try checkReductions(
        x.map { Float($0) }, rows, columns, stride, #require(set.use { netjac_find_row_sum_f32() }),
        #require(set.use { netjac_find_row_maximum_f32() }),
        #require(set.use { netjac_find_column_sum_f32() }))
    }

    let maximum = try #require(set.use { netjac_find_row_maximum_f64() })
    for position in 0..<21 {
      var row = [Double](repeating: -3, count: 21)
      var result = 0.0
      row[position] = -1
      maximum(&result, row, 21, 1, 21)
      #expect(result == -1)
      row[position] = .nan
      maximum(&result, row, 21, 1, 21)
      #expect(result.isNaN)
    }
  }

  private func checkReductions<Real: BinaryFloatingPoint>(
    _ x: [Real], _ rows: Int, _ columns: Int, _ stride: Int,
    _ rowSum: (UnsafeMutablePointer<Real>, UnsafePointer<Real>, Int64, Int64, Int64) -> Void,
    _ rowMaximum: (UnsafeMutablePointer<Real>, UnsafePointer<Real>, Int64, Int64, Int64) -> Void,
    _ columnSum: (UnsafeMutablePointer<Real>, UnsafePointer<Real>, Int64, Int64, Int64, Int32) ->
      Void
  ) {
    let (m, n, s) = (Int64(rows), Int64(columns), Int64(stride))
    let row = { (r: Int) in x[r * stride..<r * stride + columns] }
    let sums: [Real] = withGuards(rows) { rowSum($0, x, s, m, n) }
    #expect(sums == (0..<rows).map { row($0).reduce(0, +) })
    let maxima: [Real] = withGuards(rows) { rowMaximum($0, x, s, m, n) }
    #expect(maxima == (0..<rows).map { row($0).max() ?? -.infinity })
    let expected = (0..<columns).map { c in (0..<rows).reduce(Real(0)) { $0 + x[$1 * stride + c] } }
    let fresh: [Real] = withGuards(columns) { columnSum($0, x, s, m, n, 0) }
    #expect(fresh == expected)
    let added: [Real] = withGuards(columns) { y in
      for c in 0..<columns { y[c] = Real(c) }
      columnSum(y, x, s, m, n, 1)
    }
    #expect(added == expected.enumerated().map { Real($0.offset) + $0.element })
  }
}
