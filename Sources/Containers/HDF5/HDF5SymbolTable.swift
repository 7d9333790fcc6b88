import Tensors

/// The members of a group, which a B-tree of version 1 with a local heap keeps by their names, or link messages.
enum HDF5SymbolTable {
  static func links(
    of message: Bytes, in file: HDF5File, of what: String
  ) throws -> [(String, HDF5Object.Link)] {
    let heap = try localHeap(
      at: message.size(8, 8, of: what), in: file, of: "the names of \(what)")
    var links: [(String, HDF5Object.Link)] = []
    try HDF5Tree.visit(
      at: message.size(0, 8, of: what), kind: 0, keySize: 8, in: file, of: what
    ) { _, child in
      let node = try file.bytes.part(child, 8, of: what)
      guard node.starts(with: Array("SNOD".utf8)), try node.byte(4, of: what) == 1 else {
        throw NetJacError(
          .format, "\(what) has no table of names at byte \(child); the HDF5 file is corrupt")
      }
      for entry in 0..<(try node.size(6, 2, of: what)) {
        try file.visit(what)
        let bytes = try file.bytes.part(child + 8 + 40 * entry, 40, of: what)
        let name = try text(heap, at: bytes.size(0, 8, of: what), of: "a name in \(what)")
        let isSoft = try bytes.unsigned(16, 4, of: what) == 2
        links.append((name, isSoft ? .soft : .object(address: try bytes.size(8, 8, of: what))))
      }
    }
    return links
  }

  private static func localHeap(at address: Int, in file: HDF5File, of what: String) throws -> Bytes
  {
    try file.visit(what)
    let header = try file.bytes.part(address, 32, of: what)
    guard header.starts(with: Array("HEAP".utf8)), try header.byte(4, of: what) == 0 else {
      throw NetJacError(
        .format,
        "\(what) are not at byte \(address), where they should be; the HDF5 file is corrupt")
    }
    return try file.bytes.part(
      header.size(24, 8, of: what), header.size(8, 8, of: what), of: what)
  }

  /// The text that a zero byte ends.
  private static func text(_ heap: Bytes, at offset: Int, of what: String) throws -> String {
    let rest = try heap.part(from: offset, of: what)
    let end = rest.withUnsafeBytes { $0.firstIndex(of: 0) }
    guard let end else {
      throw NetJacError(.format, "\(what) has no end; the HDF5 file is corrupt")
    }
    return try rest.part(0, end, of: what).text(of: what)
  }

  /// A link that stands in the group's own header.
  static func link(_ message: Bytes, of what: String) throws -> (String, HDF5Object.Link) {
    guard try message.byte(0, of: what) == 1 else {
      throw NetJacError(.format, "\(what) has an unknown version; the HDF5 file is corrupt")
    }
    let flags = try message.byte(1, of: what)
    var place = 2
    var kind = 0
    if flags & 8 != 0 {
      kind = try message.size(place, 1, of: what)
      place += 1
    }
    if flags & 4 != 0 { place += 8 }
    if flags & 16 != 0 { place += 1 }
    let width = 1 << Int(flags & 3)
    let count = try message.size(place, width, of: what)
    let name = try message.part(place + width, count, of: what).text(of: what)
    place += width + count
    switch kind {
    case 0: return (name, .object(address: try message.size(place, 8, of: what)))
    case 1: return (name, .soft)
    case 64: return (name, .external)
    default: return (name, .other(kind: kind))
    }
  }
}

/// B-trees of version 1, which keep the members of groups (kind 0) and the chunks of arrays (kind 1).
enum HDF5Tree {
  /// Calls `leaf` with the key and the address of each child of the lowest level, in order.
  static func visit(
    at address: Int, kind: UInt8, keySize: Int, in file: HDF5File, of what: String,
    leaf: (Bytes, Int) throws -> Void
  ) throws {
    try visit(
      at: address, kind: kind, keySize: keySize, below: nil, in: file, of: what, leaf: leaf)
  }

  private static func visit(
    at address: Int, kind: UInt8, keySize: Int, below parent: UInt8?, in file: HDF5File,
    of what: String, leaf: (Bytes, Int) throws -> Void
  ) throws {
    try file.visit(what)
    let header = try file.bytes.part(address, 24, of: what)
    let level = try header.byte(5, of: what)
    // Levels that fall by one bound the depth and rule out cycles.
    guard header.starts(with: Array("TREE".utf8)), try header.byte(4, of: what) == kind,
      level < 32, parent.map({ $0 == level + 1 }) ?? true
    else {
      throw NetJacError(
        .format, "\(what) has a corrupt tree in the HDF5 file: no sound node is at byte \(address)")
    }
    let count = try header.size(6, 2, of: what)
    for child in 0..<count {
      try file.visit(what)
      let entry = try file.bytes.part(
        address + 24 + child * (keySize + 8), keySize + 8, of: what)
      let target = try entry.size(keySize, 8, of: what)
      if level == 0 {
        try leaf(try entry.part(0, keySize, of: what), target)
      } else {
        try visit(
          at: target, kind: kind, keySize: keySize, below: level, in: file, of: what, leaf: leaf)
      }
    }
  }
}
