import Graph
import Tensors

/// Forward mode: the tangents of a program's values, as further nodes of the builder that holds
/// its primal values.
struct Linearisation {
  let program: Program
  /// The builder's value for each node of the program.
  let primal: [Value]
  /// The tangent of each node; nil is known to be zero.
  private(set) var tangents: [Value?]

  init(_ program: Program, primal: [Value]) {
    self.program = program
    self.primal = primal
    tangents = [Value?](repeating: nil, count: program.nodes.count)
  }

  /// Pushes tangents from the given nodes through all nodes up to and with `last`, or those of them that are needed.
  mutating func propagate(
    from seeds: [(node: Int, tangent: Value)], through last: Int, needed: [Bool]? = nil,
    in p: ProgramBuilder
  ) throws {
    guard let first = seeds.map(\.node).min(), first <= last else { return }
    for seed in seeds { tangents[seed.node] = seed.tangent }
    let seeded = Set(seeds.map(\.node))
    let outerOrigin = p.origin
    defer { p.origin = outerOrigin }
    for index in first..<(last + 1) where !seeded.contains(index) && needed?[index] != false {
      let node = program.nodes[index]
      guard node.type.element.isReal else { continue }
      let dx = node.operands.map { tangents[$0.index] }
      guard dx.contains(where: { $0 != nil }) else { continue }
      p.origin = node.origin
      tangents[index] = try node.primitive.linearise(
        dx, at: node.operands.map { primal[$0.index] }, primal[index], in: p)
    }
  }
}

extension Program {
  /// Where real inputs stand among the inputs: those that carry derivatives.
  package var realInputs: [Int] { inputs.indices.filter { type(inputs[$0]).element.isReal } }

  /// The Jacobian-vector product: takes the inputs, then a tangent for each real input; gives the
  /// outputs, then the tangent of each output (zero for whole numbers, as a real).
  package func jvp() throws -> Program {
    let p = ProgramBuilder(for: self)
    p.guardsZeros = hasSingularSlopes
    let x = try inputs.map { try p.input(type($0)) }
    let primal = try p.inline(self, x)
    let seeds = try realInputs.map { k in
      (node: inputs[k].index, tangent: try p.input(type(inputs[k])))
    }
    var linear = Linearisation(self, primal: primal)
    try linear.propagate(from: seeds, through: nodes.count - 1, in: p)
    let products = try outputs.map { output in
      try linear.tangents[output.index] ?? p.constant(Tensor(type(output).realType, fill: 0.0))
    }
    return p.program(outputs: outputs.map { primal[$0.index] } + products)
  }

  /// The vector-Jacobian product: takes the inputs, then a cotangent for each output; gives the
  /// outputs, then the cotangent of each real input.
  package func vjp() throws -> Program {
    let p = ProgramBuilder(for: self)
    p.guardsZeros = hasSingularSlopes
    let x = try inputs.map { try p.input(type($0)) }
    let primal = try p.inline(self, x)
    let cotangents = try outputs.map { try p.input(type($0).realType) }
    let seeds = try realInputs.map { k in
      (node: inputs[k].index, tangent: try p.placeholder(type(inputs[k])))
    }
    var linear = Linearisation(self, primal: primal)
    try linear.propagate(from: seeds, through: nodes.count - 1, in: p)
    let pulled = try transpose(
      seeds: seeds.map(\.tangent),
      results: zip(outputs, cotangents).compactMap { output, cotangent in
        linear.tangents[output.index].map { ($0, cotangent) }
      }, in: p)
    let products = try zip(pulled, seeds).map { try $0 ?? p.scalar(0, like: $1.tangent) }
    return p.program(outputs: outputs.map { primal[$0.index] } + products)
  }
}

extension TensorType {
  /// The type of derivatives: the type itself if it is real.
  var realType: TensorType { element.isReal ? self : with(.float64) }
}

/// Reverse mode: the cotangents of `seeds`, given those of values that depend on them linearly.
///
/// The linear nodes themselves drop out of the finished program, since nothing uses them any more.
func transpose(
  seeds: [Value], results: [(value: Value, cotangent: Value)], in p: ProgramBuilder
) throws -> [Value?] {
  guard let first = seeds.map(\.index).min() else { return [] }
  let end = p.nodes.count
  var isLinear = [Bool](repeating: false, count: end - first)
  for seed in seeds { isLinear[seed.index - first] = true }
  for index in first..<end where !isLinear[index - first] {
    isLinear[index - first] = p.node(Value(index: index)).operands.contains {
      $0.index >= first && isLinear[$0.index - first]
    }
  }
  // Of a part that does not count, no cotangent does. Said where they leave it, so that it can be skipped, too.
  let guards = Guards(
    p.nodes, from: first, where: { isLinear[$0 - first] }, outputs: results.map(\.value),
    samples: 1)
  var cotangents = Cotangents(first: first, isLinear: isLinear, p)
  for (value, cotangent) in results { try cotangents.add(cotangent, to: value) }
  let isSeed = Set(seeds.map(\.index))
  let outerOrigin = p.origin
  defer { p.origin = outerOrigin }
  for index in (first..<end).reversed() where isLinear[index - first] && !isSeed.contains(index) {
    let node = p.node(Value(index: index))
    p.origin = node.origin
    if let yBar = try cotangents.take(index) {
      let linear = node.operands.map { $0.index >= first && isLinear[$0.index - first] }
      let xBars = try node.primitive.transpose(yBar, linear: linear, node.operands, in: p)
      for (place, operand) in node.operands.enumerated() where linear[place] {
        guard let xBar = xBars[place] else { continue }
        let left = try guards.parts(of: index, outside: operand.index).reduce(xBar) {
          try p.zeroed($0, outside: $1)
        }
        try cotangents.add(left, to: operand)
      }
    }
    for operand in node.operands { try cotangents.notePassed(operand) }
  }
  return try seeds.map { try cotangents.take($0.index) }
}

/// The cotangents of linear values, summed as they come; those of parts of one array are joined when
/// the last one is there.
private struct Cotangents {
  private let p: ProgramBuilder
  private let first: Int
  private let isLinear: [Bool]
  private var values: [Value?]
  private var joined: [Int: JoinedSum] = [:]
  /// How many uses of a value may still bring a cotangent.
  private var usesLeft: [Int]

  /// `isLinear` tells of each of the builder's nodes from `first` on whether it has a cotangent.
  init(first: Int, isLinear: [Bool], _ p: ProgramBuilder) {
    self.first = first
    self.isLinear = isLinear
    self.p = p
    values = [Value?](repeating: nil, count: isLinear.count)
    usesLeft = [Int](repeating: 0, count: isLinear.count)
    for place in isLinear.indices where isLinear[place] {
      for operand in p.node(Value(index: first + place)).operands where operand.index >= first {
        usesLeft[operand.index - first] += 1
      }
    }
  }

  mutating func add(_ cotangent: Value, to value: Value) throws {
    let place = value.index - first
    guard place >= 0, isLinear[place] else { return }
    if var sum = joined.removeValue(forKey: place) {
      if sum.add(cotangent, in: p) {
        joined[place] = sum
        return
      }
      values[place] = try sum.value(in: p)
    }
    if let known = values[place], let sum = JoinedSum(known, cotangent, in: p) {
      joined[place] = sum
    } else {
      values[place] = try p.sum(values[place], cotangent)
    }
  }

  /// Notes that one use of a value has brought what it brings.
  mutating func notePassed(_ value: Value) throws {
    let place = value.index - first
    guard place >= 0 else { return }
    usesLeft[place] -= 1
    if usesLeft[place] == 0 { try finish(place) }
  }

  /// The whole cotangent of a value, which is held no longer.
  mutating func take(_ index: Int) throws -> Value? {
    try finish(index - first)
    defer { values[index - first] = nil }
    return values[index - first]
  }

  private mutating func finish(_ place: Int) throws {
    if let sum = joined.removeValue(forKey: place) { values[place] = try sum.value(in: p) }
  }
}
