import Graph
import Tensors

/// Draws a program of branches and loops that the data decide, in each other: y [n] of x [n]. What is not chosen
/// may be singular: roots and logarithms of negative numbers, divisions by zero.
package struct GuardedProgram {
  private var random: Random
  private let p: ProgramBuilder
  private let element: ElementType
  private let n: Int

  package static func make(seed: UInt64, element: ElementType = .float64) throws -> Program {
    var drawing = GuardedProgram(seed: seed, element)
    let x = try drawing.p.input(TensorType(element, [drawing.n]))
    var y = x
    for _ in 0..<drawing.random.whole(in: 1...3) { y = try drawing.part(y, x, depth: 0) }
    return drawing.p.program(outputs: [y])
  }

  private init(seed: UInt64, _ element: ElementType) {
    random = Random(seed: seed &* 0x9e37_79b9 &+ 3)
    p = ProgramBuilder(real: element)
    self.element = element
    n = [3, 12, 17][random.whole(in: 0...2)]
  }

  /// Work on y that may look at x, too.
  private mutating func part(_ y: Value, _ x: Value, depth: Int) throws -> Value {
    switch random.whole(in: 0...(depth < 3 ? 6 : 3)) {
    case 0, 1: return try layer(y)
    case 2: return try p.add(layer(y), x)
    case 3: return try p.multiply(singular(y), layer(y))
    case 4, 5: return try branch(y, x, depth: depth)
    default: return try loop(y, x, depth: depth)
    }
  }

  private mutating func layer(_ y: Value) throws -> Value {
    let weights = try p.constant(
      random.tensor(TensorType(element, Shape([n, n])), in: -0.6...0.6))
    let product = try p.dot(weights, y, [0, 1], [1], [0])
    switch random.whole(in: 0...3) {
    case 0: return try p.tanh(product)
    case 1: return try p.relu(product)
    case 2: return try p.sine(p.add(product, p.constant(random.tensor(p.type(product)))))
    default: return product
    }
  }

  private mutating func singular(_ y: Value) throws -> Value {
    switch random.whole(in: 0...2) {
    case 0: try p.squareRoot(y)
    case 1: try p.logarithm(y)
    default: try p.reciprocal(p.relu(y))
    }
  }

  private mutating func condition(_ y: Value) throws -> Value {
    let sum = try p.reduceSum(y, over: [0])
    let bound = try p.scalar(random.number(in: -0.5...0.5), like: sum)
    let condition = try p.compare(.less, sum, bound)
    return try random.chance(0.3) ? p.add(Not(), [condition]) : condition
  }

  private func chosen(_ condition: Value, _ a: Value, _ b: Value) throws -> Value {
    try p.select(p.broadcast(condition, to: p.shape(a)), a, b)
  }

  /// As importers let branches see what is around them.
  private func seen(_ x: Value, where condition: Value) throws -> Value {
    try chosen(condition, x, p.detach(x))
  }

  private mutating func branch(_ y: Value, _ x: Value, depth: Int) throws -> Value {
    let condition = try condition(random.chance(0.5) ? y : x)
    var sides: [Value] = []
    for side in try [condition, p.add(Not(), [condition])] {
      sides.append(
        try part(seen(y, where: side), seen(x, where: side), depth: depth + 1))
    }
    return try chosen(condition, sides[0], sides[1])
  }

  private mutating func loop(_ y: Value, _ x: Value, depth: Int) throws -> Value {
    var (carried, isRunning) = (y, try condition(y))
    for _ in 0..<random.whole(in: 1...4) {
      carried = try chosen(isRunning, part(carried, x, depth: depth + 1), carried)
      let goesOn = try condition(carried)
      isRunning = try p.add(
        BitOperation(.and), random.chance(0.5) ? [isRunning, goesOn] : [goesOn, isRunning])
    }
    return carried
  }
}
