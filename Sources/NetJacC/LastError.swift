import Glibc
import Tensors

/// The message of the last failed call of each thread, and its reason.
///
/// The text is C memory in thread-specific storage: reading it takes no lock, success does not touch
/// it, and the thread's end frees it. Before the text stands a byte that counts reasons from 1; 0 is none.
enum LastError {
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key) { free($0) } == 0 ? key : nil
  }()

  private static var record: UnsafeMutablePointer<UInt8>? {
    guard let key else { return nil }
    return pthread_getspecific(key)?.assumingMemoryBound(to: UInt8.self)
  }

  static var message: UnsafePointer<CChar> {
    guard let record else { return permanent("") }
    return UnsafeRawPointer(record + 1).assumingMemoryBound(to: CChar.self)
  }

  static var reason: NetJacError.Reason? {
    guard let record, record.pointee > 0 else { return nil }
    return NetJacError.Reason.allCases[Int(record.pointee) - 1]
  }

  static func set(_ message: String, _ reason: NetJacError.Reason?) {
    let place = reason.flatMap { NetJacError.Reason.allCases.firstIndex(of: $0) }
    let copy = message.withCString { text -> UnsafeMutableRawPointer? in
      let size = strlen(text) + 1
      guard let memory = malloc(size + 1) else { return nil }
      memory.storeBytes(of: place.map { UInt8($0 + 1) } ?? 0, as: UInt8.self)
      memcpy(memory + 1, text, size)
      return memory
    }
    // Without memory for the message the status alone must do.
    guard let key, let copy else { return free(copy) }
    let previous = pthread_getspecific(key)
    guard pthread_setspecific(key, copy) == 0 else { return free(copy) }
    free(previous)
  }
}

/// A literal as a C string that lives as long as the process.
func permanent(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
