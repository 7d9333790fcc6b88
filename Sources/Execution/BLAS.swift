import CKernels
import COpenBLAS

/// How this library uses OpenBLAS.
package enum BLAS {
  /// Makes OpenBLAS work on the calling thread alone: batches are shared between threads tile by
  /// tile, which needs no second pool.
  package static let keepsToCallingThread: Void = openblas_set_num_threads(1)

  /// Whether OpenBLAS has kernels for this processor. It falls back to its oldest ones on processors
  /// that came out after it, and then loses against any vectorised loop.
  static let knowsProcessor: Bool = {
    guard netjac_kernels_isa() != Int32(NETJAC_ISA_BASELINE.rawValue),
      let name = openblas_get_corename()
    else { return true }
    return !["Prescott", "Core2", "Generic"].contains(String(cString: name))
  }()
}
