/// The cyclic redundancy check with Castagnoli's polynomial (RFC 3720, appendix B.4), which TensorFlow's
/// checkpoints use.
package enum CRC32C {
  /// Eight tables: byte k of eight is looked up in table 7 − k, so that one step takes eight bytes.
  private static let tables: [[UInt32]] = {
    var tables = [[UInt32]](repeating: [UInt32](repeating: 0, count: 256), count: 8)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
      tables[0][byte] = value
    }
    for table in 1..<8 {
      for byte in 0..<256 {
        let previous = tables[table - 1][byte]
        tables[table][byte] = previous >> 8 ^ tables[0][Int(previous & 255)]
      }
    }
    return tables
  }()

  package static func checksum(_ bytes: Bytes) -> UInt32 {
    var crc = UInt32.max
    bytes.withUnsafeBytes { bytes in
      var place = 0
      tables.flatMap { $0 }.withUnsafeBufferPointer { table in
        while bytes.count - place >= 8 {
          let word =
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            ^ UInt64(crc)
          crc = 0
          for byte in 0..<8 {
            crc ^= table[(7 - byte) << 8 | Int(word >> UInt64(8 * byte) & 255)]
          }
          place += 8
        }
        while place < bytes.count {
          crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[place])) & 255)]
          place += 1
        }
      }
    }
    return ~crc
  }

  /// The form in which LevelDB and TensorFlow store it: a check over bytes that hold checks
  /// themselves would be weak otherwise.
  package static func masked(_ crc: UInt32) -> UInt32 {
    (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }
}
