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
    // Without memory for the message the status alone must do.
    let text = Array(message.utf8)
    guard let key, let memory = malloc(text.count + 2) else { return }
    let bytes = memory.assumingMemoryBound(to: UInt8.self)
    let place = reason.flatMap { NetJacError.Reason.allCases.firstIndex(of: $0) }
    bytes[0] = place.map { UInt8($0 + 1) } ?? 0
    for index in text.indices { bytes[index + 1] = text[index] }
    bytes[text.count + 1] = 0
    let previous = pthread_getspecific(key)
    guard pthread_setspecific(key, memory) == 0 else { return free(memory) }
    free(previous)
  }
}

/// A literal as a C string that lives as long as the process.
func permanent(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
