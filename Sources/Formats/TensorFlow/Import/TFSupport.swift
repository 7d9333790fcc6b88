import Tensors

/// Walks over all that outputs need, functions and bodies included, before anything is computed: finds
/// the operators and attributes that NetJac has no meaning for, so that they are refused together, the
/// writing of variables, and the variables that are read.
struct TFSupport {
  private let graph: TFGraph
  private var missing: [String: [String]] = [:]
  private var attributes: [String: [String]] = [:]
  private var writers: [String] = []
  private var seen: Set<String> = []
  private(set) var handles: Set<String> = []

  /// The names of the nodes whose variables the outputs read.
  static func handles(for wanted: [TFReference], given: Set<String>, in graph: TFGraph) throws
    -> Set<String>
  {
    var support = TFSupport(graph: graph)
    try support.visit(graph.body, wanted, given: given, depth: 0)
    try support.check()
    return support.handles
  }

  private init(graph: TFGraph) { self.graph = graph }

  /// Operators that change a variable, a table or a random state, which outlives the call.
  private static func isWriter(_ operation: String) -> Bool {
    operation.hasPrefix("Assign") || operation.hasPrefix("ResourceScatter")
      || operation.hasPrefix("ResourceApply") || operation.hasPrefix("LookupTableInsert")
      || operation.hasPrefix("LookupTableImport")
  }

  private mutating func visit(
    _ body: TFBody, _ wanted: [TFReference], given: Set<String>, depth: Int
  ) throws {
    guard depth < TFImporter.depthLimit else {
      throw NetJacError(
        .unsupported,
        "functions are nested more than \(TFImporter.depthLimit) deep or call themselves")
    }
    let order = try body.order(for: wanted) { given.contains($0) }
    for place in order { try visit(body.nodes[place], depth: depth) }
    try visitControls(body, order, depth: depth)
  }

  private mutating func visit(_ node: TFNode, depth: Int) throws {
    if node.operation == "VarHandleOp", depth == 0 { handles.insert(node.name) }
    guard let operation = TFOperatorRegistry.find(node.operation) else {
      if Self.isWriter(node.operation) {
        writers.append(node.place)
      } else {
        missing[node.operation, default: []].append(node.name)
      }
      return
    }
    for name in node.attributes.keys
    where !name.hasPrefix("_") && !operation.attributes.contains(name)
      && !TFOperator.neutralAttributes.contains(name)
    {
      attributes["\(name.quoted) of \(node.operation)", default: []].append(node.name)
    }
    for name in try functions(of: node) where seen.insert(name).inserted {
      let function = try graph.function(name)
      try visit(
        function.body, function.results(), given: Set(function.inputs.map(\.name)),
        depth: depth + 1)
    }
  }

  private func functions(of node: TFNode) throws -> [String] {
    guard TFControlFlowOperators.names.contains(node.operation) else { return [] }
    return try node.attributes.keys.sorted().flatMap { name -> [String] in
      switch try node.attributes[name].flatMap(TFAttribute.init) {
      case .function(let function): return [function]
      case .list(let list): return list.functions
      default: return []
      }
    }
  }

  /// What only has to run before something else counts when it writes: then the next call, or a later
  /// read, has other numbers.
  private mutating func visitControls(_ body: TFBody, _ order: [Int], depth: Int) throws {
    var isDone = Set(order)
    var pending = order
    while let place = pending.popLast() {
      let node = body.nodes[place]
      for name in node.controls + node.inputs.map(\.node) {
        guard let other = body.places[name], isDone.insert(other).inserted else { continue }
        pending.append(other)
        let found = body.nodes[other]
        if Self.isWriter(found.operation) { writers.append(found.place) }
        for name in try functions(of: found) where seen.insert(name).inserted {
          let function = try graph.function(name)
          writers += function.body.nodes.filter { Self.isWriter($0.operation) }.map(\.place)
        }
      }
    }
  }

  private func check() throws {
    guard writers.isEmpty else {
      throw NetJacError(
        .unsupported,
        """
        the model changes its variables when it is called \
        (\(writers.sorted().prefix(4).joined(separator: ", "))); NetJac reads functions, which have \
        no memory
        """)
    }
    var problems: [String] = []
    if !missing.isEmpty {
      let lines = missing.map { "\($0) (\($1.sorted().quotedList(limit: 4)))" }.sorted()
      let count = lines.count == 1 ? "an operator" : "\(lines.count) operators"
      problems.append(
        "the model uses \(count) that NetJac does not support: \(lines.joined(separator: ", "))")
      if !Self.firstVersion.isDisjoint(with: missing.keys) {
        problems.append(
          """
          loops and variables of TensorFlow 1 are not read; load the model in TensorFlow 2 and save \
          it again with tf.saved_model.save
          """)
      }
    }
    if !attributes.isEmpty {
      let lines = attributes.map { "\($0) (\($1.sorted().quotedList(limit: 4)))" }.sorted()
      problems.append("these attributes are not known: \(lines.joined(separator: ", "))")
    }
    guard problems.isEmpty else {
      throw NetJacError(.unsupported, problems.joined(separator: "; "))
    }
  }

  private static let firstVersion: Set = [
    "Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "TensorArrayV3",
    "TensorArrayReadV3", "TensorArrayWriteV3", "VariableV2", "Variable", "RefSwitch",
  ]
}
