import Graph
import Tensors

/// The Hessian of `Σ w[k]·y[k]` as the sum of `J_uᵀ·Q·J_u` over the groups of a program, where u are a
/// group's inputs, J_u is their derivative by x, and Q is the second derivative of the group
/// weighted with the cotangents of its results.
///
/// Needs tangents of the primal values alone, not of cotangents: for a chain of dense layers about
/// half of what the Jacobian of the gradient needs.
struct SymmetricHessian {
  private let program: Program
  private let p: ProgramBuilder
  private let primal: [Value]
  private let isActive: [Bool]
  private let x: Int
  private let y: Int
  private let n: Int
  private let weights: Value

  /// Takes the program's input x [n] and w [m]; gives [n, n]. Nil if the program takes more than x.
  static func program(of program: Program) throws -> Program? {
    guard program.inputs.count == 1, program.outputs.count == 1,
      program.inputTypes[0].element.isReal, program.outputTypes[0].element.isReal
    else { return nil }
    let hessian = try SymmetricHessian(program)
    return try hessian.matrices().map { hessian.p.program(outputs: [$0]) }.min {
      $0.multiplyAdds < $1.multiplyAdds
    }
  }

  private init(_ program: Program) throws {
    self.program = program
    (x, y) = (program.inputs[0].index, program.outputs[0].index)
    n = program.type(program.inputs[0]).count
    p = ProgramBuilder(for: program)
    p.guardsZeros = program.hasSingularSlopes
    let point = try p.input(program.inputTypes[0])
    weights = try p.input(program.outputTypes[0])
    primal = try p.inline(program, [point])
    isActive = try SymmetricHessian.activity(program, primal, ProgramBuilder(copying: p))
  }

  /// The nodes that have a tangent; the builder holds the primal values and is not used any further.
  private static func activity(
    _ program: Program, _ primal: [Value], _ scratch: ProgramBuilder
  ) throws -> [Bool] {
    var linear = Linearisation(program, primal: primal)
    try linear.propagate(
      from: [(program.inputs[0].index, try scratch.placeholder(program.inputTypes[0]))],
      through: program.outputs[0].index, in: scratch)
    return linear.tangents.map { $0 != nil }
  }

  // MARK: - Backwards

  /// What a group adds to tangents and to the Hessian.
  private enum Step {
    case diagonal(GroupwiseHessian.Diagonals, SecondTerms)
    case map(GroupwiseHessian.Maps, arguments: [Value])
  }

  /// The matrix in all ways that may be the cheapest.
  private func matrices() throws -> [Value] {
    let zero = try p.constant(
      Tensor(program.inputTypes[0].with(Shape(checking: [n, n])), fill: 0.0))
    guard isActive[y] else { return [zero] }
    let groups = try SeparableGroups(
      program, from: x, to: y, isActive: isActive, isLinear: isLinear
    ).groups
    let (steps, isCrossed) = try self.steps(groups)
    let necks = HessianNecks(
      groups, from: x, sizes: program.nodes.map(\.type.count),
      costs: zip(groups, steps).map { cost(of: $1, $0) })
    var sums = [try products(groups[...], steps[...], from: x).sum]
    if necks.best.count > 1 {
      sums.append(try products(groups, steps, through: necks.best[...]))
    }
    return try sums.map { sum in
      guard let sum, isCrossed else { return sum ?? zero }
      // Terms that count twice stand on one side of the diagonal only.
      return try p.multiply(p.add(sum, p.transpose(sum, [1, 0])), p.scalar(0.5, like: sum))
    }
  }

  /// Whether an elementwise node has no second derivatives.
  private func isLinear(_ index: Int) throws -> Bool {
    let group = SeparableGroups.Group(
      members: [index],
      inputs: Set(program.nodes[index].operands.map(\.index)).filter { isActive[$0] }.sorted(),
      outputs: [index], isElementwise: true)
    return try !GroupwiseHessian(
      group, of: program, primal: primal,
      cotangents: [index: p.placeholder(program.nodes[index].type)], isActive: isActive, in: p
    ).hasSeconds()
  }

  /// One reverse sweep; nil for groups that y does not depend on.
  private func steps(
    _ groups: [SeparableGroups.Group]
  ) throws -> (steps: [Step?], isCrossed: Bool) {
    var steps = [Step?](repeating: nil, count: groups.count)
    var cotangents = [y: weights]
    var isCrossed = false
    for (place, group) in groups.enumerated().reversed() {
      let results = group.outputs.reduce(into: [Int: Value]()) { $0[$1] = cotangents[$1] }
      guard !results.isEmpty else { continue }
      let derivatives = try GroupwiseHessian(
        group, of: program, primal: primal, cotangents: results, isActive: isActive, in: p)
      let gradients: [Value?]
      if group.isElementwise {
        let diagonals = try derivatives.diagonals(in: p)
        gradients = diagonals.gradients
        let terms = SecondTerms(
          diagonals.seconds, sizes: group.inputs.map { program.nodes[$0].type.count })
        isCrossed = isCrossed || terms.isCrossed
        steps[place] = .diagonal(diagonals, terms)
      } else {
        let maps = try derivatives.maps(in: p)
        gradients = maps.gradients
        isCrossed = isCrossed || maps.isCrossed
        steps[place] = .map(maps, arguments: derivatives.arguments)
      }
      for (input, gradient) in zip(group.inputs, gradients) {
        cotangents[input] = try p.sum(cotangents[input], gradient)
      }
    }
    return (steps, isCrossed)
  }

  // MARK: - Forwards

  /// The derivatives of values by each element of one of them, [count, …].
  private struct Tangents {
    let count: Int
    var rows: [Int: Value]
  }

  /// The sum of the groups' products, each as soon as its tangents are there.
  private func products(
    _ groups: ArraySlice<SeparableGroups.Group>, _ steps: ArraySlice<Step?>, from start: Int
  ) throws -> (sum: Value?, tangents: Tangents) {
    let type = program.nodes[start].type
    var tangents = Tangents(count: type.count, rows: [start: try p.identitySeeds(type)])
    var sum: Value?
    for (group, step) in zip(groups, steps) {
      guard let step else { continue }
      let changes: [Value?]
      switch step {
      case .diagonal(let diagonals, let terms):
        changes = try pushDiagonals(diagonals, terms, of: group, &tangents)
      case .map(let maps, let arguments):
        changes = try pushMaps(maps, arguments, of: group, &tangents)
      }
      for (input, change) in zip(group.inputs, changes) {
        guard let change, let rows = tangents.rows[input] else { continue }
        let product = try p.dot(flat(change), flat(rows), [0, 1], [2, 1], [0, 2])
        sum = try p.sum(sum, product)
      }
    }
    return (sum, tangents)
  }

  private func flat(_ rows: Value) throws -> Value {
    let dims = p.shape(rows).dims
    return try p.reshape(rows, Shape([dims[0], dims.dropFirst().reduce(1, *)]))
  }

  private func scaled(_ rows: Value, by diagonal: Value) throws -> Value {
    try p.scaled(rows, by: p.prependingAxis(diagonal, p.shape(rows)[0]))
  }

  private func pushDiagonals(
    _ diagonals: GroupwiseHessian.Diagonals, _ terms: SecondTerms,
    of group: SeparableGroups.Group, _ tangents: inout Tangents
  ) throws -> [Value?] {
    let inputs = group.inputs.map { tangents.rows[$0] }
    for (output, slopes) in zip(group.outputs, diagonals.slopes) {
      tangents.rows[output] = try zip(inputs, slopes).reduce(Value?.none) { sum, term in
        guard let rows = term.0, let slope = term.1 else { return sum }
        return try p.sum(sum, scaled(rows, by: slope))
      }
    }
    return try zip(terms.rows, diagonals.seconds).map { terms, seconds in
      try terms.reduce(Value?.none) { sum, term in
        guard let rows = inputs[term.column], let second = seconds[term.column] else { return sum }
        let factor =
          try term.isCrossed ? p.multiply(second, p.scalar(2, like: second)) : second
        return try p.sum(sum, scaled(rows, by: factor))
      }
    }
  }

  private func pushMaps(
    _ maps: GroupwiseHessian.Maps, _ arguments: [Value], of group: SeparableGroups.Group,
    _ tangents: inout Tangents
  ) throws -> [Value?] {
    let count = tangents.count
    let seeds = try group.inputs.map { input in
      let type = program.nodes[input].type
      return try tangents.rows[input]
        ?? p.constant(Tensor(type.with(type.shape.prepending(count)), fill: 0.0))
    }
    let added = arguments.map { _ in false } + seeds.map { _ in true }
    let many = try maps.program.vectorised(added: added, size: count)
    let inlined = try p.inline(many, arguments + seeds)
    var results = many.outputs.map { inlined[$0.index] }
    if maps.hasTangent { tangents.rows[group.outputs[0]] = results.removeFirst() }
    var changes = [Value?](repeating: nil, count: group.inputs.count)
    for (place, result) in zip(maps.changed, results) { changes[place] = result }
    return changes
  }

  /// The sum with the groups behind each neck differentiated by the neck, which takes fewer seeds.
  private func products(
    _ groups: [SeparableGroups.Group], _ steps: [Step?],
    through necks: ArraySlice<HessianNecks.Neck>
  ) throws -> Value? {
    guard let neck = necks.first else { return nil }
    guard let next = necks.dropFirst().first else {
      return try products(groups[neck.end...], steps[neck.end...], from: neck.value).sum
    }
    let (sum, tangents) = try products(
      groups[neck.end..<next.end], steps[neck.end..<next.end], from: neck.value)
    guard let inner = try products(groups, steps, through: necks.dropFirst()),
      let rows = try tangents.rows[next.value].map(flat)
    else { return sum }
    let left = try p.dot(rows, inner, [0, 1], [1, 2], [0, 2])
    return try p.sum(sum, p.dot(left, rows, [0, 1], [2, 1], [0, 2]))
  }

  private func cost(of step: Step?, _ group: SeparableGroups.Group) -> HessianNecks.Cost? {
    func size(_ index: Int) -> Int { program.nodes[index].type.count }
    func sum(_ numbers: [Int]) -> Int { numbers.reduce(0) { $0.addingSaturated($1) } }
    switch step {
    case .diagonal(let diagonals, let terms):
      let slopes = zip(group.outputs, diagonals.slopes).map { output, slopes in
        size(output).multipliedSaturated(by: slopes.reduce(0) { $0 + ($1 == nil ? 0 : 1) })
      }
      let changes = zip(group.inputs, terms.rows).map { input, terms in
        size(input).multipliedSaturated(by: terms.count)
      }
      return HessianNecks.Cost(
        push: sum(slopes + changes),
        product: sum(zip(group.inputs, terms.rows).map { $1.isEmpty ? 0 : size($0) }))
    case .map(let maps, let arguments):
      let seeds = Array(maps.program.inputs.dropFirst(arguments.count))
      let isLive = maps.program.dependents(of: seeds)
      return HessianNecks.Cost(
        push: maps.program.multiplyAdds(where: isLive),
        product: sum(maps.changed.map { size(group.inputs[$0]) }))
    case nil: return nil
    }
  }
}
