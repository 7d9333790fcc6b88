import Graph
import Tensors

/// Makes the Jacobian of a program's only output, a vector y [m], by its first input, a vector
/// x [n]; further inputs are parameters.
package struct Jacobian {
  private let program: Program
  private let p: ProgramBuilder
  private let primal: [Value]
  private let x: Int
  private let y: Int

  package static func program(of program: Program) throws -> JacobianProgram {
    try self.program(of: program, program.jacobianPattern(entryLimit: patternEntryLimit))
  }

  /// The same; `pattern` is its structure, if it is known.
  static func program(of program: Program, _ pattern: Pattern?) throws -> JacobianProgram {
    let accumulated = try Jacobian(program).accumulated()
    return try compressed(program, pattern, cheaperThan: accumulated)
      ?? accumulated.cleared(outside: pattern)
  }

  /// The same without a look at its structure, for whoever takes what the structure has alone.
  static func accumulated(of program: Program) throws -> JacobianProgram {
    try Jacobian(program).accumulated()
  }

  /// The Jacobian through few seeds, where it is so sparse that this costs less.
  private static func compressed(
    _ program: Program, _ pattern: Pattern?, cheaperThan accumulated: JacobianProgram
  ) throws -> JacobianProgram? {
    let (n, m) = (
      program.type(program.inputs[0]).count, program.type(program.outputs[0]).count
    )
    guard min(n, m) >= 16, program.inputs.count == 1, let pattern,
      let meeting = try program.meetingPattern(pattern, entryLimit: patternEntryLimit)
    else { return nil }
    let colouring = Colouring(meeting, columns: n)
    guard colouring.count > 0, colouring.count <= min(n, m) / 2 else { return nil }
    let structure = try SparseStructure(pattern, columns: n)
    let compressed = try CompressedJacobian.cheapest(of: program, structure, colouring)
    let matrix = try compressed.matrix()
    let cost = matrix.multiplyAdds - program.multiplyAdds
    guard cost < accumulated.cost.chosen else { return nil }
    return JacobianProgram(
      program: matrix, isTransposed: false,
      order: "\(compressed.way.parts) \(n)→\(m)",
      cost: (cost, accumulated.cost.forward, accumulated.cost.reverse))
  }

  /// Finding structure must not take longer than it can save.
  static let patternEntryLimit = 4_000_000

  /// The derivative of y by x as one map, made once for the ways to try on it.
  struct WholeMap {
    private let jacobian: Jacobian
    private let map: LinearMap?

    init(_ program: Program) throws {
      jacobian = try Jacobian(program)
      map = try jacobian.linearMap(from: jacobian.x, to: jacobian.y)
    }

    private var y: Value { jacobian.primal[jacobian.y] }

    /// The product of the Jacobian with each row of a constant matrix of seeds [k, n]: gives y [m]
    /// and [k, m], or with `reverse` the products of seeds [k, m] from the left, [k, n].
    func products(of seeds: Tensor, reverse: Bool) throws -> Program {
      let p = ProgramBuilder(copying: jacobian.p)
      guard let map else {
        let count = seeds.shape[0] * jacobian.n
        let zeros = Shape([seeds.shape[0], reverse ? count / max(seeds.shape[0], 1) : jacobian.m])
        let type = jacobian.program.type(jacobian.program.inputs[0])
        return p.program(outputs: [y, try p.constant(Tensor(type.with(zeros), fill: 0.0))])
      }
      let directed = try reverse ? map.transposed() : map
      return p.program(outputs: [y, try directed.apply(to: p.constant(seeds), in: p)])
    }

    /// The band of y along x, a line, with the builder that holds it and y; nil where a layer leaves
    /// none, or one of more than `widest` diagonals.
    func band(widest: Int) throws -> (band: Band, y: Value, p: ProgramBuilder)? {
      let p = ProgramBuilder(copying: jacobian.p)
      return try map?.band(widest: widest, in: p).map { ($0, y, p) }
    }
  }

  private init(_ program: Program) throws {
    self.program = program
    p = ProgramBuilder(for: program)
    p.guardsZeros = program.hasSingularSlopes
    let arguments = try program.inputs.map { [p] in try p.input(program.type($0)) }
    primal = try p.inline(program, arguments)
    x = program.inputs[0].index
    y = program.outputs[0].index
  }

  private var n: Int { program.nodes[x].type.count }
  private var m: Int { program.nodes[y].type.count }

  private func accumulated() throws -> JacobianProgram {
    let cuts = try self.cuts()
    var maps: [LinearMap] = []
    for (start, end) in zip(cuts, cuts.dropFirst()) {
      guard let map = try linearMap(from: start, to: end) else { return try zero() }
      maps.append(map)
    }
    guard !maps.isEmpty else { return try identity() }
    let transposedMaps = try maps.map { try $0.transposed() }
    let order = try JacobianOrder(
      sizes: cuts.map { program.nodes[$0].type.count },
      maps: zip(maps, transposedMaps).map { map, transposed in
        JacobianOrder.MapCost(
          forwardPerSeed: map.costPerSeed, reversePerSeed: transposed.costPerSeed,
          forwardMatrix: try map.costOfIdentity(),
          reverseMatrix: try transposed.costOfIdentity(),
          forwardPeak: map.peak, reversePeak: transposed.peak, isConstant: map.isConstant)
      }, elementLimit: p.memoryLimit / program.nodes[y].type.element.byteCount,
      // A product of matrices multiplies zeros by whatever stands opposite.
      allowsProducts: !p.guardsZeros)
    let accumulation = Accumulation(
      cuts: cuts.map { program.nodes[$0].type }, maps: maps, transposedMaps: transposedMaps,
      order: order, p: p)
    let matrix = try accumulation.matrix(
      JacobianOrder.Span(start: 0, end: maps.count), preferred: nil)
    let names = cuts.map { "\(program.nodes[$0].type.count)" }
    return JacobianProgram(
      program: p.program(outputs: [primal[y], try matrix.flattened(in: p)]),
      isTransposed: matrix.isForward, order: order.describe(names),
      cost: (order.total, order.forward, order.reverse))
  }

  /// Output and input are not connected by any differentiable path.
  private func zero() throws -> JacobianProgram {
    let type = program.nodes[x].type.with(try Shape(checking: [m, n]))
    return JacobianProgram(
      program: p.program(outputs: [primal[y], try p.constant(Tensor(type, fill: 0.0))]),
      isTransposed: false, order: "zero", cost: (0, 0, 0))
  }

  /// The output is the input.
  private func identity() throws -> JacobianProgram {
    let seeds = try p.identitySeeds(program.nodes[x].type)
    return JacobianProgram(
      program: p.program(outputs: [primal[y], seeds]), isTransposed: false, order: "identity",
      cost: (0, 0, 0))
  }

  private func linearMap(from start: Int, to end: Int) throws -> LinearMap? {
    let seed = try p.placeholder(program.nodes[start].type)
    var linear = Linearisation(program, primal: primal)
    try linear.propagate(from: [(start, seed)], through: end, in: p)
    guard let tangent = linear.tangents[end] else { return nil }
    return try LinearMap(seed: seed, result: tangent, in: p)
  }

  // MARK: - Cuts

  /// The nodes that every differentiable path from x to y passes, from x to y. Of elementwise runs
  /// the first and last are kept.
  private func cuts() throws -> [Int] {
    let scratch = ProgramBuilder(copying: p)
    var linear = Linearisation(program, primal: primal)
    try linear.propagate(
      from: [(x, try scratch.placeholder(program.nodes[x].type))], through: y, in: scratch)
    let tangents = linear.tangents
    var reachesOutput = [Bool](repeating: false, count: program.nodes.count)
    reachesOutput[y] = true
    var lastUse = [Int](repeating: -1, count: program.nodes.count)
    for index in (0...max(x, y)).reversed() where reachesOutput[index] && tangents[index] != nil {
      for operand in program.nodes[index].operands where tangents[operand.index] != nil {
        reachesOutput[operand.index] = true
        lastUse[operand.index] = max(lastUse[operand.index], index)
      }
    }
    var cuts: [Int] = []
    var pendingUse = x
    guard y >= x else { return [x, y] }
    for index in x...y where reachesOutput[index] && tangents[index] != nil {
      if pendingUse <= index { cuts.append(index) }
      pendingUse = max(pendingUse, lastUse[index])
    }
    guard cuts.first == x, cuts.last == y else { return x == y ? [x] : [x, y] }
    return thinned(cuts)
  }

  private func thinned(_ cuts: [Int]) -> [Int] {
    // The number of nodes up to each one that do more than elementwise work.
    var steps = 0
    let stepsThrough = program.nodes.map { node in
      let isStep =
        !(node.primitive is any Elementwise)
        && node.primitive.multiplyAdds(node.operands.map(program.type), node.type) > 0
      if isStep { steps += 1 }
      return steps
    }
    // Whether only elementwise work lies between two cuts.
    let isRun = { (a: Int, b: Int) in
      program.nodes[a].type.count == program.nodes[b].type.count
        && stepsThrough[a] == stepsThrough[b]
    }
    var kept = [cuts[0]]
    for index in cuts.dropFirst() {
      // At either end a run belongs to its neighbour, where unit seeds stay diagonal through it.
      if isRun(x, index), index != y { continue }
      if index == y {
        while kept.count > 1, isRun(kept[kept.count - 1], index) { kept.removeLast() }
      } else if kept.count > 1, isRun(kept[kept.count - 2], index) {
        kept.removeLast()
      }
      kept.append(index)
    }
    guard kept.count > Jacobian.cutLimit else { return kept }
    let inner = kept.dropFirst().dropLast().sorted {
      program.nodes[$0].type.count < program.nodes[$1].type.count
    }
    return [x] + inner.prefix(Jacobian.cutLimit).sorted() + [y]
  }

  /// The dynamic programme is cubic in the number of cuts.
  private static let cutLimit = 64
}

/// Builds the matrices that an order asks for.
private struct Accumulation {
  struct Matrix {
    /// [seeds, …] with a seed for each column (forward) or row (reverse) of the span's Jacobian.
    let value: Value
    let isForward: Bool

    /// As [seeds, elements].
    func flattened(in p: ProgramBuilder) throws -> Value {
      let shape = p.shape(value)
      return try p.reshape(value, Shape([shape[0], shape.dims.dropFirst().reduce(1, *)]))
    }
  }

  let cuts: [TensorType]
  let maps: [LinearMap]
  let transposedMaps: [LinearMap]
  let order: JacobianOrder
  let p: ProgramBuilder

  func matrix(_ span: JacobianOrder.Span, preferred: Bool?) throws -> Matrix {
    switch order.steps[span] {
    case .matrix(let isForward):
      let map = isForward ? maps[span.start] : transposedMaps[span.start]
      let seeds = try p.identitySeeds(cuts[isForward ? span.start : span.end])
      return Matrix(value: try map.apply(to: seeds, in: p), isForward: isForward)
    case .push:
      let rest = try matrix(.init(start: span.start, end: span.end - 1), preferred: true)
      let columns = try turned(rest, forward: true, like: cuts[span.end - 1])
      return Matrix(value: try maps[span.end - 1].apply(to: columns, in: p), isForward: true)
    case .pull:
      let rest = try matrix(.init(start: span.start + 1, end: span.end), preferred: false)
      let rows = try turned(rest, forward: false, like: cuts[span.start + 1])
      return Matrix(value: try transposedMaps[span.start].apply(to: rows, in: p), isForward: false)
    case .product(let cut):
      let before = try matrix(.init(start: span.start, end: cut), preferred: nil)
      let after = try matrix(.init(start: cut, end: span.end), preferred: nil)
      let isForward = preferred ?? false
      // Labels: 0 the span's input, 1 the cut, 2 the span's output.
      let product = try p.dot(
        after.flattened(in: p), before.flattened(in: p), after.isForward ? [1, 2] : [2, 1],
        before.isForward ? [0, 1] : [1, 0], isForward ? [0, 2] : [2, 0])
      return Matrix(value: product, isForward: isForward)
    case nil:
      throw NetJacError(.defect, "no accumulation order for cuts \(span.start) to \(span.end)")
    }
  }

  private func turned(_ matrix: Matrix, forward: Bool, like type: TensorType) throws -> Value {
    let flat = try matrix.flattened(in: p)
    let rows = try matrix.isForward == forward ? flat : p.transpose(flat, [1, 0])
    return try p.reshape(rows, type.shape.prepending(p.shape(rows)[0]))
  }
}
