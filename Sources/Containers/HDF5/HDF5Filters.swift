import Tensors

/// What was done to an array's chunks, in order, before they were stored.
struct HDF5Filters {
  private enum Filter: Int {
    case deflate = 1
    case shuffle = 2
    case fletcher32 = 3
  }

  private var filters: [Filter] = []

  init() {}

  init(_ message: Bytes, of what: String) throws {
    let version = try message.byte(0, of: what)
    let count = try message.size(1, 1, of: what)
    guard (1...2).contains(version), count <= 32 else {
      throw NetJacError(.format, "\(what) has corrupt filters in the HDF5 file")
    }
    var place = version == 1 ? 8 : 2
    for _ in 0..<count {
      let number = try message.size(place, 2, of: what)
      // In version 2 the filters that the format itself defines have no names.
      let hasName = version == 1 || number >= 256
      let nameSize = hasName ? try message.size(place + 2, 2, of: what) : 0
      place += hasName ? 6 : 4
      let valueCount = try message.size(place, 2, of: what)
      let name = try message.part(place + 2, nameSize, of: what)
      place += 2 + (version == 1 ? (nameSize + 7) / 8 * 8 : nameSize)
      place += 4 * (version == 1 ? (valueCount + 1) / 2 * 2 : valueCount)
      guard let filter = Filter(rawValue: number) else {
        let known = [4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "lzf", 32001: "blosc"]
        let text = String(decoding: name.array.prefix { $0 != 0 }, as: UTF8.self)
        throw NetJacError(
          .unsupported,
          "\(what) is stored with the filter \(number) (\((known[number] ?? text).quoted)); deflate, "
            + "shuffle and fletcher32 are read")
      }
      filters.append(filter)
    }
  }

  /// The chunk as it was before; bit k of `mask` says that filter k was left out.
  func undone(
    _ stored: Bytes, skipping mask: UInt64, size: Int, elementSize: Int, of what: String
  ) throws -> Bytes {
    var bytes = stored
    let applied = filters.indices.filter { mask >> UInt64($0) & 1 == 0 }
    for place in applied.reversed() {
      switch filters[place] {
      case .deflate:
        // A check that was made before is compressed with the rest.
        let checks = applied.filter { $0 < place && filters[$0] == .fletcher32 }.count
        bytes = Bytes(
          try Inflate.bytes(bytes, count: size + 4 * checks, wrapping: .zlib, of: what))
      case .shuffle: bytes = try Self.unshuffled(bytes, elementSize)
      case .fletcher32: bytes = try Self.checked(bytes, of: what)
      }
    }
    guard bytes.count == size else {
      throw NetJacError(
        .format, "\(what) holds \(bytes.count) bytes instead of \(size); the HDF5 file is corrupt")
    }
    return bytes
  }

  /// All first bytes of the elements stood together, then all second ones, …
  private static func unshuffled(_ bytes: Bytes, _ elementSize: Int) throws -> Bytes {
    let count = bytes.count / elementSize
    guard elementSize > 1, count > 1 else { return bytes }
    try Memory.require(bytes.count)
    var output = bytes.array
    bytes.withUnsafeBytes { bytes in
      for element in 0..<count {
        for byte in 0..<elementSize {
          output[element * elementSize + byte] = bytes[byte * count + element]
        }
      }
    }
    return Bytes(output)
  }

  /// The bytes without Fletcher's check at their end, which must be right.
  private static func checked(_ bytes: Bytes, of what: String) throws -> Bytes {
    let content = try bytes.part(0, bytes.count - 4, of: "the check of \(what)")
    let check = try bytes.unsigned(content.count, 4, of: what)
    var first: UInt64 = 0
    var second: UInt64 = 0
    content.withUnsafeBytes { bytes in
      for place in stride(from: 0, to: bytes.count, by: 2) {
        let low = place + 1 < bytes.count ? UInt64(bytes[place + 1]) : 0
        first = (first + (UInt64(bytes[place]) << 8 | low)) % 65535
        second = (second + first) % 65535
      }
    }
    // Sums are folded, never reduced to nothing: a sum of 65535 is stored as it is.
    func folded(_ check: UInt64) -> UInt64 { check % 65535 }
    guard folded(check >> 16) == second, folded(check & 0xffff) == first else {
      throw NetJacError(.format, "\(what) fails its check (fletcher32); the HDF5 file is corrupt")
    }
    return content
  }
}
