#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a host may have changed for its threads, kept away from what must not depend on it.
package enum HostEnvironment {
  /// Runs with the floating-point arithmetic of a new process: rounding to nearest, numbers below the normal ones kept, no
  /// exceptions trapped. What a file, an option or a sample says is then the same number in every host. A file that
  /// may not become longer is an error of the call, not a signal that ends the process. Takes half a microsecond.
  package static func withDefaults<Result>(_ body: () throws -> Result) rethrows -> Result {
    var host = fenv_t()
    let isKnown = fegetenv(&host) == 0
    // FE_DFL_ENV, a macro that Swift cannot import.
    fesetenv(UnsafePointer<fenv_t>(bitPattern: -1))
    var held = sigset_t()
    var before = sigset_t()
    sigemptyset(&held)
    sigaddset(&held, SIGXFSZ)
    pthread_sigmask(SIG_BLOCK, &held, &before)
    defer {
      if sigismember(&before, SIGXFSZ) == 0 {
        // It is sent to the thread that writes; nobody else waits for it.
        var now = timespec()
        while sigtimedwait(&held, nil, &now) == SIGXFSZ {}
        pthread_sigmask(SIG_SETMASK, &before, nil)
      }
      if isKnown { fesetenv(&host) }
    }
    return try body()
  }
}
