extension String {
  /// The name as messages show it: in quotes, on one line, and cut where a file made it absurdly
  /// long.
  package var quoted: String {
    let limit = 80
    var shown = ""
    for scalar in unicodeScalars.prefix(limit) {
      shown += scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    return unicodeScalars.count > limit ? "'\(shown)…'" : "'\(shown)'"
  }
}

extension Sequence<String> {
  /// Names in quotes, separated by commas; after `limit` of them only their number is told.
  package func quotedList(limit: Int = 12) -> String {
    let names = Array(self)
    let shown = names.prefix(limit).map(\.quoted).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}
