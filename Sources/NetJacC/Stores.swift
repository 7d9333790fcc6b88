// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Glibc
import Stores
import Synchronization
import Tensors

/// What a `netjac_store` handle stands for.
final class StoreRecord: Sendable {
  let store: Store
  let strings = BorrowedStrings()

  init(_ store: Store) { self.store = store }
}

let storeHandles = HandleTable<StoreRecord>(
  kind: "netjac_store", maker: "netjac_store_open", capacity: 1 << 16)

/// Strings that were handed out and live as long as an object; each is kept once.
final class BorrowedStrings: @unchecked Sendable {
  private let strings = Mutex<[String: UInt]>([:])

  deinit {
    strings.withLock { strings in
      for address in strings.values { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }
  }

  func lend(_ text: String) throws -> UnsafePointer<CChar> {
    let address = try ForkGate.behind {
      try strings.withLock { strings -> UInt in
        if let known = strings[text] { return known }
        guard let copy = strdup(text) else { throw NetJacError(.memory, "no memory for a name") }
        strings[text] = UInt(bitPattern: copy)
        return UInt(bitPattern: copy)
      }
    }
    guard let pointer = UnsafePointer<CChar>(bitPattern: address) else {
      throw NetJacError(.defect, "a name without an address")
    }
    return pointer
  }
}

@_cdecl("netjac_store_open") @implementation
public func netjac_store_open(
  _ url: UnsafePointer<CChar>?, _ options: OpaquePointer?,
  _ store: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  unhurried {
    let url = try text(url, "url")
    let options = try NetJacC.options(options).store
    let store = try receiver(store, "store")
    let opened = try Store(url, options)
    do {
      store.pointee = try storeHandles.insert(StoreRecord(opened))
    } catch {
      opened.close()
      throw error
    }
  }
}

@_cdecl("netjac_store_release") @implementation
public func netjac_store_release(_ store: OpaquePointer?) {
  guard store != nil else { return }
  _ = unhurried {
    let record = try storeHandles.shared(store)
    try storeHandles.release(store)
    record.store.close()
  }
}

@_cdecl("netjac_store_study_count") @implementation
public func netjac_store_study_count(_ store: OpaquePointer?) -> Int32 {
  query(orElse: -1) {
    Int32(clamping: try storeHandles.shared(store).store.studyNames().count)
  }
}

@_cdecl("netjac_store_study_name") @implementation
public func netjac_store_study_name(_ store: OpaquePointer?, _ index: Int32) -> UnsafePointer<
  CChar
>? {
  query(orElse: nil) {
    let record = try storeHandles.shared(store)
    let names = try record.store.studyNames()
    guard names.indices.contains(Int(index)) else {
      throw NetJacError(
        .argument, "study \(index) does not exist; the store has \(names.count), counted from 0")
    }
    return try record.strings.lend(names[Int(index)])
  }
}

@_cdecl("netjac_store_text") @implementation
public func netjac_store_text(
  _ store: OpaquePointer?, _ what: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?,
  _ size: Int, _ needed: UnsafeMutablePointer<Int>?
) -> netjac_status {
  unhurried {
    let record = try storeHandles.shared(store)
    let what = try text(what, "what")
    let needed = try optional(needed, 1, 1, "needed")
    deliver(try record.store.text(what), buffer, size, needed)
  }
}

@_cdecl("netjac_store_backup") @implementation
public func netjac_store_backup(_ store: OpaquePointer?, _ path: UnsafePointer<CChar>?)
  -> netjac_status
{
  unhurried {
    let record = try storeHandles.shared(store)
    try record.store.backup(to: text(path, "path"))
  }
}
