import Tensors

extension HDF5Object {
  /// The array's shape without its elements.
  package func dims() throws -> [Int] {
    let what = "the array \(path.quoted)"
    guard let space = try body(of: .dataspace) else {
      throw NetJacError(.format, "\(what) has no shape; the HDF5 file is corrupt")
    }
    return try HDF5Dataspace.dims(space, of: what)
  }

  /// The array with all its elements.
  ///
  /// - Throws: `memory` before anything is allocated, if it is larger than the file can hold or than the limit.
  package func array() throws -> HDF5Array {
    let what = "the array \(path.quoted)"
    guard let layout = try body(of: .layout), let typeMessage = try body(of: .datatype) else {
      throw NetJacError(
        .format,
        isGroup
          ? "\(path.quoted) is a group, not an array"
          : "\(what) has no type or place; "
            + "the HDF5 file is corrupt")
    }
    guard try body(of: .externalFiles) == nil else {
      throw NetJacError(.unsupported, "\(what) lies in external files, which are not read")
    }
    let type = try HDF5Type(typeMessage, of: what)
    let dims = try dims()
    let size = try HDF5Dataspace.byteCount(dims, type, of: what)
    guard size <= file.memoryLimit else {
      throw NetJacError(
        .memory,
        "\(what) of shape \(dims) takes \(size) bytes; the limit is \(file.memoryLimit) "
          + "(option memory_limit)")
    }
    let data = try data(layout, type: type, dims: dims, size: size, of: what)
    return HDF5Array(file: file, what: what, type: type, dims: dims, data: data)
  }

  private func data(
    _ layout: Bytes, type: HDF5Type, dims: [Int], size: Int, of what: String
  ) throws -> Bytes {
    let version = try layout.byte(0, of: what)
    guard version == 3 else {
      throw NetJacError(
        .unsupported,
        "\(what) is laid out in \(version > 3 ? "HDF5's newer" : "an older") form "
          + "(layout version \(version)); save the model with model.save")
    }
    let filters = try body(of: .filters).map { try HDF5Filters($0, of: what) }
    let kind = try layout.byte(1, of: what)
    guard kind == 2 || filters == nil else {
      throw NetJacError(.format, "\(what) has filters without chunks; the HDF5 file is corrupt")
    }
    switch kind {
    case 0:
      let count = try layout.size(2, 2, of: what)
      guard count == size else { throw sizes(what, dims, size, count) }
      return try layout.part(4, size, of: what)
    case 1:
      let count = try layout.size(10, 8, of: what)
      guard count == size else { throw sizes(what, dims, size, count) }
      if size == 0 { return Bytes([]) }
      guard try layout.unsigned(2, 8, of: what) != .max else { throw missing(what, dims) }
      return try file.bytes.part(layout.size(2, 8, of: what), size, of: what)
    case 2:
      let chunks = try HDF5Chunks(
        layout, array: dims, elementSize: type.size, filters: filters ?? HDF5Filters(), of: what)
      // What is stored cannot become larger than deflate makes it.
      guard size / 1040 <= file.bytes.count else { throw missing(what, dims) }
      guard try layout.unsigned(3, 8, of: what) != .max || size == 0 else {
        throw missing(what, dims)
      }
      return try chunks.assembled(in: file, size: size, of: what)
    default:
      throw NetJacError(
        .unsupported, "\(what) has a virtual or unknown layout (class \(kind)), which is not read")
    }
  }

  private func sizes(_ what: String, _ dims: [Int], _ needed: Int, _ found: Int) -> NetJacError {
    NetJacError(
      .format,
      "\(what) of shape \(dims) needs \(needed) bytes and \(found) are stored; the HDF5 file is corrupt"
    )
  }

  private func missing(_ what: String, _ dims: [Int]) -> NetJacError {
    NetJacError(
      .format,
      "\(what) of shape \(dims) was never written: its size is declared and no data are stored")
  }
}

/// An array that is stored in pieces of equal shape.
struct HDF5Chunks {
  private let address: Int
  private let chunk: [Int]
  private let array: [Int]
  private let elementSize: Int
  private let filters: HDF5Filters

  init(
    _ layout: Bytes, array: [Int], elementSize: Int, filters: HDF5Filters, of what: String
  ) throws {
    let rank = try layout.size(2, 1, of: what)
    address = try layout.unsigned(3, 8, of: what) == .max ? 0 : layout.size(3, 8, of: what)
    let lengths = try (0..<rank).map { try layout.size(11 + 4 * $0, 4, of: what) }
    guard rank == array.count + 1, lengths.last == elementSize,
      lengths.allSatisfy({ $0 > 0 }), elementSize > 0
    else {
      throw NetJacError(
        .format,
        "\(what) of shape \(array) is stored in chunks \(lengths), which do not fit; the HDF5 file is "
          + "corrupt")
    }
    chunk = Array(lengths.dropLast())
    self.array = array
    self.elementSize = elementSize
    self.filters = filters
  }

  /// The elements in order. Every chunk must be there exactly once.
  func assembled(in file: HDF5File, size: Int, of what: String) throws -> Bytes {
    var chunkSize = elementSize
    for length in chunk {
      let (product, overflow) = chunkSize.multipliedReportingOverflow(by: length)
      guard !overflow, product <= file.memoryLimit else {
        throw NetJacError(.memory, "\(what) is stored in chunks \(chunk), which are too large")
      }
      chunkSize = product
    }
    guard !array.contains(0) else { return Bytes([]) }
    guard chunkSize / 1040 <= file.bytes.count else {
      throw NetJacError(
        .memory, "\(what) is stored in chunks \(chunk), which are too large for the file")
    }
    let grid = zip(array, chunk).map { ($0 - 1) / $1 + 1 }
    var expected = 1
    for count in grid { expected = expected.multipliedSaturated(by: count) }
    guard expected <= file.bytes.count else {
      throw NetJacError(.format, "\(what) has more chunks than the HDF5 file has bytes")
    }
    try Memory.require(size)
    var output = [UInt8](repeating: 0, count: size)
    var seen: Set<[Int]> = []
    try HDF5Tree.visit(
      at: address, kind: 1, keySize: 8 * (array.count + 2), in: file, of: what
    ) { key, target in
      let place = try array.indices.map { try key.size(8 + 8 * $0, 8, of: what) }
      guard
        zip(zip(place, chunk), array).allSatisfy({ $0.0 % $0.1 == 0 && $0.0 < $1 }),
        seen.insert(place).inserted
      else {
        throw NetJacError(
          .format,
          "\(what) of shape \(array) has a chunk at \(place), where none belongs or one is already; the "
            + "HDF5 file is corrupt")
      }
      let stored = try file.bytes.part(target, key.size(0, 4, of: what), of: what)
      let content = try filters.undone(
        stored, skipping: key.unsigned(4, 4, of: what), size: chunkSize,
        elementSize: elementSize, of: "a chunk of \(what)")
      copy(content, at: place, to: &output)
    }
    guard seen.count == expected else {
      throw NetJacError(
        .format,
        "\(what) of shape \(array) has \(seen.count) of its \(expected) chunks; the HDF5 file is corrupt"
      )
    }
    return Bytes(output)
  }

  /// Copies what of a chunk lies inside the array, one run of the last axis after the other.
  private func copy(_ content: Bytes, at place: [Int], to output: inout [UInt8]) {
    let inside = array.indices.map { min(chunk[$0], array[$0] - place[$0]) }
    let runs = inside.dropLast().reduce(1, *)
    let length = (inside.last ?? 1) * elementSize
    content.withUnsafeBytes { content in
      output.withUnsafeMutableBytes { output in
        for run in 0..<runs {
          var rest = run
          var from = 0
          var to = place.last ?? 0
          var fromStride = chunk.last ?? 1
          var toStride = array.last ?? 1
          for axis in stride(from: array.count - 2, through: 0, by: -1) {
            let index = rest % inside[axis]
            rest /= inside[axis]
            from += index * fromStride
            to += (place[axis] + index) * toStride
            fromStride *= chunk[axis]
            toStride *= array[axis]
          }
          UnsafeMutableRawBufferPointer(
            rebasing: output[to * elementSize..<to * elementSize + length]
          ).copyMemory(
            from: UnsafeRawBufferPointer(
              rebasing: content[from * elementSize..<from * elementSize + length]))
        }
      }
    }
  }
}
