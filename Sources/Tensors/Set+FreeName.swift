extension Set<String> {
  /// Takes a name, with as many `_` behind it as make it one that nothing has.
  package mutating func insertFree(_ name: String) -> String {
    var free = name
    while !insert(free).inserted { free += "_" }
    return free
  }
}
