import Containers
import Tensors

/// The version of Keras that wrote a file. It decides what some settings mean.
struct KerasVersion: Sendable, Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int

  /// Takes the first two numbers of a text such as `3.15.1` or `2.15.0-tf`.
  init?(_ text: String) {
    let numbers = text.split(separator: ".").prefix(2).map { part in
      Int(part.prefix { $0.isASCII && $0.isNumber })
    }
    guard let first = numbers.first, let major = first else { return nil }
    self.init(major, numbers.count > 1 ? numbers[1] ?? 0 : 0)
  }

  init(_ major: Int, _ minor: Int = 0) {
    self.major = major
    self.minor = minor
  }

  static func < (a: KerasVersion, b: KerasVersion) -> Bool {
    (a.major, a.minor) < (b.major, b.minor)
  }

  var description: String { "\(major).\(minor)" }
}

/// A layer as the file states it, before anything is known of its meaning.
struct KerasLayerStatement: Sendable {
  /// Counts the layers of a file, so that each has one set of weights.
  let number: Int
  let className: String
  /// Where the class is defined, where the file tells; `keras.layers`, `keras.src.ops.numpy`, ….
  let module: String?
  let registeredName: String?
  let name: String
  /// The names of the models around it and its own, separated by slashes.
  let path: String
  let config: JSONObject
  let isTrainable: Bool
  /// What it holds, where it is a model.
  let graph: KerasGraph?
  /// The layers that it wraps, by the names that they have in files of weights.
  let parts: [Part]

  struct Part: Sendable {
    let group: String
    let layer: KerasLayerStatement
  }

  var isOperation: Bool {
    guard let module else { return isUntypedOperation }
    return module.contains(".ops.") || module == "keras.ops"
  }

  /// In files without modules, an operation of keras.ops differs from a layer of the same name only
  /// in that its configuration lacks what layers have. A few of either lack one part of it.
  private var isUntypedOperation: Bool {
    guard config["trainable"] == nil, graph == nil, className != "InputLayer" else { return false }
    let hasType = config["dtype"].map { !$0.isNull } ?? false
    return !hasType || KerasLayerRegistry.find(className) == nil
  }
}

/// What a model computes: calls of layers, from inputs to outputs.
struct KerasGraph: Sendable {
  /// An output of a call of a layer.
  struct Reference: Sendable, Hashable {
    let layer: String
    let call: Int
    let tensor: Int
  }

  struct Port: Sendable {
    let name: String
    let reference: Reference
  }

  let layers: [KerasLayerStatement]
  /// For each layer of `layers` its calls, in order.
  let calls: [[KerasCallStatement]]
  let inputs: [Port]
  let outputs: [Port]
  /// Whether every layer takes the result of the one before.
  let isSequential: Bool
}

/// One call of a layer with its arguments.
struct KerasCallStatement: Sendable {
  indirect enum Argument: Sendable {
    case tensor(KerasGraph.Reference)
    case list([Argument])
    case literal(JSON)
  }

  let arguments: [Argument]
  let named: [String: Argument]

  var references: [KerasGraph.Reference] {
    (arguments + named.values).flatMap(\.references)
  }
}

extension KerasCallStatement.Argument {
  var references: [KerasGraph.Reference] {
    switch self {
    case .tensor(let reference): [reference]
    case .list(let list): list.flatMap(\.references)
    case .literal: []
    }
  }
}

/// A file of Keras: a model, and the weights of each of its layers.
struct KerasModel: Sendable {
  let version: KerasVersion
  let root: KerasLayerStatement
  /// The graph of the root, which a model always has.
  let graph: KerasGraph
  /// By the numbers of the layers, in the order in which they declare them.
  let weights: [Int: [Tensor]]
}
