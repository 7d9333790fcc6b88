import COpenBLAS

/// Systems of linear equations.
package enum LinearSolver {
  /// Solves A·x = b for a symmetric A of `count` rows and columns, in place of b, and overwrites A.
  /// False if A is not positive definite.
  package static func solvePositiveDefinite(
    _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ count: Int
  ) -> Bool {
    guard var n = Int32(exactly: count), n > 0 else { return count == 0 }
    var info: Int32 = 0
    var one: Int32 = 1
    dpotrf_("L", &n, a, &n, &info)
    guard info == 0 else { return false }
    dpotrs_("L", &n, &one, a, &n, b, &n, &info)
    return info == 0
  }
}
