import Synchronization
import Tensors

/// A value that the first thread which asks makes, while others that ask wait. Whoever asks later finds it
/// without a lock. Where making it fails, the next one who asks tries again.
package final class Once<Made: Sendable>: Sendable {
  private final class Box: Sendable {
    let made: Made

    init(_ made: Made) { self.made = made }
  }

  /// The address of the box; 0 if there is none yet.
  private let address = Atomic<UInt>(0)
  /// Keeps the box alive; held while the value is made.
  private let box = Mutex<Box?>(nil)

  package init() {}

  package var known: Made? {
    UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)).map {
      Unmanaged<Box>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.made }
    }
  }

  package func callAsFunction(_ make: () throws -> Made) rethrows -> Made {
    if let known { return known }
    return try ForkGate.behind {
      try box.withLock { box in
        // Another thread may have made it while this one waited.
        if let box { return box.made }
        let new = Box(try make())
        box = new
        address.store(
          UInt(bitPattern: Unmanaged.passUnretained(new).toOpaque()), ordering: .releasing)
        return new.made
      }
    }
  }
}
