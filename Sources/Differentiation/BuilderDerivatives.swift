import Graph
import Tensors

/// Derivatives inside a graph that is still being built: they are further values of the same
/// builder, so they can be used and differentiated like others.
extension ProgramBuilder {
  /// The gradients of Σ y with respect to values that y may depend on, each with the type of its x.
  ///
  /// They are total derivatives: where one x depends on another, that counts.
  package func gradients(of y: Value, by xs: [Value]) throws -> [Value] {
    let outer = guardsZeros
    let past = Past(of: y, in: nodes)
    guardsZeros = outer || past.hasSingularSlopes
    defer { guardsZeros = outer }
    return try independentGroups(xs).reduce(into: [Int: Value]()) { found, group in
      let values = group.map { xs[$0] }
      let yBar = try scalar(1, like: y)
      let seeds = try values.map { try placeholder(type($0)) }
      let tangent = try tangent(past, by: zip(values, seeds).map { ($0, $1) })
      let results = tangent.map { [($0, yBar)] } ?? []
      let pulled = try Differentiation.transpose(seeds: seeds, results: results, in: self)
      for (place, (gradient, seed)) in zip(group, zip(pulled, seeds)) {
        found[place] = try gradient ?? scalar(0, like: seed)
      }
    }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The change of y along tangents of the xs; zero if y does not depend on them.
  package func directionalDerivative(
    of y: Value, by xs: [Value], along tangents: [Value]
  ) throws -> Value {
    let outer = guardsZeros
    let past = Past(of: y, in: nodes)
    guardsZeros = outer || past.hasSingularSlopes
    defer { guardsZeros = outer }
    var sum: Value?
    for group in independentGroups(xs) {
      sum = try self.sum(sum, tangent(past, by: group.map { (xs[$0], tangents[$0]) }))
    }
    return try sum ?? scalar(0, like: y)
  }

  func tangent(of y: Value, by seeds: [(x: Value, tangent: Value)]) throws -> Value? {
    try tangent(Past(of: y, in: nodes), by: seeds)
  }

  private func tangent(_ past: Past, by seeds: [(x: Value, tangent: Value)]) throws -> Value? {
    let y = past.value
    let program = Program(
      nodes: past.nodes, inputs: [], outputs: [y], real: real, memoryLimit: memoryLimit)
    let inside = seeds.filter { $0.x.index <= y.index }
    var linear = Linearisation(program, primal: program.nodes.indices.map { Value(index: $0) })
    try linear.propagate(
      from: inside.map { (node: $0.x.index, tangent: $0.tangent) }, through: y.index,
      needed: past.isNeeded, in: self)
    return linear.tangents[y.index]
  }

  /// The places of the xs in groups within which none depends on another: a seed at a value would
  /// hide what comes to it from an earlier seed. Each goes to the first group that it does not depend on.
  private func independentGroups(_ xs: [Value]) -> [[Int]] {
    var placesOf: [Int: [Int]] = [:]
    for (place, x) in xs.enumerated() { placesOf[x.index, default: []].append(place) }
    guard let last = placesOf.keys.max() else { return [] }
    var groups: [[Int]] = []
    /// By node, the groups that it depends on.
    var reached = [Set<Int>](repeating: [], count: last + 1)
    for index in 0...last {
      var known: Set<Int> = []
      for operand in nodes[index].operands { known.formUnion(reached[operand.index]) }
      for place in placesOf[index] ?? [] {
        let group = groups.indices.first { !known.contains($0) } ?? groups.count
        if group == groups.count { groups.append([]) }
        groups[group].append(place)
        known.insert(group)
      }
      reached[index] = known
    }
    return groups
  }
}

/// What a value of a growing graph is computed from. Between its nodes stand those of other values, such as
/// earlier derivatives, which are not to be differentiated with it: each would make the next one larger.
private struct Past {
  let value: Value
  let nodes: [Node]
  let isNeeded: [Bool]

  init(of value: Value, in nodes: [Node]) {
    self.value = value
    self.nodes = Array(nodes[...value.index])
    isNeeded = self.nodes.needed(by: [value])
  }

  var hasSingularSlopes: Bool { nodes.haveSingularSlopes { isNeeded[$0] } }
}
