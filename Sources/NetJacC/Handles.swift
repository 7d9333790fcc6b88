// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac

@_cdecl("netjac_handle_kind") @implementation
public func netjac_handle_kind(_ handle: UnsafeRawPointer?) -> Int32 {
  let handle = handle.map { OpaquePointer($0) }
  func kind(_ code: netjac_handle_code, _ isAlive: Bool?) -> Int32? {
    isAlive.map { $0 ? Int32(code.rawValue) : -Int32(code.rawValue) }
  }
  return kind(NETJAC_HANDLE_NETWORK, networkHandles.isAlive(handle))
    ?? kind(NETJAC_HANDLE_TRAINER, trainerHandles.isAlive(handle))
    ?? kind(NETJAC_HANDLE_GRAPH, graphHandles.isAlive(handle))
    ?? kind(NETJAC_HANDLE_OPTIONS, optionsHandles.isAlive(handle))
    ?? kind(NETJAC_HANDLE_STORE, storeHandles.isAlive(handle))
    ?? kind(NETJAC_HANDLE_STUDY, studyHandles.isAlive(handle))
    ?? Int32(NETJAC_HANDLE_NONE.rawValue)
}
