import Containers
import Tensors

/// The nodes of a graph or of a function, by name.
final class TFBody {
  let nodes: [TFNode]
  let places: [String: Int]
  private var orders: [[TFReference]: [Int]] = [:]

  init(_ nodes: [TFNode]) throws {
    self.nodes = nodes
    var places: [String: Int] = [:]
    for (place, node) in nodes.enumerated()
    where places.updateValue(place, forKey: node.name) != nil {
      throw NetJacError(.format, "two nodes are called \(node.name.quoted)")
    }
    self.places = places
  }

  /// The nodes that values need, each behind those that it reads. `given` are names that stand for
  /// values already.
  func order(for wanted: [TFReference], given: (String) -> Bool) throws -> [Int] {
    if let known = orders[wanted] { return known }
    var order: [Int] = []
    var state = [UInt8](repeating: 0, count: nodes.count)
    // Graphs are as deep as networks are long, hence the explicit stack.
    var pending: [(place: Int, next: Int)] = []
    func enter(_ name: String, from user: String) throws {
      guard !given(name) else { return }
      guard let place = places[name] else {
        throw NetJacError(.format, "\(user) reads \(name.quoted), which is no node")
      }
      if state[place] == 2 { return }
      guard state[place] == 0 else {
        throw NetJacError(.format, "\(nodes[place].place) depends on itself")
      }
      state[place] = 1
      pending.append((place, 0))
    }
    for reference in wanted {
      try enter(reference.node, from: "an output")
      while let top = pending.last {
        let node = nodes[top.place]
        guard top.next < node.inputs.count else {
          state[top.place] = 2
          order.append(top.place)
          pending.removeLast()
          continue
        }
        pending[pending.count - 1].next += 1
        try enter(node.inputs[top.next].node, from: node.place)
      }
    }
    orders[wanted] = order
    return order
  }
}

/// A function of a file.
final class TFFunction {
  struct Argument {
    let name: String
    /// Whether it stands for a list of values.
    let isList: Bool
  }

  let name: String
  let inputs: [Argument]
  let outputs: [String]
  let returns: [String: TFReference]
  let body: TFBody

  /// FunctionDef: 1 signature, 3 node_def, 4 ret. OpDef: 1 name, 2 input_arg, 3 output_arg. ArgDef:
  /// 1 name, 5 number_attr, 6 type_list_attr.
  init(_ bytes: Bytes) throws {
    var name = ""
    var inputs: [Argument] = []
    var outputs: [String] = []
    var returns: [String: TFReference] = [:]
    var nodes: [TFNode] = []
    func argument(_ bytes: Bytes) throws -> Argument {
      var name = ""
      var isList = false
      try bytes.forEachField { field in
        if field.number == 1 { name = try field.text() }
        if field.number == 5 || field.number == 6, try field.bytes().count > 0 { isList = true }
      }
      return Argument(name: name, isList: isList)
    }
    try bytes.forEachField { field in
      switch field.number {
      case 1:
        try field.bytes().forEachField { field in
          switch field.number {
          case 1: name = try field.text()
          case 2: inputs.append(try argument(field.bytes()))
          case 3: outputs.append(try argument(field.bytes()).name)
          default: break
          }
        }
      case 3: nodes.append(try TFNode(field.bytes()))
      case 4:
        let entry = try field.bytes()
        var key = ""
        var value = ""
        try entry.forEachField { field in
          if field.number == 1 { key = try field.text() }
          if field.number == 2 { value = try field.text() }
        }
        returns[key] = TFReference(value)
      default: break
      }
    }
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.returns = returns
    body = try TFBody(nodes)
  }

  /// What the outputs are in the body, in their order.
  func results() throws -> [TFReference] {
    try outputs.map { output in
      guard let reference = returns[output] else {
        throw NetJacError(
          .format, "function \(name.quoted) does not say what its output \(output.quoted) is")
      }
      return reference
    }
  }
}

/// A graph with the functions that it calls, which are decoded when they are first called.
final class TFGraph {
  let body: TFBody
  private let encoded: [String: Bytes]
  private var decoded: [String: TFFunction] = [:]

  /// GraphDef: 1 node, 2 library {1 function}.
  init(_ bytes: Bytes) throws {
    var nodes: [TFNode] = []
    var encoded: [String: Bytes] = [:]
    try bytes.forEachField { field in
      if field.number == 1 { nodes.append(try TFNode(field.bytes())) }
      guard field.number == 2 else { return }
      try field.bytes().forEachField { field in
        guard field.number == 1 else { return }
        let function = try field.bytes()
        encoded[try Self.name(function)] = function
      }
    }
    body = try TFBody(nodes)
    self.encoded = encoded
  }

  private static func name(_ function: Bytes) throws -> String {
    var name = ""
    try function.forEachField { field in
      guard field.number == 1 else { return }
      try field.bytes().forEachField { if $0.number == 1 { name = try $0.text() } }
    }
    return name
  }

  func function(_ name: String) throws -> TFFunction {
    if let function = decoded[name] { return function }
    guard let bytes = encoded[name] else {
      throw NetJacError(.format, "the function \(name.quoted) is called, but the file has none")
    }
    let function = try located("function \(name.quoted)") { try TFFunction(bytes) }
    decoded[name] = function
    return function
  }
}
