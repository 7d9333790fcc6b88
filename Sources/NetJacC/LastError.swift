import Glibc

/// The message of the last failed call of each thread.
///
/// The text is C memory in thread-specific storage: reading it takes no lock, success does not touch
/// it, and the thread's end frees it.
enum LastError {
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key) { free($0) } == 0 ? key : nil
  }()

  static var message: UnsafePointer<CChar> {
    guard let key, let text = pthread_getspecific(key) else { return permanent("") }
    return UnsafePointer(text.assumingMemoryBound(to: CChar.self))
  }

  static func set(_ message: String) {
    // Without memory for the message the status alone must do.
    guard let key, let copy = strdup(readable(message)) else { return }
    let previous = pthread_getspecific(key)
    guard pthread_setspecific(key, copy) == 0 else { return free(copy) }
    free(previous)
  }

  /// The message without what nobody reads: the middle of endless words, such as names in a damaged file
  /// or texts of a caller, and whatever is still beyond `limit`.
  private static func readable(_ message: String) -> String {
    guard message.utf8.count > longestWord else { return message }
    let words = message.split(separator: " ", omittingEmptySubsequences: false).map { word in
      word.utf8.count > longestWord ? "\(word.prefix(100))…\(word.suffix(60))" : String(word)
    }
    let text = words.joined(separator: " ")
    return text.utf8.count > limit ? "\(text.prefix(limit - 200))…\(text.suffix(100))" : text
  }

  /// Paths of usual length stay whole.
  private static let longestWord = 260
  private static let limit = 1400
}

/// A literal as a C string that lives as long as the process.
func permanent(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
