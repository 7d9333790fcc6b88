import Tensors

/// Where a store is.
package enum StorePlace: CustomStringConvertible {
  case file(String)
  case server(ServerAddress)

  /// - Throws: `NetJacError` of kind `argument` or `unsupported`.
  package init(_ url: String) throws {
    if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
      self = .server(ServerAddress(url))
      return
    }
    let path = url.hasPrefix("sqlite:") ? String(url.dropFirst(7)) : url
    let scheme = path.prefix { $0.isLetter || $0.isNumber }
    guard !path.dropFirst(scheme.count).hasPrefix("://") else {
      throw NetJacError(
        .unsupported,
        "'\(scheme)://' is no kind of store; a store is a path, sqlite:PATH or "
          + "postgresql://USER@HOST/DATABASE")
    }
    guard !path.isEmpty else {
      throw NetJacError(
        .argument, "the path of a store is empty; it is a file such as foot.db")
    }
    self = .file(path)
  }

  package var description: String {
    switch self {
    case .file(let path): path
    case .server(let address): address.shown
    }
  }
}

/// The address of a database on a server, of which the password is nobody's business.
package struct ServerAddress: Sendable {
  /// As given; for the client library alone.
  let url: String
  /// The same without passwords.
  package let shown: String
  /// What must not stand in any message.
  private let secrets: [String]

  package init(_ url: String) {
    self.url = url
    var secrets: [String] = []
    var shown = ""
    var rest = url[...]
    if let colon = url.firstIndex(of: ":") {
      rest = url[(url.index(colon, offsetBy: 3, limitedBy: url.endIndex) ?? url.endIndex)...]
    }
    shown += url[..<rest.startIndex]
    // Who is asking stands before the last @ of the first part.
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    if let at = authority.lastIndex(of: "@") {
      let asking = authority[..<at]
      if let colon = asking.firstIndex(of: ":") {
        let password = asking[asking.index(after: colon)...]
        // A client library that reads an @ as the end of it shows what follows.
        secrets += [String(password)] + password.split(separator: "@").map(String.init)
        shown += asking[..<colon]
      } else {
        shown += asking
      }
      rest = rest[at...]
    }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    shown += parts[0]
    if parts.count > 1 {
      let settings = parts[1].split(separator: "&", omittingEmptySubsequences: false)
      let kept = settings.filter { setting in
        let name = setting.prefix { $0 != "=" }
        guard name.lowercased().hasSuffix("password") else { return true }
        secrets.append(String(setting.dropFirst(name.count + 1)))
        return false
      }
      if !kept.isEmpty { shown += "?" + kept.joined(separator: "&") }
    }
    self.shown = shown
    let all = secrets + secrets.compactMap(Self.decoded)
    self.secrets = Set(all).filter { !$0.isEmpty }.sorted { $0.count > $1.count }
  }

  /// A message of the client library or the server, which may quote the address.
  func withoutSecrets(_ message: String) -> String {
    secrets.reduce(message.substituting(url, with: shown)) { $0.substituting($1, with: "***") }
  }

  /// What percent signs stand for.
  private static func decoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.popFirst() {
      guard first == UInt8(ascii: "%"), rest.count >= 2,
        let byte = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(first)
        continue
      }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension String {
  fileprivate func substituting(_ part: String, with other: String) -> String {
    guard !part.isEmpty else { return self }
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(part) {
        result += other
        rest = rest.dropFirst(part.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
