import Graph
import Models

/// An operator wants a value while the program is built that depends on parameters.
struct ParametersNeeded: Error {
  let names: Set<String>
}

extension GraphImporter {
  /// The parameters that a value depends on, if it depends on nothing else that is unknown.
  func parametersNeeded(by value: Value) -> Set<String> {
    guard !parameterNames.isEmpty else { return [] }
    var names: Set<String> = []
    var seen: Set<Int> = []
    var pending = [value.index]
    while let index = pending.popLast() {
      guard seen.insert(index).inserted, !p.isKnown(Value(index: index)) else { continue }
      let operands = p.node(Value(index: index)).operands
      if operands.isEmpty {
        guard let name = parameterNames[index] else { return [] }
        names.insert(name)
      }
      pending.append(contentsOf: operands.map(\.index))
    }
    return names
  }
}
