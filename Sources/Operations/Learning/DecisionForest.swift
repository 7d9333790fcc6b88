import Graph
import Tensors

/// Decision trees whose leaves add weights to targets.
///
/// A tree becomes two products: with the results of all its tests known, a leaf is reached when as
/// many tests on its path agree as the path is long. What trees compute is piecewise constant.
package struct DecisionForest {
  package enum Test: CaseIterable {
    case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual, member

    var comparison: Comparison {
      switch self {
      case .lessOrEqual: .lessOrEqual
      case .less: .less
      case .greaterOrEqual: .greaterOrEqual
      case .greater: .greater
      case .equal, .notEqual, .member: .equal
      }
    }
  }

  package enum Child {
    case node(Int)
    case leaf(Int)
  }

  package struct Node {
    let feature: Int
    let test: Test
    /// One number, or the members of a set.
    let values: [Double]
    let missingIsTrue: Bool
    let whenTrue: Child
    let whenFalse: Child

    package init(
      feature: Int, test: Test, values: [Double], missingIsTrue: Bool, whenTrue: Child,
      whenFalse: Child
    ) {
      self.feature = feature
      self.test = test
      self.values = values
      self.missingIsTrue = missingIsTrue
      self.whenTrue = whenTrue
      self.whenFalse = whenFalse
    }
  }

  package enum Aggregate {
    case average, sum, minimum, maximum
  }

  package typealias Leaf = [(target: Int, weight: Double)]

  package let nodes: [Node]
  package let leaves: [Leaf]
  package let roots: [Child]
  package let targetCount: Int

  package init(nodes: [Node], leaves: [Leaf], roots: [Child], targetCount: Int) {
    self.nodes = nodes
    self.leaves = leaves
    self.roots = roots
    self.targetCount = targetCount
  }

  /// Sums, means or extremes of the leaves that a row of x reaches, one number for each target.
  package func values(_ x: Value, _ aggregate: Aggregate, in p: ProgramBuilder) throws -> Value {
    var result: Value?
    for root in roots {
      let value = try Tree(root, of: self).values(x, aggregate, in: p)
      guard let known = result else {
        result = value
        continue
      }
      switch aggregate {
      case .sum, .average: result = try p.add(known, value)
      case .minimum: result = try p.minimum(known, value)
      case .maximum: result = try p.maximum(known, value)
      }
    }
    guard let result else { throw NetJacError(.format, "the ensemble has no trees") }
    guard aggregate == .average else { return result }
    return try p.divide(result, p.scalar(Double(roots.count), like: result))
  }
}

/// One tree of a forest: the tests and leaves that its root leads to.
private struct Tree {
  private typealias Step = (test: Int, isTrue: Bool)

  private let forest: DecisionForest
  private var tests: [DecisionForest.Node] = []
  private var paths: [(leaf: DecisionForest.Leaf, steps: [Step])] = []

  init(_ root: DecisionForest.Child, of forest: DecisionForest) throws {
    self.forest = forest
    var pending: [(DecisionForest.Child, [Step])] = [(root, [])]
    while let (child, steps) = pending.popLast() {
      switch child {
      case .leaf(let index):
        guard forest.leaves.indices.contains(index) else {
          throw NetJacError(.format, "a tree leads to leaf \(index), which does not exist")
        }
        paths.append((forest.leaves[index], steps))
      case .node(let index):
        // A tree that comes back to one of its nodes would never end.
        guard forest.nodes.indices.contains(index), tests.count < forest.nodes.count,
          steps.count < 1000
        else {
          throw NetJacError(
            .format, "the nodes of a tree form a cycle, do not exist, or lie more than 1000 deep")
        }
        let node = forest.nodes[index]
        pending.append((node.whenFalse, steps + [(tests.count, false)]))
        pending.append((node.whenTrue, steps + [(tests.count, true)]))
        tests.append(node)
      }
    }
  }

  func values(_ x: Value, _ aggregate: DecisionForest.Aggregate, in p: ProgramBuilder) throws
    -> Value
  {
    guard (tests.count + forest.targetCount) <= p.memoryLimit / 8 / max(paths.count, 1) else {
      throw NetJacError(
        .memory, "a tree of \(paths.count) leaves exceeds the memory limit")
    }
    // Leaves that say nothing of a target must not decide it.
    let unset =
      switch aggregate {
      case .sum, .average: 0.0
      case .minimum: Double(Float.greatestFiniteMagnitude)
      case .maximum: -Double(Float.greatestFiniteMagnitude)
      }
    var weights = [Double](repeating: unset, count: paths.count * forest.targetCount)
    for (row, path) in paths.enumerated() {
      for (target, weight) in path.leaf {
        let place = row * forest.targetCount + target
        weights[place] = combined(weights[place], weight, aggregate)
      }
    }
    let table = try p.constant(
      Tensor(TensorType(p.real, [paths.count, forest.targetCount]), reals: weights))
    guard !tests.isEmpty else {
      return try p.add(
        Broadcast([p.shape(x)[0], forest.targetCount], axes: [1]),
        [p.reshape(table, [forest.targetCount])])
    }
    return try p.matrixProduct(reached(x, in: p), table)
  }

  private func combined(
    _ known: Double, _ weight: Double, _ aggregate: DecisionForest.Aggregate
  ) -> Double {
    switch aggregate {
    case .sum, .average: known + weight
    case .minimum: min(known, weight)
    case .maximum: max(known, weight)
    }
  }

  /// One where a row reaches a leaf, else zero: [rows, leaves].
  private func reached(_ x: Value, in p: ProgramBuilder) throws -> Value {
    var agreement = [Double](repeating: 0, count: tests.count * paths.count)
    var missing = [Double](repeating: 0, count: paths.count)
    for (leaf, path) in paths.enumerated() {
      for (test, isTrue) in path.steps {
        agreement[test * paths.count + leaf] = isTrue ? 1 : -1
        if isTrue { missing[leaf] += 1 }
      }
    }
    let results = try p.convert(outcomes(x, in: p), to: p.real)
    let matrix = try p.constant(
      Tensor(TensorType(p.real, [tests.count, paths.count]), reals: agreement))
    let score = try p.matrixProduct(results, matrix)
    // True steps that agree, less false ones that do not, are as many as the path has true steps.
    let full = try p.add(
      Broadcast(p.shape(score), axes: [1]),
      [p.constant(Tensor(TensorType(p.real, [paths.count]), reals: missing))])
    return try p.convert(p.compare(.equal, score, full), to: p.real)
  }

  /// The results of all tests: booleans [rows, tests].
  private func outcomes(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let width = p.shape(x)[1]
    guard tests.allSatisfy({ $0.feature >= 0 && $0.feature < width }) else {
      throw NetJacError(.shape, "a test reads a feature beyond the \(width) of X")
    }
    let features = try p.gather(x, axis: 1, places: tests.map(\.feature))
    let shape = p.shape(features)
    func row(_ numbers: [Double]) throws -> Value {
      try p.add(
        Broadcast(shape, axes: [1]),
        [p.constant(Tensor(TensorType(p.real, [numbers.count]), reals: numbers))])
    }
    func flags(_ isSet: (DecisionForest.Node) -> Bool) throws -> Value {
      try p.add(
        Broadcast(shape, axes: [1]),
        [
          p.constant(
            Tensor(TensorType(.bool, [tests.count]), integers: tests.map { isSet($0) ? 1 : 0 }))
        ])
    }
    var outcome = try flags { _ in false }
    for kind in DecisionForest.Test.allCases where tests.contains(where: { $0.test == kind }) {
      // Sets take one comparison for each member; NaN, which equals nothing, fills up short ones.
      let rounds = tests.lazy.filter { $0.test == kind }.map(\.values.count).max() ?? 1
      var result = try flags { _ in false }
      for round in 0..<max(rounds, 1) {
        let numbers = tests.map { round < $0.values.count ? $0.values[round] : .nan }
        let holds = try p.compare(kind.comparison, features, row(numbers))
        result = try p.add(BitOperation(.or), [result, holds])
      }
      if kind == .notEqual { result = try p.add(Not(), [result]) }
      outcome = try p.select(flags { $0.test == kind }, result, outcome)
    }
    let isMissing = try p.add(Classify(.isNaN), [features])
    return try p.select(isMissing, flags(\.missingIsTrue), outcome)
  }
}
