import Tensors

/// A file in the Hierarchical Data Format, as far as Keras writes it (HDF5 File Format Specification, version 3.0):
/// superblock 0 or 1, object headers of version 1, groups as symbol tables or compact links, contiguous,
/// compact and chunked arrays with the filters deflate, shuffle and fletcher32.
///
/// Every read is checked against the file's ends, structures cannot be visited without end, and what lies outside
/// this part of the format is refused by name. Links to other places or files are never followed.
package final class HDF5File {
  let bytes: Bytes
  /// The most bytes that one array may take.
  let memoryLimit: Int
  private var budget: Int
  private var collections: [Int: [Int: Bytes]] = [:]

  package static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  private let rootAddress: Int

  package init(_ bytes: Bytes, memoryLimit: Int) throws {
    self.bytes = bytes
    self.memoryLimit = memoryLimit
    // A structure takes eight bytes at least; sound files visit each a few times at most.
    budget = 10_000 + bytes.count / 2
    let what = "the HDF5 superblock"
    guard bytes.starts(with: Self.signature) else {
      throw NetJacError(.format, "this is no HDF5 file: its signature is missing")
    }
    let version = try bytes.byte(8, of: what)
    guard version <= 1 else {
      throw NetJacError(
        .unsupported,
        "the file is written in HDF5's newer format (superblock version \(version)); "
          + "Keras writes version 0: save the model with model.save")
    }
    guard try bytes.byte(13, of: what) == 8, try bytes.byte(14, of: what) == 8 else {
      throw NetJacError(
        .unsupported, "\(what) declares places or lengths of other than eight bytes")
    }
    let places = version == 0 ? 24 : 28
    guard try bytes.unsigned(places, 8, of: what) == 0 else {
      throw NetJacError(.unsupported, "\(what) declares a base address other than 0")
    }
    let end = try bytes.unsigned(places + 16, 8, of: what)
    guard end <= UInt64(bytes.count) else {
      throw NetJacError(
        .format,
        "the HDF5 file is truncated: it has \(bytes.count) bytes and its superblock says \(end)")
    }
    rootAddress = try bytes.size(places + 40, 8, of: "the HDF5 file's root group")
  }

  /// The group that all others lie in.
  package func root() throws -> HDF5Object {
    try HDF5Object(file: self, address: rootAddress, path: "", ancestors: [])
  }

  /// Counts a visit to a structure.
  ///
  /// - Throws: `format` if there were more than any sound file needs.
  func visit(_ what: @autoclosure () -> String) throws {
    budget -= 1
    guard budget >= 0 else {
      throw NetJacError(
        .format,
        "the HDF5 file's structures refer to each other without end at \(what()); it is corrupt")
    }
  }

  /// An object of a global heap, where texts of variable length lie.
  func heapObject(collection address: Int, index: Int, of what: String) throws -> Bytes {
    if collections[address] == nil { collections[address] = try collection(at: address, of: what) }
    guard let object = collections[address]?[index] else {
      throw NetJacError(
        .format,
        "\(what) refers to object \(index) of the heap at byte \(address), which is not there; "
          + "the HDF5 file is corrupt")
    }
    return object
  }

  private func collection(at address: Int, of what: String) throws -> [Int: Bytes] {
    let what = "a heap for \(what) in the HDF5 file"
    try visit(what)
    let header = try bytes.part(address, 16, of: what)
    guard header.starts(with: Array("GCOL".utf8)), try header.byte(4, of: what) == 1 else {
      throw NetJacError(.format, "\(what) does not begin at byte \(address); the file is corrupt")
    }
    let heap = try bytes.part(address, header.size(8, 8, of: what), of: what)
    var objects: [Int: Bytes] = [:]
    var place = 16
    while place + 16 <= heap.count {
      try visit(what)
      let index = try heap.size(place, 2, of: what)
      // Number 0 is the free space, which is the last.
      if index == 0 { break }
      let size = try heap.size(place + 8, 8, of: what)
      let object = try heap.part(place + 16, size, of: what)
      guard objects.updateValue(object, forKey: index) == nil else {
        throw NetJacError(.format, "\(what) holds object \(index) twice; the file is corrupt")
      }
      place += 16 + (size + 7) / 8 * 8
    }
    return objects
  }
}
