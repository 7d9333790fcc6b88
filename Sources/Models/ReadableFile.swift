import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open regular file that can be read in parts. Files are read, never mapped: a mapped file that
/// somebody shortens meanwhile would end the process.
package struct ReadableFile: ~Copyable {
  /// The path as messages show it.
  package let path: String
  package let size: Int
  private let descriptor: Int32

  package init(_ path: String) throws {
    let (descriptor, size) = try Self.opened(path)
    self.path = path
    self.size = size
    self.descriptor = descriptor
  }

  private static func opened(_ path: String) throws -> (descriptor: Int32, size: Int) {
    // A path with a zero byte would silently open another file.
    guard !path.utf8.contains(0) else {
      throw NetJacError(.file, "the path \(path.quoted) contains a zero byte")
    }
    // Without O_NONBLOCK, opening a pipe would wait for a writer that may never come.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw NetJacError(.file, "\(path.quoted) cannot be opened: \(reason(errno))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = reason(errno)
      close(descriptor)
      throw NetJacError(.file, "\(path.quoted) cannot be examined: \(reason)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
      throw NetJacError(.file, "\(path.quoted) is \(kind); a file is needed")
    }
    return (descriptor, Int(status.st_size))
  }

  deinit {
    close(descriptor)
  }

  /// The bytes from `offset` on, which the caller has checked to lie inside the file.
  package func read(offset: Int = 0, count: Int) throws -> [UInt8] {
    try Memory.require(count)
    var failure: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      while initialised < count {
        let place = UnsafeMutableRawPointer(buffer.baseAddress! + initialised)
        let got = pread(descriptor, place, count - initialised, off_t(offset + initialised))
        if got > 0 {
          initialised += got
        } else if got == 0 {
          failure = "it became shorter while it was read"
          return
        } else if errno != EINTR {
          failure = Self.reason(errno)
          return
        }
      }
    }
    if let failure {
      throw NetJacError(.file, "\(path.quoted) cannot be read: \(failure)")
    }
    return bytes
  }

  /// The path with every symbolic link followed, or nil where there is no such file.
  package static func resolved(_ path: String) -> String? {
    guard !path.utf8.contains(0), let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func reason(_ code: Int32) -> String {
    code == ENOENT ? "no such file" : String(cString: strerror(code))
  }
}
