import Tensors

/// Checks what the format demands of every graph, whatever its operators mean: known versions,
/// values that are made once and before they are used, outputs that exist.
package enum ONNXStructure {
  /// Versions of the default operator set whose meaning is known.
  static let knownOpsets: ClosedRange<Int64> = 1...28
  /// The same for the classical machine-learning operators.
  static let knownMLOpsets: ClosedRange<Int64> = 1...5

  /// The model with the nodes of every graph in an order in which they can be evaluated.
  package static func ordered(_ model: ONNXModel) throws -> ONNXModel {
    try check(model.opsets)
    var model = model
    guard !model.graph.outputs.isEmpty else {
      throw NetJacError(.format, "the graph has no outputs, so there is nothing to evaluate")
    }
    model.graph = try ordered(model.graph, outer: [])
    var known: Set<[String]> = []
    for index in model.functions.indices {
      let function = model.functions[index]
      let place = "function \(function.name.quoted)"
      guard known.insert([function.domain, function.name, function.overload]).inserted else {
        throw NetJacError(.format, "\(place) is defined twice")
      }
      model.functions[index] = try located(place) { try ordered(function) }
    }
    return model
  }

  private static func check(_ opsets: ONNXOpsets) throws {
    for (domain, known) in [("", knownOpsets), ("ai.onnx.ml", knownMLOpsets)] {
      guard let version = opsets[domain], !known.contains(version) else { continue }
      throw NetJacError(
        .unsupported,
        """
        the file uses opset version \(version) of \(ONNXOpsets.shown(domain)); versions \
        \(known.lowerBound) to \(known.upperBound) are supported
        """)
    }
  }

  private static func ordered(_ function: ONNXFunction) throws -> ONNXFunction {
    try check(function.opsets)
    var function = function
    var scope = Scope(outer: [])
    for name in function.inputs { try scope.define(name, as: "an input") }
    function.nodes = try scope.order(function.nodes)
    for name in function.outputs { try scope.requireOutput(name) }
    return function
  }

  private static func ordered(_ graph: ONNXGraph, outer: Set<String>) throws -> ONNXGraph {
    var graph = graph
    var scope = Scope(outer: outer)
    for input in graph.inputs { try scope.define(input.name, as: "an input") }
    var constants: Set<String> = []
    for name in graph.constantNames {
      guard constants.insert(name).inserted else {
        throw NetJacError(.format, "the initializer \(name.quoted) is given more than once")
      }
      // Older files list their initialisers among the inputs, too.
      if !scope.defines(name) { try scope.define(name, as: "an initializer") }
    }
    graph.nodes = try scope.order(graph.nodes)
    for output in graph.outputs { try scope.requireOutput(output.name) }

    // Inside a node, the values of this graph are visible; orders of bodies do not depend on ours.
    let visible = scope.visible
    for index in graph.nodes.indices where graph.nodes[index].hasGraphs {
      let place = graph.nodes[index].place
      graph.nodes[index] = try located(place) {
        try graph.nodes[index].mapGraphs { body in
          try located("graph \(body.name.quoted)") { try ordered(body, outer: visible) }
        }
      }
    }
    return graph
  }
}

extension ONNXGraph {
  /// The names of all initialisers; a sparse one has the name of its values.
  var constantNames: [String] {
    initialisers.map(\.name) + sparseInitialisers.map(\.values.name)
  }

  /// The values of surrounding graphs that this graph uses.
  var freeNames: Set<String> {
    var own = Set(inputs.map(\.name)).union(constantNames)
    for node in nodes { own.formUnion(node.outputs) }
    var used = Set(outputs.map(\.name))
    for node in nodes { used.formUnion(node.neededNames) }
    return used.subtracting(own)
  }
}

extension ONNXNode {
  /// The bodies among the attributes.
  var graphs: [ONNXGraph] {
    attributes.values.flatMap { attribute in
      switch attribute {
      case .graph(let graph): [graph]
      case .graphs(let graphs): graphs
      default: [ONNXGraph]()
      }
    }
  }

  var hasGraphs: Bool { !graphs.isEmpty }

  /// Everything that must exist before the node is evaluated, for its bodies as well.
  var neededNames: Set<String> {
    var names = Set(inputs)
    names.remove("")
    for graph in graphs { names.formUnion(graph.freeNames) }
    return names
  }

  func mapGraphs(_ transform: (ONNXGraph) throws -> ONNXGraph) throws -> ONNXNode {
    var node = self
    for (name, attribute) in attributes {
      switch attribute {
      case .graph(let graph): node.attributes[name] = .graph(try transform(graph))
      case .graphs(let graphs): node.attributes[name] = .graphs(try graphs.map(transform))
      default: break
      }
    }
    return node
  }
}

/// The names that one graph or function defines, on the way to an order of its nodes.
private struct Scope {
  private let outer: Set<String>
  /// Who makes each value of this graph, for messages.
  private var makers: [String: String] = [:]

  init(outer: Set<String>) {
    self.outer = outer
  }

  /// All names that a body inside this graph can use.
  var visible: Set<String> { outer.union(makers.keys) }

  func defines(_ name: String) -> Bool { makers[name] != nil }

  mutating func define(_ name: String, as maker: String) throws {
    if let earlier = makers.updateValue(maker, forKey: name) {
      throw NetJacError(
        .format,
        """
        the value \(name.quoted) is defined more than once: as \(earlier) and as \(maker); names \
        must be unique
        """)
    }
  }

  func requireOutput(_ name: String) throws {
    guard defines(name) || outer.contains(name) else {
      throw NetJacError(.format, "the output \(name.quoted) is undefined: no node makes it")
    }
  }

  /// Sorts nodes so that each comes after those it needs; an order that is already good stays.
  mutating func order(_ nodes: [ONNXNode]) throws -> [ONNXNode] {
    var producer: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for name in node.outputs where !name.isEmpty {
        try define(name, as: "an output of \(node.place)")
        producer[name] = index
      }
    }
    var needs: [[Int]] = []
    for (index, node) in nodes.enumerated() {
      let names = node.neededNames
      for name in names where !defines(name) && !outer.contains(name) {
        throw NetJacError(
          .format,
          """
          \(node.place): the value \(name.quoted) is undefined; no input, initializer or node \
          has that name
          """)
      }
      needs.append(names.compactMap { producer[$0] })
      guard !needs[index].contains(index) else {
        throw NetJacError(.format, "\(node.place): the node uses its own output, which is a cycle")
      }
    }
    let isOrdered = needs.enumerated().allSatisfy { index, needs in
      needs.allSatisfy { $0 < index }
    }
    return isOrdered ? nodes : try sorted(nodes, needs: needs)
  }

  private func sorted(_ nodes: [ONNXNode], needs: [[Int]]) throws -> [ONNXNode] {
    var waiting = needs.map { Set($0).count }
    var users = [[Int]](repeating: [], count: nodes.count)
    for (index, needs) in needs.enumerated() {
      for need in Set(needs) { users[need].append(index) }
    }
    var ready = nodes.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < ready.count {
      for user in users[ready[next]] {
        waiting[user] -= 1
        if waiting[user] == 0 { ready.append(user) }
      }
      next += 1
    }
    guard ready.count == nodes.count else {
      throw NetJacError(.format, cycleMessage(nodes, needs, Set(nodes.indices).subtracting(ready)))
    }
    return ready.map { nodes[$0] }
  }

  /// Every node that is left needs another that is left, so following one need each comes round.
  private func cycleMessage(_ nodes: [ONNXNode], _ needs: [[Int]], _ left: Set<Int>) -> String {
    var path: [Int] = []
    var visited: Set<Int> = []
    var current = left.min() ?? 0
    while visited.insert(current).inserted {
      path.append(current)
      guard let need = needs[current].filter(left.contains).min() else { break }
      current = need
    }
    let cycle = path.drop { $0 != current }.prefix(6).map { nodes[$0].place }
    return "the nodes cannot be ordered, since they form a cycle: "
      + cycle.joined(separator: " needs ") + " needs …"
  }
}
