import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Replaces a file as a whole: the new content is written beside it, flushed, and renamed, so that
/// after a failure or a crash there is the old file or the new one and nothing in between.
package enum AtomicFile {
  package static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw NetJacError(.file, "the path \(path.quoted) is empty or contains a zero byte")
    }
    // A link stays one; what it points to is replaced.
    let path = ReadableFile.resolved(path) ?? path
    var old = stat()
    let isThere = stat(path, &old) == 0
    // Renaming would put a file in the place of a device or a pipe.
    guard !isThere || old.st_mode & S_IFMT == S_IFREG else {
      throw NetJacError(
        .file, "\(path.quoted) cannot be saved: it is there and is no regular file")
    }
    var temporary = ""
    var descriptor: Int32 = -1
    for attempt in 0..<100 where descriptor < 0 {
      temporary = "\(path).\(getpid()).\(attempt).saving"
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0, errno != EEXIST { break }
    }
    guard descriptor >= 0 else {
      throw problem(path, "no file can be made in its folder")
    }
    do {
      try fill(descriptor, bytes, path, rights: isThere ? old.st_mode & 0o777 : nil)
      guard rename(temporary, path) == 0 else { throw problem(path, "it cannot be replaced") }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func fill(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ path: String, rights: mode_t?
  ) throws {
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    if let rights, fchmod(descriptor, rights) != 0 {
      throw problem(path, "its rights cannot be set")
    }
    var done = 0
    while done < bytes.count {
      let count = systemWrite(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 {
        guard errno == EINTR else { throw problem(path, "it cannot be written") }
      } else {
        done += count
      }
    }
    guard fsync(descriptor) == 0 else { throw problem(path, "it cannot be written") }
    isOpen = false
    guard close(descriptor) == 0 else { throw problem(path, "it cannot be written") }
  }

  private static func problem(_ path: String, _ what: String) -> NetJacError {
    let reason = String(cString: strerror(errno))
    return NetJacError(.file, "\(path.quoted) cannot be saved: \(what): \(reason)")
  }
}

/// The system's function, whose name the type above has too.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
