import COpenBLAS

/// OpenBLAS linked into this library works on the calling thread alone: batches are shared between
/// threads tile by tile, which needs no second pool.
package enum BLASThreads {
  package static let once: Void = openblas_set_num_threads(1)
}
