import Graph

/// An operator wants a value while the program is built that depends on parameters.
struct ParametersNeeded: Error {
  let names: Set<String>
}

/// The parameters that are inputs of the program, by node.
struct ParameterNames {
  private var names: [Int: String] = [:]

  mutating func insert(_ name: String, at value: Value) { names[value.index] = name }

  /// The parameters that a value depends on, if it depends on nothing else that is unknown.
  func needed(by value: Value, in p: ProgramBuilder) -> Set<String> {
    guard !names.isEmpty else { return [] }
    var needed: Set<String> = []
    var seen: Set<Int> = []
    var pending = [value.index]
    while let index = pending.popLast() {
      guard seen.insert(index).inserted, !p.isKnown(Value(index: index)) else { continue }
      let operands = p.node(Value(index: index)).operands
      if operands.isEmpty {
        guard let name = names[index] else { return [] }
        needed.insert(name)
      }
      pending.append(contentsOf: operands.map(\.index))
    }
    return needed
  }
}
