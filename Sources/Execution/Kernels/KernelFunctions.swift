import CKernels

// The kernels in C as functions of raw memory: those of `double` and of `float` differ in what their pointers
// point to, and in nothing else. Parameters stand and mean what `kernels.h`, `products.h` and `windows.h` say.

/// Loops over contiguous arrays, of any element types: result, operands, count.
typealias UnaryLoop = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int64) -> Void
typealias BinaryLoop =
  @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int64) -> Void
typealias TernaryLoop =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int64
  ) -> Void

/// y, its row stride; a, its row and column strides; packed; m, n, k; epilogue.
typealias PackedProduct =
  @convention(c) (
    UnsafeMutableRawPointer, Int, UnsafeRawPointer, Int, Int, UnsafeRawPointer, Int, Int, Int,
    UnsafeRawPointer?
  ) -> Void

/// y, its row stride; a, its row and column strides; b, likewise; m, n, k; epilogue; scratch.
typealias StridedProduct =
  @convention(c) (
    UnsafeMutableRawPointer, Int, UnsafeRawPointer, Int, Int, UnsafeRawPointer, Int, Int, Int, Int,
    Int, Int32, UnsafeRawPointer?, UnsafeMutableRawPointer
  ) -> Void

/// y, its row stride, first row; a; b; shape; epilogue.
typealias IndexedProduct =
  @convention(c) (
    UnsafeMutableRawPointer, Int, Int, UnsafeRawPointer, UnsafeRawPointer,
    UnsafePointer<netjac_indexed>, UnsafeRawPointer
  ) -> Void

/// y; a, its row stride; b; masks of terms and columns; m, n, k; epilogue; memory.
typealias ActiveProduct =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, Int, UnsafeRawPointer, UnsafeRawPointer?,
    UnsafeRawPointer?, Int, Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer
  ) -> Int32

/// For each of two products y; a, its row stride; m; epilogue. Then packed; n, k; scratch.
typealias JoinedProduct =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer,
    UnsafeRawPointer, Int, Int, UnsafeRawPointer, UnsafeRawPointer, Int, Int,
    UnsafeMutableRawPointer
  ) -> Void

/// y; a; packed; n, k; epilogue.
typealias TurnedProduct =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int, Int, UnsafeRawPointer
  ) -> Void

/// y; a, its row stride; b, its row stride; m, n, k; epilogue.
typealias RowDots =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Int, Int, Int,
    UnsafeRawPointer
  ) -> Void

/// y; line, low, length; x; places; lines.
typealias PadLines =
  @convention(c) (
    UnsafeMutableRawPointer, Int, Int, Int, UnsafeRawPointer?, UnsafePointer<Int32>, Int
  ) -> Void

/// y; updates; places; shape; kernel; scratch.
typealias Spread =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, UnsafePointer<Int64>, UnsafePointer<netjac_spread>,
    UnsafeRawPointer, UnsafeMutableRawPointer
  ) -> Void

/// y; updates; sets; places; shape; kernel; scratch.
typealias SpreadSets =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, Int, UnsafePointer<Int64>,
    UnsafePointer<netjac_spread>, UnsafeRawPointer, UnsafeMutableRawPointer
  ) -> Void

/// y; places; x; images; windows; flags.
typealias WindowExtremes =
  @convention(c) (
    UnsafeMutableRawPointer?, UnsafeMutablePointer<Int64>?, UnsafeRawPointer, Int,
    UnsafePointer<netjac_windows>, Int32
  ) -> Void

/// y; x; images; windows.
typealias WindowSums =
  @convention(c) (
    UnsafeMutableRawPointer, UnsafeRawPointer, Int, UnsafePointer<netjac_windows>
  ) -> Void

/// y, its row stride; x, its row stride; rows; runs; count.
typealias AddRuns =
  @convention(c) (
    UnsafeMutableRawPointer, Int, UnsafeRawPointer, Int, Int, UnsafePointer<netjac_run>, Int
  ) -> Void
