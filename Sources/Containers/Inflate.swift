import CZlib
import Tensors

/// Decompression by zlib, with a bound on what comes out.
package enum Inflate {
  package enum Wrapping: Sendable {
    /// Bare deflate data, as in ZIP archives (RFC 1951).
    case none
    /// With zlib's header and check, as HDF5 writes it (RFC 1950).
    case zlib
  }

  /// - Throws: `format` if the data are damaged, or more or fewer than `count` bytes.
  package static func bytes(
    _ compressed: Bytes, count: Int, wrapping: Wrapping, of what: @autoclosure () -> String
  ) throws -> [UInt8] {
    var stream = z_stream()
    let bits = wrapping == .none ? -MAX_WBITS : MAX_WBITS
    guard
      inflateInit2_(&stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      throw NetJacError(.memory, "there is no memory to decompress \(what())")
    }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    // zlib tells damage before the memory for all that is announced is taken.
    var given = 0
    var state = Z_OK
    var piece = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 16))
    while state != Z_STREAM_END {
      state = compressed.withUnsafeBytes { input in
        piece.withUnsafeMutableBytes { piece in
          let size = min(input.count - given, 1 << 30)
          let start = input.baseAddress.map { $0 + given }
          // zlib takes no const pointer and does not write through it.
          stream.next_in = UnsafeMutableRawPointer(mutating: start)?
            .assumingMemoryBound(to: Bytef.self)
          stream.avail_in = UInt32(size)
          stream.next_out = piece.baseAddress?.assumingMemoryBound(to: Bytef.self)
          stream.avail_out = UInt32(piece.count)
          let state = inflate(&stream, Z_NO_FLUSH)
          given += size - Int(stream.avail_in)
          return state
        }
      }
      let made = piece.count - Int(stream.avail_out)
      guard made <= count - output.count else {
        throw NetJacError(
          .format,
          "\(what()) decompresses to more than the size of \(count) bytes that the file declares; "
            + "it is corrupt")
      }
      if output.count + made > output.capacity {
        try Memory.require(2 * (output.count + made))
      }
      output += piece[..<made]
      // Data that end too soon make no progress, which is an error, too.
      guard state == Z_STREAM_END || state == Z_OK else {
        throw NetJacError(.format, "\(what()) cannot be decompressed; the file is corrupt")
      }
    }
    guard output.count == count else {
      throw NetJacError(
        .format,
        "\(what()) decompresses to \(output.count) bytes; the file declares a size of \(count)")
    }
    return output
  }

  /// The check that ZIP archives hold (ISO 3309).
  package static func crc32(_ bytes: Bytes) -> UInt32 {
    bytes.withUnsafeBytes { bytes in
      var crc = CZlib.crc32(0, nil, 0)
      var place = 0
      while place < bytes.count {
        let size = min(bytes.count - place, 1 << 30)
        let start = bytes.baseAddress.map { $0 + place }
        crc = CZlib.crc32(crc, start?.assumingMemoryBound(to: Bytef.self), uInt(size))
        place += size
      }
      return UInt32(truncatingIfNeeded: crc)
    }
  }
}
