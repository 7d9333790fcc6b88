import CKernels
import COpenBLAS
import Tensors

/// `Double` or `Float`: the kernels in C for one of the two, so that what calls them is written once.
///
/// A kernel is looked up when a step is planned and kept with it, since it belongs to an instruction set.
/// What runs again and again, `run` of a kernel, is to be `@specialized` for both types: a method that is called
/// through its base class is not by itself.
protocol KernelReal: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// Nil where there is no such loop. `scalars` is a sum of `netjac_scalar_operand`.
  static func unary(_ operation: netjac_unary_op) -> UnaryLoop?
  static func binary(_ operation: netjac_binary_op, scalars: Int) -> BinaryLoop?
  static func comparison(_ operation: netjac_compare_op, scalars: Int) -> BinaryLoop?
  static func selection(scalars: Int) -> TernaryLoop?

  static func packedSize(k: Int, n: Int) -> Int
  static func pack(
    _ packed: UnsafeMutablePointer<Self>, _ b: UnsafePointer<Self>, row: Int, column: Int, k: Int,
    n: Int)
  static func activeBytes(m: Int, n: Int, k: Int) -> Int
  static func packedProduct(m: Int, n: Int, k: Int) -> PackedProduct
  static var stridedProduct: StridedProduct { get }
  static var indexedProduct: IndexedProduct { get }
  static var activeProduct: ActiveProduct { get }
  static var joinedProduct: JoinedProduct { get }
  static var turnedProduct: TurnedProduct { get }
  static var rowDots: RowDots { get }
  static var padLines: PadLines { get }
  static var spread: Spread { get }
  static var spreadSets: SpreadSets { get }
  static var windowExtremes: WindowExtremes { get }
  static var windowSums: WindowSums { get }
  static var addRuns: AddRuns { get }

  /// OpenBLAS: y = a·b, or y += a·b; a and b are row-major or transposed, with rows so far apart.
  static func multiplyBLAS(
    _ y: UnsafeMutablePointer<Self>, _ yRow: Int32, _ a: UnsafePointer<Self>,
    _ aOrder: CBLAS_TRANSPOSE, _ aRow: Int32, _ b: UnsafePointer<Self>, _ bOrder: CBLAS_TRANSPOSE,
    _ bRow: Int32, _ m: Int32, _ n: Int32, _ k: Int32, accumulates: Bool)
}

extension KernelReal {
  /// Bytes of an element.
  @inline(__always)
  static var size: Int { MemoryLayout<Self>.size }

  /// As many elements, in whole cache lines.
  static func inLines(_ count: Int) -> Int { (count * size + 63) / 64 * 64 / size }

  /// A strided matrix as rows so far apart, each element beside the next.
  static func copyRows(
    to target: UnsafeMutableRawPointer, _ targetRow: Int, from source: UnsafeRawPointer, row: Int,
    column: Int, rows: Int, columns: Int
  ) {
    let copy = size == 8 ? netjac_copy2d_8 : netjac_copy2d_4
    copy(
      target, Int64(targetRow), 1, source, Int64(row), Int64(column), Int64(rows), Int64(columns))
  }
}

extension ElementType {
  /// What real numbers of this type are to a kernel; nothing else may be asked for it.
  var kernelReal: any KernelReal.Type { self == .float64 ? Double.self : Float.self }
}

extension Double: KernelReal {
  static func unary(_ operation: netjac_unary_op) -> UnaryLoop? {
    netjac_find_unary_f64(operation).map(raw)
  }
  static func binary(_ operation: netjac_binary_op, scalars: Int) -> BinaryLoop? {
    netjac_find_binary_f64(operation, Int32(scalars)).map(raw)
  }
  static func comparison(_ operation: netjac_compare_op, scalars: Int) -> BinaryLoop? {
    netjac_find_compare_f64(operation, Int32(scalars)).map(raw)
  }
  static func selection(scalars: Int) -> TernaryLoop? {
    netjac_find_select_f64(Int32(scalars)).map(raw)
  }

  static func packedSize(k: Int, n: Int) -> Int { Int(netjac_packed_size_f64(Int64(k), Int64(n))) }
  static func pack(
    _ packed: UnsafeMutablePointer<Self>, _ b: UnsafePointer<Self>, row: Int, column: Int, k: Int,
    n: Int
  ) {
    netjac_pack_f64(packed, b, Int64(row), Int64(column), Int64(k), Int64(n))
  }
  static func activeBytes(m: Int, n: Int, k: Int) -> Int {
    Int(netjac_active_bytes_f64(Int64(m), Int64(n), Int64(k)))
  }
  static func packedProduct(m: Int, n: Int, k: Int) -> PackedProduct {
    raw(netjac_find_product_f64(Int64(m), Int64(n), Int64(k)))
  }
  static var stridedProduct: StridedProduct { raw(netjac_find_product_strided_f64()) }
  static var indexedProduct: IndexedProduct { raw(netjac_find_product_indexed_f64()) }
  static var activeProduct: ActiveProduct { raw(netjac_find_product_active_f64()) }
  static var joinedProduct: JoinedProduct { raw(netjac_find_product_joined_f64()) }
  static var turnedProduct: TurnedProduct { raw(netjac_find_product_turned_f64()) }
  static var rowDots: RowDots { raw(netjac_find_row_dots_f64()) }
  static var padLines: PadLines { raw(netjac_find_pad_lines_f64()) }
  static var spread: Spread { raw(netjac_find_spread_f64()) }
  static var spreadSets: SpreadSets { raw(netjac_find_spread_sets_f64()) }
  static var windowExtremes: WindowExtremes { raw(netjac_find_window_extreme_f64()) }
  static var windowSums: WindowSums { raw(netjac_find_window_sum_f64()) }
  static var addRuns: AddRuns { raw(netjac_find_add_runs_f64()) }

  static func multiplyBLAS(
    _ y: UnsafeMutablePointer<Self>, _ yRow: Int32, _ a: UnsafePointer<Self>,
    _ aOrder: CBLAS_TRANSPOSE, _ aRow: Int32, _ b: UnsafePointer<Self>, _ bOrder: CBLAS_TRANSPOSE,
    _ bRow: Int32, _ m: Int32, _ n: Int32, _ k: Int32, accumulates: Bool
  ) {
    cblas_dgemm(
      CblasRowMajor, aOrder, bOrder, m, n, k, 1, a, aRow, b, bRow, accumulates ? 1 : 0, y, yRow)
  }
}

extension Float: KernelReal {
  static func unary(_ operation: netjac_unary_op) -> UnaryLoop? {
    netjac_find_unary_f32(operation).map(raw)
  }
  static func binary(_ operation: netjac_binary_op, scalars: Int) -> BinaryLoop? {
    netjac_find_binary_f32(operation, Int32(scalars)).map(raw)
  }
  static func comparison(_ operation: netjac_compare_op, scalars: Int) -> BinaryLoop? {
    netjac_find_compare_f32(operation, Int32(scalars)).map(raw)
  }
  static func selection(scalars: Int) -> TernaryLoop? {
    netjac_find_select_f32(Int32(scalars)).map(raw)
  }

  static func packedSize(k: Int, n: Int) -> Int { Int(netjac_packed_size_f32(Int64(k), Int64(n))) }
  static func pack(
    _ packed: UnsafeMutablePointer<Self>, _ b: UnsafePointer<Self>, row: Int, column: Int, k: Int,
    n: Int
  ) {
    netjac_pack_f32(packed, b, Int64(row), Int64(column), Int64(k), Int64(n))
  }
  static func activeBytes(m: Int, n: Int, k: Int) -> Int {
    Int(netjac_active_bytes_f32(Int64(m), Int64(n), Int64(k)))
  }
  static func packedProduct(m: Int, n: Int, k: Int) -> PackedProduct {
    raw(netjac_find_product_f32(Int64(m), Int64(n), Int64(k)))
  }
  static var stridedProduct: StridedProduct { raw(netjac_find_product_strided_f32()) }
  static var indexedProduct: IndexedProduct { raw(netjac_find_product_indexed_f32()) }
  static var activeProduct: ActiveProduct { raw(netjac_find_product_active_f32()) }
  static var joinedProduct: JoinedProduct { raw(netjac_find_product_joined_f32()) }
  static var turnedProduct: TurnedProduct { raw(netjac_find_product_turned_f32()) }
  static var rowDots: RowDots { raw(netjac_find_row_dots_f32()) }
  static var padLines: PadLines { raw(netjac_find_pad_lines_f32()) }
  static var spread: Spread { raw(netjac_find_spread_f32()) }
  static var spreadSets: SpreadSets { raw(netjac_find_spread_sets_f32()) }
  static var windowExtremes: WindowExtremes { raw(netjac_find_window_extreme_f32()) }
  static var windowSums: WindowSums { raw(netjac_find_window_sum_f32()) }
  static var addRuns: AddRuns { raw(netjac_find_add_runs_f32()) }

  static func multiplyBLAS(
    _ y: UnsafeMutablePointer<Self>, _ yRow: Int32, _ a: UnsafePointer<Self>,
    _ aOrder: CBLAS_TRANSPOSE, _ aRow: Int32, _ b: UnsafePointer<Self>, _ bOrder: CBLAS_TRANSPOSE,
    _ bRow: Int32, _ m: Int32, _ n: Int32, _ k: Int32, accumulates: Bool
  ) {
    cblas_sgemm(
      CblasRowMajor, aOrder, bOrder, m, n, k, 1, a, aRow, b, bRow, accumulates ? 1 : 0, y, yRow)
  }
}

/// A kernel of one number type as a function of raw memory.
private func raw<Typed, Raw>(_ function: Typed) -> Raw { unsafeBitCast(function, to: Raw.self) }
