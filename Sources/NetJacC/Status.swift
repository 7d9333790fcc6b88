// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Tensors

extension NetJacError {
  /// The C value of the error's kind. Values are never renumbered.
  var code: netjac_status_code {
    switch kind {
    case .argument: NETJAC_ERROR_ARGUMENT
    case .option: NETJAC_ERROR_OPTION
    case .file: NETJAC_ERROR_FILE
    case .format: NETJAC_ERROR_FORMAT
    case .unsupported: NETJAC_ERROR_UNSUPPORTED
    case .shape: NETJAC_ERROR_SHAPE
    case .memory: NETJAC_ERROR_MEMORY
    case .defect: NETJAC_ERROR_DEFECT
    case .notFinite: NETJAC_ERROR_NOT_FINITE
    case .store: NETJAC_ERROR_STORE
    case .conflict: NETJAC_ERROR_CONFLICT
    }
  }
}

/// Runs the body of a C function; the only place where a thrown error becomes a code and a message.
@inline(__always)
func status(_ body: () throws -> Void) -> netjac_status {
  Memory.begin()
  do {
    try body()
    return 0
  } catch {
    return report(error)
  }
}

/// The same for functions that no real-time loop calls: the host's rounding and signals are kept away from them.
@inline(__always)
func unhurried(_ body: () throws -> Void) -> netjac_status {
  status { try HostEnvironment.withDefaults(body) }
}

/// The same for functions that make and plan networks, which a fork waits for: Swift makes a global when a thread first
/// uses it, and a child of a fork in between would wait for a thread that is no more.
@inline(__always)
func making(_ body: () throws -> Void) -> netjac_status {
  unhurried { try ForkGate.behind(body) }
}

/// The same for queries, which answer failure with a value of their own.
@inline(__always)
func query<Answer>(orElse failure: Answer, _ body: () throws -> Answer) -> Answer {
  Memory.begin()
  do {
    return try body()
  } catch {
    _ = report(error)
    return failure
  }
}

@inline(never)
private func report(_ error: any Error) -> netjac_status {
  let error =
    error as? NetJacError ?? NetJacError(.defect, "an error that NetJac did not expect: \(error)")
  LastError.set(error.message, error.reason)
  return netjac_status(error.code.rawValue)
}

@_cdecl("netjac_last_error") @implementation
public func netjac_last_error() -> UnsafePointer<CChar>? {
  LastError.message
}

@_cdecl("netjac_last_reason") @implementation
public func netjac_last_reason() -> UnsafePointer<CChar>? {
  switch LastError.reason {
  case nil: permanent("")
  case .notFound: permanent("notFound")
  case .locked: permanent("locked")
  case .outOfBounds: permanent("outOfBounds")
  case .notFinite: permanent("notFinite")
  case .readOnly: permanent("readOnly")
  case .unsent: permanent("unsent")
  }
}

@_cdecl("netjac_status_name") @implementation
public func netjac_status_name(_ status: netjac_status) -> UnsafePointer<CChar>? {
  switch netjac_status_code(rawValue: status) {
  case NETJAC_OK: permanent("NETJAC_OK")
  case NETJAC_ERROR_ARGUMENT: permanent("NETJAC_ERROR_ARGUMENT")
  case NETJAC_ERROR_OPTION: permanent("NETJAC_ERROR_OPTION")
  case NETJAC_ERROR_FILE: permanent("NETJAC_ERROR_FILE")
  case NETJAC_ERROR_FORMAT: permanent("NETJAC_ERROR_FORMAT")
  case NETJAC_ERROR_UNSUPPORTED: permanent("NETJAC_ERROR_UNSUPPORTED")
  case NETJAC_ERROR_SHAPE: permanent("NETJAC_ERROR_SHAPE")
  case NETJAC_ERROR_MEMORY: permanent("NETJAC_ERROR_MEMORY")
  case NETJAC_ERROR_DEFECT: permanent("NETJAC_ERROR_DEFECT")
  case NETJAC_ERROR_NOT_FINITE: permanent("NETJAC_ERROR_NOT_FINITE")
  case NETJAC_ERROR_STORE: permanent("NETJAC_ERROR_STORE")
  case NETJAC_ERROR_CONFLICT: permanent("NETJAC_ERROR_CONFLICT")
  default: permanent("unknown status")
  }
}
