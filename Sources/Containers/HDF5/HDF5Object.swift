import Tensors

/// A group or an array of an HDF5 file.
package final class HDF5Object {
  /// Where a member's name leads.
  enum Link: Equatable {
    case object(address: Int)
    /// A path inside the file.
    case soft
    /// A path in another file.
    case external
    case other(kind: Int)
  }

  let file: HDF5File
  /// The names from the root on, separated by slashes.
  package let path: String
  let messages: [HDF5Message]
  private let address: Int
  private let ancestors: Set<Int>
  private var knownLinks: (names: [String], links: [String: Link])?
  private var opened: [String: HDF5Object] = [:]
  private var knownAttributes: [String: HDF5Array]?

  init(file: HDF5File, address: Int, path: String, ancestors: Set<Int>) throws {
    guard !ancestors.contains(address) else {
      throw NetJacError(
        .format, "the HDF5 object \(path.quoted) lies inside itself; the file is corrupt")
    }
    self.file = file
    self.address = address
    self.path = path
    self.ancestors = ancestors
    messages = try HDF5Message.all(
      in: file, at: address, of: "the HDF5 object \((path.isEmpty ? "/" : path).quoted)")
  }

  func body(of kind: HDF5Message.Kind) throws -> Bytes? {
    guard let message = messages.first(where: { $0.kind == kind.rawValue }) else { return nil }
    guard !message.isShared else {
      throw NetJacError(
        .unsupported,
        "the HDF5 object \(path.quoted) shares its \(kind) with others, which is not supported")
    }
    return message.body
  }

  package var isGroup: Bool {
    messages.contains {
      $0.kind == HDF5Message.Kind.symbolTable.rawValue || $0.kind == HDF5Message.Kind.link.rawValue
        || $0.kind == HDF5Message.Kind.linkInfo.rawValue
    }
  }

  package var isArray: Bool {
    messages.contains { $0.kind == HDF5Message.Kind.layout.rawValue }
  }

  // MARK: - Members

  /// The names of a group's members, in the order in which the file keeps them (alphabetical).
  package func names() throws -> [String] { try links().names }

  /// The member that this path leads to, name by name; nil where there is none.
  package func member(_ path: String) throws -> HDF5Object? {
    var object = self
    for name in path.split(separator: "/") {
      guard let next = try object.child(String(name)) else { return nil }
      object = next
    }
    return object
  }

  private func child(_ name: String) throws -> HDF5Object? {
    if let object = opened[name] { return object }
    guard isGroup, let link = try links().links[name] else { return nil }
    let path = path.isEmpty ? name : "\(path)/\(name)"
    switch link {
    case .object(let target):
      let object = try HDF5Object(
        file: file, address: target, path: path, ancestors: ancestors.union([address]))
      opened[name] = object
      return object
    case .soft:
      throw NetJacError(
        .unsupported, "\(path.quoted) is a soft link to another place, which is not followed")
    case .external:
      throw NetJacError(
        .unsupported, "\(path.quoted) is an external link to another file, which is not followed")
    case .other(let kind):
      throw NetJacError(.unsupported, "\(path.quoted) is a link of the unknown kind \(kind)")
    }
  }

  private func links() throws -> (names: [String], links: [String: Link]) {
    if let knownLinks { return knownLinks }
    var found: [(String, Link)] = []
    if let table = try body(of: .symbolTable) {
      found = try HDF5SymbolTable.links(of: table, in: file, of: "the group \(path.quoted)")
    }
    for message in messages where message.kind == HDF5Message.Kind.link.rawValue {
      found.append(try HDF5SymbolTable.link(message.body, of: "a link in \(path.quoted)"))
    }
    if let info = try body(of: .linkInfo) {
      let what = "the links of \(path.quoted)"
      let place = try info.byte(1, of: what) & 1 == 1 ? 10 : 2
      guard try info.unsigned(place, 8, of: what) == .max else {
        throw NetJacError(
          .unsupported, "\(what) are kept in HDF5's newer form (dense), which is not supported")
      }
    }
    var links: [String: Link] = [:]
    for (name, link) in found {
      guard links.updateValue(link, forKey: name) == nil else {
        throw NetJacError(
          .format, "the group \(path.quoted) holds \(name.quoted) twice; the HDF5 file is corrupt")
      }
    }
    let known = (names: found.map(\.0), links: links)
    knownLinks = known
    return known
  }

  // MARK: - Attributes

  package func attribute(_ name: String) throws -> HDF5Array? {
    if let knownAttributes { return knownAttributes[name] }
    var attributes: [String: HDF5Array] = [:]
    let what = "an attribute of \((path.isEmpty ? "/" : path).quoted)"
    for message in messages {
      if message.kind == HDF5Message.Kind.attributeInfo.rawValue {
        let place = try message.body.byte(1, of: what) & 1 == 1 ? 4 : 2
        guard try message.body.unsigned(place, 8, of: what) == .max else {
          throw NetJacError(
            .unsupported,
            "the attributes of \(path.quoted) are kept in HDF5's newer form (dense), which is not "
              + "supported")
        }
      }
      guard message.kind == HDF5Message.Kind.attribute.rawValue else { continue }
      guard !message.isShared else {
        throw NetJacError(.unsupported, "\(what) is shared with others, which is not supported")
      }
      let (name, value) = try HDF5Array.attribute(message.body, in: file, of: what)
      attributes[name] = value
    }
    knownAttributes = attributes
    return attributes[name]
  }

  /// An attribute that is one text.
  package func text(_ name: String) throws -> String? {
    guard let value = try attribute(name) else { return nil }
    guard let text = try value.strings().first, value.dims.allSatisfy({ $0 == 1 }) else {
      throw NetJacError(
        .format, "the attribute \(name.quoted) of \(path.quoted) is not one text")
    }
    return text
  }

  /// An attribute that is a list of texts, which Keras splits into parts where it is long.
  package func texts(_ name: String) throws -> [String]? {
    if let value = try attribute(name) { return try value.strings() }
    var texts: [String]?
    var part = 0
    while let value = try attribute("\(name)\(part)") {
      texts = (texts ?? []) + (try value.strings())
      part += 1
    }
    return texts
  }
}
