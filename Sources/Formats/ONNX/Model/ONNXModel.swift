import Models
import Tensors

/// A model as an ONNX file states it: decoded and checked for size, not yet for meaning.
package struct ONNXModel: Sendable {
  /// The version of the file format itself; operator versions are in `opsets`.
  package var irVersion: Int64
  /// Who wrote the file, as in `pytorch 2.4.0`; may be empty.
  package var producer: String
  package var opsets: ONNXOpsets
  package var graph: ONNXGraph
  package var functions: [ONNXFunction]
}

/// Which version of each operator set a model or a function is written for.
package struct ONNXOpsets: Sendable, Equatable {
  private(set) var versions: [String: Int64] = [:]

  /// Files may write the default domain, which is empty, as `ai.onnx`.
  package static func canonical(_ domain: String) -> String {
    domain == "ai.onnx" ? "" : domain
  }

  /// The default domain under the name that people know.
  package static func shown(_ domain: String) -> String {
    domain.isEmpty ? "ai.onnx" : domain
  }

  package init(_ versions: [String: Int64] = [:]) {
    for (domain, version) in versions { self[domain] = version }
  }

  package subscript(domain: String) -> Int64? {
    get { versions[Self.canonical(domain)] }
    set { versions[Self.canonical(domain)] = newValue }
  }
}

/// A list of nodes with its inputs, outputs and constants: a model's main graph, or the body of a
/// control-flow node, which also sees the values of the graphs around it.
package struct ONNXGraph: Sendable {
  package var name: String
  package var nodes: [ONNXNode]
  package var initialisers: [ONNXTensor]
  package var sparseInitialisers: [ONNXSparseTensor]
  package var inputs: [ONNXPort]
  package var outputs: [ONNXPort]
  /// What the file declares of values in between, if anything; a name may be missing or stand several times.
  package var values: [ONNXPort]

  /// As the body of a loop: whether it hands on the condition that it gets, so that the
  /// trip count alone decides how often it turns.
  var keepsCondition: Bool {
    guard inputs.count > 1, var name = outputs.first?.name else { return false }
    // Nodes stand in the order of their use.
    for node in nodes.reversed() where node.outputs.contains(name) {
      guard node.operation == "Identity", let source = node.inputs.first else { return false }
      name = source
    }
    return name == inputs[1].name
  }
}

/// A graph that nodes call by name: domain, name and overload stand in the node's operator fields.
package struct ONNXFunction: Sendable {
  package var name: String
  package var domain: String
  package var overload: String
  package var inputs: [String]
  package var outputs: [String]
  package var nodes: [ONNXNode]
  /// The names of all attributes that a call may give.
  package var attributes: Set<String>
  /// Attributes that have a value when the caller gives none; the others stay absent then.
  package var defaults: [String: ONNXAttribute]
  package var opsets: ONNXOpsets
}

/// One use of an operator. An empty name among inputs or outputs means: not given, not wanted.
package struct ONNXNode: Sendable {
  package var name: String
  package var operation: String
  package var domain: String
  package var overload: String
  package var inputs: [String]
  package var outputs: [String]
  package var attributes: [String: ONNXAttribute]

  /// The node as messages name it; nodes without a name are known by what they make.
  package var place: String {
    let maker = outputs.first { !$0.isEmpty }.map { "making \($0.quoted)" } ?? "without outputs"
    return "node \(name.isEmpty ? maker : name.quoted) (\(operation))"
  }
}

package indirect enum ONNXAttribute: Sendable {
  case real(Float)
  case integer(Int64)
  case string(String)
  case tensor(ONNXTensor)
  case sparseTensor(ONNXSparseTensor)
  case graph(ONNXGraph)
  case reals([Float])
  case integers([Int64])
  case strings([String])
  case tensors([ONNXTensor])
  case graphs([ONNXGraph])
  /// Inside a function: the value of this attribute of the calling node.
  case reference(String)
  /// A kind that no supported operator has, such as a type.
  case unsupported(kind: Int32)
}

/// A named input or output of a graph with what the file declares of it.
package struct ONNXPort: Sendable {
  package var name: String
  package var type: ONNXPortType
}

package enum ONNXPortType: Sendable {
  /// `dimensions` is nil when not even the rank is declared.
  case tensor(ONNXElementType, dimensions: [DeclaredDimension]?)
  /// A type that NetJac has no values for, by its name in the format: sequence, map, optional, ….
  case unsupported(String)
  /// Nothing is declared, which is legal in the body of a control-flow node.
  case undeclared
}
