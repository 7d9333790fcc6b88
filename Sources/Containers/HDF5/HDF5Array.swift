import Tensors

/// The elements of an array or an attribute of an HDF5 file.
package struct HDF5Array {
  let file: HDF5File
  let what: String
  let type: HDF5Type
  /// The lengths of the axes; none for a single element.
  package let dims: [Int]
  let data: Bytes

  /// The type by the name that NumPy has for it, such as `float32`.
  package var typeName: String { type.name }

  private var count: Int { data.count / max(type.size, 1) }

  // MARK: - Elements

  /// The elements as real numbers, row-major.
  ///
  /// - Parameter pairsAreBFloat16: how two bytes of an opaque type are to be read, if at all.
  package func reals(pairsAreBFloat16: Bool = false) throws -> [Double] {
    try Memory.require(count.multipliedSaturated(by: 8))
    switch type {
    case .real(let size, let isBigEndian):
      return data.withUnsafeBytes { bytes in
        switch size {
        case 2: Self.words(bytes, isBigEndian, UInt16.self) { Self.half($0) }
        case 4: Self.words(bytes, isBigEndian, UInt32.self) { Double(Float(bitPattern: $0)) }
        default: Self.words(bytes, isBigEndian, UInt64.self) { Double(bitPattern: $0) }
        }
      }
    case .opaquePair where pairsAreBFloat16:
      return data.withUnsafeBytes { bytes in
        Self.words(bytes, false, UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
      }
    case .integer: return try integers().map(Double.init)
    default: throw unreadable("numbers")
    }
  }

  /// Whether the elements are floats of at most 32 bits.
  package var isSinglePrecision: Bool {
    if case .real(let size, _) = type { size <= 4 } else { false }
  }

  /// The elements as whole numbers, row-major.
  package func integers() throws -> [Int64] {
    try Memory.require(count.multipliedSaturated(by: 8))
    guard case .integer(let size, let isSigned, let isBigEndian) = type else {
      throw unreadable("whole numbers")
    }
    return data.withUnsafeBytes { bytes in
      switch (size, isSigned) {
      case (1, true): bytes.map { Int64(Int8(bitPattern: $0)) }
      case (1, false): bytes.map { Int64($0) }
      case (2, true): Self.words(bytes, isBigEndian, Int16.self) { Int64($0) }
      case (2, false): Self.words(bytes, isBigEndian, UInt16.self) { Int64($0) }
      case (4, true): Self.words(bytes, isBigEndian, Int32.self) { Int64($0) }
      case (4, false): Self.words(bytes, isBigEndian, UInt32.self) { Int64($0) }
      default: Self.words(bytes, isBigEndian, Int64.self) { $0 }
      }
    }
  }

  /// The elements as texts. Of a list without elements the type does not matter: Keras writes float64.
  package func strings() throws -> [String] {
    if dims.contains(0) { return [] }
    switch type {
    case .text(let size, let isSpacePadded):
      guard size > 0 else { return [String](repeating: "", count: dims.reduce(1, *)) }
      return try (0..<count).map { place in
        var bytes = try data.part(place * size, size, of: what).array
        if let end = bytes.firstIndex(of: 0) { bytes.removeSubrange(end...) }
        while isSpacePadded, bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return try Bytes(bytes).text(of: what)
      }
    case .variableText:
      return try (0..<count).map { place in
        let size = try data.size(16 * place, 4, of: what)
        let address = try data.unsigned(16 * place + 4, 8, of: what)
        if size == 0 && (address == 0 || address == .max) { return "" }
        let object = try file.heapObject(
          collection: data.size(16 * place + 4, 8, of: what),
          index: data.size(16 * place + 12, 4, of: what), of: what)
        var bytes = try object.part(0, size, of: what).array
        if let end = bytes.firstIndex(of: 0) { bytes.removeSubrange(end...) }
        return try Bytes(bytes).text(of: what)
      }
    default: throw unreadable("text")
    }
  }

  private func unreadable(_ wanted: String) -> NetJacError {
    NetJacError(.unsupported, "\(what) holds \(type.name) where \(wanted) are needed")
  }

  private static func words<Word: FixedWidthInteger, Element>(
    _ bytes: UnsafeRawBufferPointer, _ isBigEndian: Bool, _: Word.Type,
    _ convert: (Word) -> Element
  ) -> [Element] {
    let size = MemoryLayout<Word>.size
    return (0..<bytes.count / size).map { place in
      let word = bytes.loadUnaligned(fromByteOffset: place * size, as: Word.self)
      return convert(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
    }
  }

  /// Binary16, by hand where the processor's type does not exist.
  private static func half(_ bits: UInt16) -> Double {
    let magnitude: Double
    let mantissa = Double(bits & 0x3ff)
    switch bits >> 10 & 31 {
    case 0: magnitude = mantissa * 0x1p-24
    case 31: magnitude = mantissa == 0 ? .infinity : .nan
    case let exponent:
      magnitude = Double(sign: .plus, exponent: Int(exponent) - 25, significand: 1024 + mantissa)
    }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }

  // MARK: - Attributes

  /// Name and elements of an attribute's message.
  static func attribute(
    _ message: Bytes, in file: HDF5File, of what: String
  ) throws -> (String, HDF5Array) {
    let version = try message.byte(0, of: what)
    guard (1...3).contains(version) else {
      throw NetJacError(
        .format, "\(what) has the unknown version \(version); the HDF5 file is corrupt")
    }
    if version > 1, try message.byte(1, of: what) & 3 != 0 {
      throw NetJacError(.unsupported, "\(what) shares its type with others, which is not supported")
    }
    let sizes = try (0..<3).map { try message.size(2 + 2 * $0, 2, of: what) }
    var place = version == 3 ? 9 : 8
    var parts: [Bytes] = []
    for size in sizes {
      parts.append(try message.part(place, size, of: what))
      place += version == 1 ? (size + 7) / 8 * 8 : size
    }
    var nameBytes = parts[0].array
    if let end = nameBytes.firstIndex(of: 0) { nameBytes.removeSubrange(end...) }
    let name = try Bytes(nameBytes).text(of: "the name of \(what)")
    let located = "\(what), \(name.quoted),"
    let type = try HDF5Type(parts[1], of: located)
    let dims = try HDF5Dataspace.dims(parts[2], of: located)
    let size = try HDF5Dataspace.byteCount(dims, type, of: located)
    let data = try message.part(place, size, of: located)
    return (name, HDF5Array(file: file, what: located, type: type, dims: dims, data: data))
  }
}

/// The lengths of an array's axes.
enum HDF5Dataspace {
  static func dims(_ message: Bytes, of what: String) throws -> [Int] {
    let version = try message.byte(0, of: what)
    let rank = try message.size(1, 1, of: what)
    guard (1...2).contains(version), rank <= 32 else {
      throw NetJacError(
        .format,
        "\(what) has a corrupt shape in the HDF5 file (version \(version), \(rank) axes)")
    }
    if version == 2, try message.byte(3, of: what) == 2 { return [0] }
    let start = version == 1 ? 8 : 4
    return try (0..<rank).map { try message.size(start + 8 * $0, 8, of: "a length of \(what)") }
  }

  static func byteCount(_ dims: [Int], _ type: HDF5Type, of what: String) throws -> Int {
    var count = type.size
    for dim in dims {
      let (product, overflow) = count.multipliedReportingOverflow(by: dim)
      guard !overflow else {
        throw NetJacError(.memory, "\(what) has the shape \(dims), which is too large")
      }
      count = product
    }
    return count
  }
}
