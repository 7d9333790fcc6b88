import CMemory

/// What a machine without memory is asked for.
package enum Memory {
  /// - Throws: `NetJacError` of kind `memory` where the machine does not give so many bytes: the Swift runtime
  ///   would end the process. Asks for less than 64 KiB are not made.
  package static func require(_ bytes: Int) throws {
    guard bytes >= 1 << 16, netjac_can_allocate(bytes) == 0 else { return }
    throw missing(bytes)
  }

  /// Forgets what earlier calls of this thread missed.
  @inline(__always)
  package static func begin() { netjac_forget_exhaustion() }

  /// - Throws: `NetJacError` of kind `memory` where an allocation of this thread failed since `begin`. To be
  ///   asked before anything is kept that a caller will use again.
  package static func check() throws {
    let bytes = netjac_exhaustion()
    guard bytes > 0 else { return }
    netjac_forget_exhaustion()
    throw missing(Int(clamping: bytes))
  }

  private static func missing(_ bytes: Int) -> NetJacError {
    NetJacError(
      .memory,
      "the machine has no memory for \(bytes) bytes; end other programs, or load a smaller network")
  }
}
