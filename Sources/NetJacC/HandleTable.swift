import Synchronization
import Tensors

/// The objects that C callers hold, each behind a handle that can be checked without trusting it.
///
/// A handle is the address of a slot of this table, never that of the object. So whatever a caller
/// passes (NULL, a released handle, a pointer to something else) can be told apart from a live
/// handle by arithmetic and one atomic load of the table's own memory; nothing foreign is read, and
/// the lookup takes no lock.
///
/// Slots are handed out in turn, and a released one is used again only after all others, so that a
/// stale handle keeps being recognised for at least `capacity` loads, not until the next one.
final class HandleTable<Object: AnyObject>: @unchecked Sendable {
  private let kind: StaticString
  private let maker: StaticString
  private let capacity: Int
  /// Untouched slots cost address space only; they are initialised when they are first handed out.
  private let slots: UnsafeMutablePointer<Atomic<UInt>>
  /// How many slots have been initialised.
  private let used = Atomic<Int>(0)
  /// Where the search for a free slot continues once all have been used.
  private let cursor = Mutex<Int>(0)
  /// Held while an object is looked up and retained, and while a handle is given up.
  private let retaining = Mutex<Void>(())

  /// - Parameters:
  ///   - kind: What messages call a handle of this table.
  ///   - maker: The function that hands out handles, for messages.
  init(kind: StaticString, maker: StaticString, capacity: Int) {
    self.kind = kind
    self.maker = maker
    self.capacity = capacity
    slots = .allocate(capacity: capacity)
  }

  deinit {
    slots.deinitialize(count: used.load(ordering: .relaxed))
    slots.deallocate()
  }

  /// Keeps `object` alive until its handle is released.
  func insert(_ object: Object) throws -> OpaquePointer {
    try Memory.check()
    let bits = UInt(bitPattern: Unmanaged.passRetained(object).toOpaque())
    let slot: Int? = ForkGate.behind {
      cursor.withLock { cursor in
        let used = self.used.load(ordering: .relaxed)
        if used < capacity {
          (slots + used).initialize(to: Atomic(bits))
          self.used.store(used + 1, ordering: .releasing)
          return used
        }
        for _ in 0..<capacity {
          let candidate = cursor
          cursor = (cursor + 1) % capacity
          if slots[candidate].load(ordering: .relaxed) == 0 {
            slots[candidate].store(bits, ordering: .releasing)
            return candidate
          }
        }
        return nil
      }
    }
    guard let slot else {
      Unmanaged.passUnretained(object).release()
      throw NetJacError(
        .memory, "\(capacity) handles of type \(kind) are alive already; release some of them")
    }
    return OpaquePointer(slots + slot)
  }

  /// The object behind a handle, without taking part in its ownership: the caller of the library
  /// must not release a handle that is in use.
  @inline(__always)
  func object(_ handle: OpaquePointer?) throws -> Unmanaged<Object> {
    if let slot = slot(of: handle),
      let object = UnsafeRawPointer(bitPattern: slots[slot].load(ordering: .acquiring))
    {
      return Unmanaged.fromOpaque(object)
    }
    throw invalid(handle)
  }

  /// The object behind a handle that another thread may be releasing: it lives on until the call is over.
  func shared(_ handle: OpaquePointer?) throws -> Object {
    let bits = try ForkGate.behind {
      try retaining.withLock { _ in UInt(bitPattern: try object(handle).retain().toOpaque()) }
    }
    guard let object = UnsafeRawPointer(bitPattern: bits) else { throw invalid(handle) }
    return Unmanaged<Object>.fromOpaque(object).takeRetainedValue()
  }

  /// Gives up a handle.
  func release(_ handle: OpaquePointer?) throws {
    // The exchange lets only one of several releases of the same handle have the object.
    let bits = slot(of: handle).map { slot in
      ForkGate.behind {
        retaining.withLock { _ in slots[slot].exchange(0, ordering: .acquiringAndReleasing) }
      }
    }
    guard let object = bits.flatMap({ UnsafeRawPointer(bitPattern: $0) }) else {
      throw invalid(handle)
    }
    Unmanaged<Object>.fromOpaque(object).release()
  }

  /// Whether a handle of this table is in use; nil if it never was one.
  func isAlive(_ handle: OpaquePointer?) -> Bool? {
    slot(of: handle).map { slots[$0].load(ordering: .acquiring) != 0 }
  }

  @inline(__always)
  private func slot(of handle: OpaquePointer?) -> Int? {
    let distance = UInt(bitPattern: handle) &- UInt(bitPattern: slots)
    let stride = UInt(MemoryLayout<Atomic<UInt>>.stride)
    let index = distance / stride
    guard distance % stride == 0, index < UInt(used.load(ordering: .acquiring)) else { return nil }
    return Int(index)
  }

  @inline(never)
  private func invalid(_ handle: OpaquePointer?) -> NetJacError {
    guard let handle else {
      return NetJacError(.argument, "the \(kind) is NULL; pass one that \(maker) handed out")
    }
    let problem = slot(of: handle) == nil ? "is not one" : "was released before"
    return NetJacError(
      .argument, "the \(kind) at \(handle) \(problem); pass one that \(maker) handed out")
  }
}
