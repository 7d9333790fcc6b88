import Graph
import Tensors

/// The derivative of one span of a program, as a linear program of its own.
///
/// The program takes the seed (a tangent forwards, a cotangent backwards) and then the residuals:
/// values of the primal that the derivative's coefficients are made of.
struct LinearMap {
  let program: Program
  /// The builder's values to pass for the residual inputs.
  let residuals: [Value]
  /// The program for many seeds, kept from the count of its cost to its use.
  private let many = SeveralSeeds()

  /// Cuts the nodes between `seed` and `result` out of a builder; nil if the result turned out not to
  /// depend on the seed.
  init?(seed: Value, result: Value, in p: ProgramBuilder) throws {
    let linear = ProgramBuilder(like: p)
    var map: [Int: Value] = [seed.index: try linear.input(p.type(seed))]
    var residuals: [Value] = []
    let end = max(result.index, seed.index) + 1
    var isLinear = [Bool](repeating: false, count: end - seed.index)
    isLinear[0] = true
    for index in seed.index..<end where index != seed.index {
      let node = p.node(Value(index: index))
      guard
        node.operands.contains(where: { $0.index >= seed.index && isLinear[$0.index - seed.index] })
      else { continue }
      isLinear[index - seed.index] = true
      let operands = try node.operands.map { operand -> Value in
        if let value = map[operand.index] { return value }
        if p.isKnown(operand) { return try linear.copy(known: operand, from: p, &map) }
        let value = try linear.input(p.type(operand))
        residuals.append(operand)
        map[operand.index] = value
        return value
      }
      linear.origin = node.origin
      map[index] = try linear.add(node.primitive, operands)
    }
    guard let output = map[result.index] else { return nil }
    program = linear.program(outputs: [output])
    self.residuals = residuals
  }

  private init(program: Program, residuals: [Value]) {
    self.program = program
    self.residuals = residuals
  }

  /// The same map in the other direction.
  func transposed() throws -> LinearMap {
    let p = ProgramBuilder(for: program)
    let cotangent = try p.input(program.type(program.outputs[0]))
    let residualInputs = try program.inputs.dropFirst().map { try p.input(program.type($0)) }
    let seed = try p.placeholder(program.type(program.inputs[0]))
    let values = try p.inline(program, [seed] + residualInputs)
    let result = try transpose(
      seeds: [seed], results: [(values[program.outputs[0].index], cotangent)], in: p)[0]
    return LinearMap(
      program: p.program(outputs: [try result ?? p.scalar(0, like: seed)]), residuals: residuals)
  }

  /// Applies the map to many seeds, which stand along the leading axis.
  func apply(to seeds: Value, in p: ProgramBuilder) throws -> Value {
    try apply(to: seeds, residuals, in: p)
  }

  private func apply(to seeds: Value, _ residuals: [Value], in p: ProgramBuilder) throws -> Value {
    let many = try many.program(of: program, seeds: p.shape(seeds)[0])
    return try p.inline(many, [seeds] + residuals)[many.outputs[0].index]
  }

  /// The map's matrix by diagonals, its operand being a line; nil where a node leaves no band, or one
  /// of more than `widest` diagonals.
  func band(widest: Int, in p: ProgramBuilder) throws -> Band? {
    let seed = program.inputs[0]
    let columns = program.type(seed).count
    let parameters = zip(program.inputs.dropFirst(), residuals).map { ($0.index, $1) }
    let residual = Dictionary(uniqueKeysWithValues: parameters)
    let outerOrigin = p.origin
    defer { p.origin = outerOrigin }
    var values: [Band.Operand] = []
    for (index, node) in program.nodes.enumerated() {
      if index == seed.index {
        let ones = try p.constant(Tensor(program.type(seed).with([columns]), fill: 1.0))
        values.append(
          .band(Band(diagonals: [ones], first: 0, length: columns, isZeroOutside: true)))
        continue
      }
      if let residual = residual[index] {
        values.append(.value(residual))
        continue
      }
      p.origin = node.origin
      let operands = node.operands.map { values[$0.index] }
      let known = operands.compactMap { if case .value(let value) = $0 { value } else { nil } }
      if known.count == operands.count {
        values.append(.value(try p.add(node.primitive, known)))
        continue
      }
      guard let primitive = node.primitive as? any BandPreserving,
        let result = try primitive.band(operands, node.type, in: p)
      else { return nil }
      if case .band(let band) = result, !band.isSmall(widest: widest) { return nil }
      values.append(result)
    }
    switch values[program.outputs[0].index] {
    case .band(let band), .flattened(let band): return band
    default: return nil
    }
  }

  /// Whether the map is the same at every point.
  var isConstant: Bool { residuals.isEmpty }

  /// Multiply-adds for one seed.
  var costPerSeed: Int {
    let live = program.dependents(of: [program.inputs[0]])
    return program.multiplyAdds(where: live)
  }

  /// Elements of the largest value that one seed makes.
  var peak: Int {
    let live = program.dependents(of: [program.inputs[0]])
    return program.nodes.indices.reduce(0) {
      live[$1] ? max($0, program.nodes[$1].type.count) : $0
    }
  }

  /// Multiply-adds for the map's matrix: applied to the identity, whose zeros cost nothing. A matrix
  /// beyond the memory limit cannot be had at any cost.
  func costOfIdentity() throws -> Int {
    do {
      return try countedCostOfIdentity()
    } catch let error as NetJacError where error.kind == .memory {
      return .max
    }
  }

  private func countedCostOfIdentity() throws -> Int {
    let p = ProgramBuilder(for: program)
    let arguments = try program.inputs.dropFirst().map { try p.input(program.type($0)) }
    let seeds = try p.identitySeeds(program.type(program.inputs[0]))
    let matrix = try apply(to: seeds, arguments, in: p)
    return p.program(outputs: [matrix]).multiplyAdds
  }
}

/// A linear program for several seeds at once, made when it is first asked for.
private final class SeveralSeeds {
  private var known: (count: Int, program: Program)?

  func program(of linear: Program, seeds count: Int) throws -> Program {
    if let known, known.count == count { return known.program }
    let program = try linear.vectorised(
      added: linear.inputs.indices.map { $0 == 0 }, size: count)
    known = (count, program)
    return program
  }
}

extension ProgramBuilder {
  /// Copies what a known value of another builder is made of; `map` holds what is copied already.
  func copy(
    known value: Value, from other: ProgramBuilder, _ map: inout [Int: Value]
  ) throws -> Value {
    var pending = [value]
    while let next = pending.last {
      let missing = other.node(next).operands.filter { map[$0.index] == nil }
      if missing.isEmpty {
        pending.removeLast()
        let node = other.node(next)
        let operands = node.operands.compactMap { map[$0.index] }
        if map[next.index] == nil { map[next.index] = try add(node.primitive, operands) }
      } else {
        pending.append(contentsOf: missing)
      }
    }
    guard let copy = map[value.index] else {
      throw NetJacError(.defect, "a known value was not copied")
    }
    return copy
  }

  /// One unit seed for each element of a value of the given type, along a new leading axis.
  func identitySeeds(_ type: TensorType) throws -> Value {
    let ones = try constant(Tensor(type.with([type.count]), fill: 1.0))
    return try reshape(add(Diagonal(), [ones]), type.shape.prepending(type.count))
  }
}
