import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// A sample's results are the same bits alone and in a tile of any length, whatever the program.
@Suite("Bits of a sample")
struct SampleBitsTests {
  @Test(
    "a sample of a random program is the same alone and in tiles",
    arguments: [ElementType.float64, .float32])
  func randomPrograms(_ element: ElementType) throws {
    for seed in 0..<UInt64(120) {
      // As networks are: what does not depend on the input is known.
      let program = try folded(RandomProgram.make(seed: seed, element: element))
      try expectSameBits(tasks(program), seed)
    }
  }

  @Test(
    "a sample of a chain of products is the same alone and in tiles",
    arguments: [ElementType.float64, .float32])
  func products(_ element: ElementType) throws {
    for seed in 0..<UInt64(100) {
      try expectSameBits(tasks(ProductChain.make(seed: seed, element)), seed)
    }
  }

  private func folded(_ program: Program) throws -> Program {
    let p = ProgramBuilder(for: program)
    return p.program(outputs: try p.inline(program, program.inputTypes.map { try p.input($0) }))
  }

  private func tasks(_ program: Program) throws -> [(String, Program)] {
    [
      ("forward", program), ("jacobian", try Jacobian.program(of: program).program),
      ("vjp", try program.weightedGradient()), ("hvp", try program.hessianProduct()),
    ]
  }

  private func expectSameBits(_ tasks: [(String, Program)], _ seed: UInt64) throws {
    for (name, program) in tasks {
      // Every set in turn with every length.
      let sets = InstructionSet.available
      for (place, length) in [4, 8, 64].enumerated() {
        let set = sets[(place + Int(seed)) % sets.count]
        try set.use {
          if let difference = try differenceOfSamples(program, length, allowsNaN: true) {
            Issue.record("seed \(seed), \(name), \(length) samples, \(set): \(difference)")
          }
        }
      }
    }
  }
}

/// Layers of any arrangement: matrices of weights on either side, turned results, sums of products, windows.
private struct ProductChain {
  private var random: Random
  private let element: ElementType
  private let p = ProgramBuilder()

  static func make(seed: UInt64, _ element: ElementType) throws -> Program {
    var chain = ProductChain(random: Random(seed: seed &* 31 &+ 7), element: element)
    return try chain.program()
  }

  private static let lengths = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 25, 33, 40, 65, 130]

  private mutating func length(below limit: Int = .max) -> Int {
    let fitting = ProductChain.lengths.filter { $0 <= limit }
    return fitting[random.whole(in: 0...fitting.count - 1)]
  }

  private mutating func program() throws -> Program {
    var shape = [length(), length(below: 9)]
    if random.chance(0.3) { shape.insert(length(below: 3), at: random.whole(in: 0...2)) }
    if random.chance(0.3) { shape = [length()] }
    let x = try p.input(TensorType(element, [shape.reduce(1, *)]))
    var y = try p.reshape(x, Shape(shape))
    for _ in 0..<random.whole(in: 1...4) {
      var next = try layer(y)
      let other = try random.chance(0.3) ? layer(y, result: next) : nil
      if let other { next = try p.add(next, other) }
      if random.chance(0.5) { next = try p.add(next, bias(p.shape(next))) }
      switch random.whole(in: 0...3) {
      case 0: next = try p.relu(next)
      case 1: next = try p.tanh(next)
      case 2: next = try p.multiply(next, next)
      default: break
      }
      y = next
    }
    let count = p.shape(y).dims.reduce(1, *)
    y = try p.reshape(y, [count])
    if count > 12 {
      let last = try p.constant(random.tensor(TensorType(element, [3, count])))
      y = try p.dot(last, y, [0, 1], [1], [0])
    }
    return p.program(outputs: [y])
  }

  /// A row for the last axis, or one for another axis.
  private mutating func bias(_ shape: Shape) throws -> Value {
    guard shape.rank > 0 else { return try p.constant(random.tensor(TensorType(element, shape))) }
    let axis = random.chance(0.6) ? shape.rank - 1 : random.whole(in: 0...shape.rank - 1)
    let row = try p.constant(random.tensor(TensorType(element, [shape[axis]])))
    return try p.add(Broadcast(shape, axes: [axis]), [row])
  }

  /// A product over one axis or two with weights, or with the value itself; of a given result's shape.
  private mutating func layer(_ y: Value, result: Value? = nil) throws -> Value {
    let shape = p.shape(y)
    let labels = Array(0..<shape.rank)
    if result == nil, shape.rank == 2, random.chance(0.2) {
      return try p.dot(y, y, [0, 1], [2, 1], random.chance(0.5) ? [0, 2] : [2, 0])
    }
    if result == nil, shape.rank == 2, random.chance(0.2), shape[1] >= 4 {
      let size = random.whole(in: 1...3)
      let windows = try p.add(Window([WindowAxis(size: size, count: shape[1] - size + 1)]), [y])
      let kernel = try p.constant(
        random.tensor(TensorType(element, Shape([length(below: 9), shape[0], size]))))
      return try p.dot(
        kernel, windows, [0, 1, 2], [1, 2, 3], random.chance(0.7) ? [0, 3] : [3, 0])
    }
    if let result {
      // All of y to all of the result: one large matrix.
      let target = p.shape(result)
      guard shape.dims.reduce(1, *) * target.dims.reduce(1, *) <= 1 << 14 else { return result }
      let kept = (0..<target.rank).map { shape.rank + $0 }
      let weights = try p.constant(
        random.tensor(TensorType(element, Shape(shape.dims + target.dims))))
      return try p.dot(y, weights, labels, labels + kept, kept)
    }
    var summed = Set(labels.filter { _ in random.chance(0.5) })
    if summed.isEmpty, let last = labels.last { summed = [last] }
    var weightLabels = summed.sorted() + [shape.rank]
    if random.chance(0.5) { weightLabels.shuffle(using: &random) }
    let new = length(below: 40)
    let dims = weightLabels.map { $0 < shape.rank ? shape[$0] : new }
    guard dims.reduce(1, *) <= 1 << 14 else { return y }
    var kept = labels.filter { !summed.contains($0) } + [shape.rank]
    if random.chance(0.4) { kept.shuffle(using: &random) }
    guard kept.reduce(1, { $0 * ($1 < shape.rank ? shape[$1] : new) }) <= 400 else { return y }
    let weights = try p.constant(random.tensor(TensorType(element, Shape(dims))))
    return try random.chance(0.5)
      ? p.dot(y, weights, labels, weightLabels, kept)
      : p.dot(weights, y, weightLabels, labels, kept)
  }
}
