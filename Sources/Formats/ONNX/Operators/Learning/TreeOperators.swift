import Graph
import Operations
import Tensors

/// Tree ensembles of `ai.onnx.ml`, in their two encodings.
enum TreeOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "TreeEnsemble", since: 5, domain: LearningOperators.domain, operands: ["X": .real],
      attributes: [
        "aggregate_function": .integer, "leaf_targetids": .integers, "leaf_weights": .tensor,
        "membership_values": .tensor, "n_targets": .integer, "nodes_falseleafs": .integers,
        "nodes_falsenodeids": .integers, "nodes_featureids": .integers, "nodes_hitrates": .tensor,
        "nodes_missing_value_tracks_true": .integers, "nodes_modes": .tensor,
        "nodes_splits": .tensor, "nodes_trueleafs": .integers, "nodes_truenodeids": .integers,
        "post_transform": .integer, "tree_roots": .integers,
      ], derivative: .zero
    ) { node, p in
      let x = try node.matrix(0, "X")
      let names = aggregates.map(\.value)
      let aggregate = try node.integer("aggregate_function", default: 1)
      let transform = try node.integer("post_transform", default: 0)
      guard names.indices.contains(aggregate), PostTransform.allCases.indices.contains(transform)
      else {
        throw NetJacError(
          .unsupported,
          "aggregate_function \(aggregate) with post_transform \(transform) is not supported")
      }
      let scores = try splitForest(node).values(x, names[aggregate], in: p)
      return try PostTransform.allCases[transform].applied(to: scores, in: p)
    },
    ONNXOperator(
      "TreeEnsembleRegressor", domain: LearningOperators.domain, operands: ["X": .real],
      attributes: [
        "aggregate_function": .text, "base_values": .reals, "base_values_as_tensor": .tensor,
        "n_targets": .integer, "nodes_falsenodeids": .integers, "nodes_featureids": .integers,
        "nodes_hitrates": .reals, "nodes_hitrates_as_tensor": .tensor,
        "nodes_missing_value_tracks_true": .integers, "nodes_modes": .texts,
        "nodes_nodeids": .integers, "nodes_treeids": .integers, "nodes_truenodeids": .integers,
        "nodes_values": .reals, "nodes_values_as_tensor": .tensor, "post_transform": .text,
        "target_ids": .integers, "target_nodeids": .integers, "target_treeids": .integers,
        "target_weights": .reals, "target_weights_as_tensor": .tensor,
      ], derivative: .zero
    ) { node, p in
      let x = try node.matrix(0, "X")
      let forest = try listedForest(
        node, prefix: "target", targetCount: node.integer("n_targets", default: 1))
      let aggregate = try node.choice(
        "aggregate_function", aggregates, default: .sum)
      let scores = try based(forest.values(x, aggregate, in: p), node, in: p)
      return try PostTransform.applied(node, to: scores, in: p)
    },
    ONNXOperator(
      several: "TreeEnsembleClassifier", domain: LearningOperators.domain, operands: ["X": .real],
      attributes: [
        "base_values": .reals, "base_values_as_tensor": .tensor, "class_ids": .integers,
        "class_nodeids": .integers, "class_treeids": .integers, "class_weights": .reals,
        "class_weights_as_tensor": .tensor, "classlabels_int64s": .integers,
        "classlabels_strings": .texts, "nodes_falsenodeids": .integers,
        "nodes_featureids": .integers, "nodes_hitrates": .reals,
        "nodes_hitrates_as_tensor": .tensor, "nodes_missing_value_tracks_true": .integers,
        "nodes_modes": .texts, "nodes_nodeids": .integers, "nodes_treeids": .integers,
        "nodes_truenodeids": .integers, "nodes_values": .reals, "nodes_values_as_tensor": .tensor,
        "post_transform": .text,
      ], derivative: .zero
    ) { node, p in
      try classify(node, in: p)
    },
  ]

  /// The words of the format; its newer encoding has their numbers.
  private static let tests: KeyValuePairs<String, DecisionForest.Test> = [
    "BRANCH_LEQ": .lessOrEqual, "BRANCH_LT": .less, "BRANCH_GTE": .greaterOrEqual,
    "BRANCH_GT": .greater, "BRANCH_EQ": .equal, "BRANCH_NEQ": .notEqual, "BRANCH_MEMBER": .member,
  ]

  private static let aggregates: KeyValuePairs<String, DecisionForest.Aggregate> = [
    "AVERAGE": .average, "SUM": .sum, "MIN": .minimum, "MAX": .maximum,
  ]

  private static func classify(_ node: NodeCall, in p: ProgramBuilder) throws -> [Value?] {
    let x = try node.matrix(0, "X")
    let labels = try node.integers("classlabels_int64s")
    let count = try labels?.count ?? node.strings("classlabels_strings")?.count ?? 0
    let ids = Set(try node.integers("class_ids") ?? [])
    let forest = try listedForest(node, prefix: "class", targetCount: max(count, 1))
    var scores = try based(forest.values(x, .sum, in: p), node, in: p)
    if ids.count == 1, count <= 2 {
      // A binary ensemble scores one class; the other has what is left.
      let positive = try p.slice(scores, axis: 1, start: 0, size: 1)
      let transform = try node.choice("post_transform", default: PostTransform.none)
      let negative =
        try transform == .none
        ? p.subtract(p.scalar(1, like: positive), positive) : p.negate(positive)
      scores = try p.concatenate([negative, positive], axis: 1)
    }
    let y = try PostTransform.applied(node, to: scores, in: p)
    guard let labels, labels.count == p.shape(y)[1] else { return [nil, y] }
    let place = try p.add(ArgExtreme(.maximum, axis: 1), [y])
    return [try p.gather(p.integers(labels), place), y]
  }

  /// Adds the number that each target starts from.
  private static func based(_ scores: Value, _ node: NodeCall, in p: ProgramBuilder) throws -> Value
  {
    let numbers = try node.numbers("base_values")
    guard !numbers.isEmpty else { return scores }
    guard numbers.count == p.shape(scores)[1] || numbers.count == 1 else {
      throw NetJacError(
        .shape, "base_values holds \(numbers.count) numbers for \(p.shape(scores)[1]) targets")
    }
    let row = try p.constant(Tensor(TensorType(p.real, [numbers.count]), reals: numbers))
    return try p.add(scores, p.broadcast(row, to: p.shape(scores)))
  }

  // MARK: - Encodings

  /// The first encoding: one list for each property of the nodes, which trees and numbers name.
  private static func listedForest(_ node: NodeCall, prefix: String, targetCount: Int) throws
    -> DecisionForest
  {
    struct Place: Hashable {
      let tree: Int
      let node: Int
    }
    func integers(_ name: String) throws -> [Int] { try node.integers(name) ?? [] }
    let trees = try integers("nodes_treeids")
    let names = try integers("nodes_nodeids")
    let modes = try node.strings("nodes_modes") ?? []
    let features = try integers("nodes_featureids")
    let values = try node.numbers("nodes_values")
    let (truths, falsehoods) = (
      try integers("nodes_truenodeids"), try integers("nodes_falsenodeids")
    )
    let missing = try integers("nodes_missing_value_tracks_true")
    let counts = [
      names.count, modes.count, features.count, values.count, truths.count, falsehoods.count,
    ]
    guard counts.allSatisfy({ $0 == trees.count }), missing.isEmpty || missing.count == trees.count,
      targetCount > 0, targetCount < 1 << 30
    else {
      throw NetJacError(
        .format, "the lists of nodes have \(trees.count), \(counts) entries; they must be equal")
    }
    let leaves = try leafEntries(node, prefix: prefix, targetCount: targetCount) {
      Place(tree: $0, node: $1)
    }
    var children: [Place: DecisionForest.Child] = [:]
    var leafLists: [DecisionForest.Leaf] = []
    for (index, (tree, name)) in zip(trees, names).enumerated() {
      let place = Place(tree: tree, node: name)
      guard children[place] == nil else {
        throw NetJacError(.format, "tree \(tree) has two nodes \(name)")
      }
      if modes[index] == "LEAF" {
        children[place] = .leaf(leafLists.count)
        leafLists.append(leaves[place] ?? [])
      } else {
        children[place] = .node(index)
      }
    }
    func child(_ tree: Int, _ name: Int) throws -> DecisionForest.Child {
      guard let child = children[Place(tree: tree, node: name)] else {
        throw NetJacError(.format, "tree \(tree) refers to a node \(name), which does not exist")
      }
      return child
    }
    let leafChild = DecisionForest.Child.leaf(0)
    let nodes = try trees.indices.map { index -> DecisionForest.Node in
      let isLeaf = modes[index] == "LEAF"
      let test = try isLeaf ? .less : node.choice("nodes_modes", modes[index], tests)
      return DecisionForest.Node(
        feature: features[index], test: test,
        values: [values[index]], missingIsTrue: !missing.isEmpty && missing[index] != 0,
        whenTrue: try isLeaf ? leafChild : child(trees[index], truths[index]),
        whenFalse: try isLeaf ? leafChild : child(trees[index], falsehoods[index]))
    }
    // The first node of a tree is its root.
    var seen: Set<Int> = []
    let roots = try zip(trees, names).filter { seen.insert($0.0).inserted }
      .map { try child($0, $1) }
    return DecisionForest(
      nodes: nodes, leaves: leafLists, roots: roots, targetCount: targetCount)
  }

  /// The weights of the leaves, which stand in lists of their own.
  private static func leafEntries<Place: Hashable>(
    _ node: NodeCall, prefix: String, targetCount: Int, _ place: (Int, Int) -> Place
  ) throws -> [Place: DecisionForest.Leaf] {
    let trees = try node.integers("\(prefix)_treeids") ?? []
    let names = try node.integers("\(prefix)_nodeids") ?? []
    var ids = try node.integers("\(prefix)_ids") ?? []
    let weights = try node.numbers("\(prefix)_weights")
    // A binary classifier may name its second class only.
    if prefix == "class", Set(ids).count == 1 { ids = ids.map { _ in 0 } }
    guard [names.count, ids.count, weights.count].allSatisfy({ $0 == trees.count }),
      ids.allSatisfy({ $0 >= 0 && $0 < targetCount })
    else {
      throw NetJacError(
        .format,
        "the lists of leaves do not fit each other or the \(targetCount) targets")
    }
    var leaves: [Place: DecisionForest.Leaf] = [:]
    for index in trees.indices {
      leaves[place(trees[index], names[index]), default: []].append((ids[index], weights[index]))
    }
    return leaves
  }

  /// The second encoding: nodes and leaves apart, which refer to each other by position.
  private static func splitForest(_ node: NodeCall) throws -> DecisionForest {
    func integers(_ name: String) throws -> [Int] { try node.integers(name) ?? [] }
    let features = try integers("nodes_featureids")
    let modes = try node.tensor("nodes_modes")?.integers().map(Int.init) ?? []
    let splits = try node.numbers("nodes_splits")
    let (truths, falsehoods) = (
      try integers("nodes_truenodeids"), try integers("nodes_falsenodeids")
    )
    let (trueLeaves, falseLeaves) = (
      try integers("nodes_trueleafs"), try integers("nodes_falseleafs")
    )
    let missing = try integers("nodes_missing_value_tracks_true")
    let counts = [
      modes.count, splits.count, truths.count, falsehoods.count, trueLeaves.count,
      falseLeaves.count,
    ]
    let tests = Self.tests.map(\.value)
    guard counts.allSatisfy({ $0 == features.count }),
      missing.isEmpty || missing.count == features.count,
      modes.allSatisfy(tests.indices.contains)
    else {
      throw NetJacError(
        .format, "the lists of nodes have \(features.count), \(counts) entries, or unknown modes")
    }
    var sets = try node.numbers("membership_values").split(
      omittingEmptySubsequences: false, whereSeparator: \.isNaN)[...]
    let nodes = features.indices.map { index in
      let test = tests[modes[index]]
      return DecisionForest.Node(
        feature: features[index], test: test,
        values: test == .member ? Array(sets.popFirst() ?? []) : [splits[index]],
        missingIsTrue: !missing.isEmpty && missing[index] != 0,
        whenTrue: trueLeaves[index] != 0 ? .leaf(truths[index]) : .node(truths[index]),
        whenFalse: falseLeaves[index] != 0 ? .leaf(falsehoods[index]) : .node(falsehoods[index]))
    }
    let targets = try integers("leaf_targetids")
    let weights = try node.numbers("leaf_weights")
    let targetCount = try node.integer("n_targets", default: 1)
    guard targets.count == weights.count, targetCount > 0, targetCount < 1 << 30,
      targets.allSatisfy({ $0 >= 0 && $0 < targetCount })
    else {
      throw NetJacError(
        .format, "\(targets.count) leaves have \(weights.count) weights for \(targetCount) targets")
    }
    return DecisionForest(
      nodes: nodes, leaves: zip(targets, weights).map { [($0, $1)] },
      roots: try integers("tree_roots").map { .node($0) }, targetCount: targetCount)
  }
}

extension NodeCall {
  /// Numbers of an attribute that is a tensor, or of the list that it replaces.
  fileprivate func numbers(_ name: String) throws -> [Double] {
    if case .tensor(let tensor) = node.attributes[name] { return try tensor.reals() }
    if let tensor = try tensor(name + "_as_tensor") { return try tensor.reals() }
    return try reals(name) ?? []
  }
}
