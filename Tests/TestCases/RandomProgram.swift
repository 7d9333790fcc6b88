import Graph
import Tensors

/// Draws a program of one vector input and one vector output from the registry: chains and graphs of
/// elementwise work, products, reductions, movements, windows and residual connections. Nodes are
/// put in as they are, without any simplification.
package struct RandomProgram {
  private var random: Random
  private var nodes: [Node] = []
  /// Real values that later steps may use.
  private var pool: [Value] = []
  private let element: ElementType
  private static let countLimit = 24

  package static func make(
    seed: UInt64, element: ElementType = .float64, inputs n: Int? = nil
  ) throws -> Program {
    var drawing = RandomProgram(seed: seed, element: element)
    return try drawing.program(n ?? drawing.random.whole(in: 2...6))
  }

  private init(seed: UInt64, element: ElementType) {
    random = Random(seed: seed &* 0x9e37_79b9 &+ 77)
    self.element = element
  }

  private mutating func program(_ n: Int) throws -> Program {
    let type = TensorType(element, [n])
    nodes = [Node(primitive: Input(position: 0, declared: type), operands: [], type: type)]
    pool = [Value(index: 0)]
    // A chain forgets what came before now and then, so that all paths pass one value.
    let forgetting = random.chance(0.5) ? 0.3 : 0
    for _ in 0..<random.whole(in: 3...14) {
      let y = try step()
      guard self.type(y).count <= RandomProgram.countLimit, self.type(y).rank <= 4 else { continue }
      if random.chance(forgetting) { pool = [] }
      pool.append(y)
    }
    var y = try flat(pool[pool.count - 1])
    if random.chance(0.3) { y = try add(Concatenate(axis: 0), [y, flat(any())]) }
    let count = min(self.type(y).count, 10)
    y = try add(Slice(starts: [0], sizes: [count]), [y])
    return Program(nodes: nodes, inputs: [Value(index: 0)], outputs: [y])
  }

  // MARK: - Nodes

  private func type(_ value: Value) -> TensorType { nodes[value.index].type }
  private func dims(_ value: Value) -> [Int] { nodes[value.index].type.dims }

  private mutating func add(_ primitive: some Primitive, _ operands: [Value]) throws -> Value {
    nodes.append(
      Node(
        primitive: primitive, operands: operands, type: try primitive.type(of: operands.map(type))))
    return Value(index: nodes.count - 1)
  }

  private mutating func constant(_ tensor: Tensor) throws -> Value { try add(Constant(tensor), []) }

  private mutating func constant(_ fill: Double, like x: Value) throws -> Value {
    try constant(Tensor(type(x), fill: fill))
  }

  private mutating func weights(_ dims: [Int]) throws -> Value {
    try constant(random.tensor(TensorType(element, Shape(dims))))
  }

  private mutating func flat(_ x: Value) throws -> Value {
    try add(Reshape([type(x).count]), [x])
  }

  /// A value to go on with, more often than not the newest.
  private mutating func any() -> Value {
    pool[random.chance(0.6) ? pool.count - 1 : random.whole(in: 0...pool.count - 1)]
  }

  /// Another value of the same shape, if there is one, else weights.
  private mutating func partner(of x: Value) throws -> Value {
    let fitting = pool.filter { dims($0) == dims(x) }
    guard let first = fitting.first, random.chance(0.8) else { return try weights(dims(x)) }
    return random.chance(0.5) ? first : fitting[fitting.count - 1]
  }

  /// The value brought smoothly into a range.
  private mutating func squeezed(_ x: Value, into range: ClosedRange<Double>) throws -> Value {
    let share = try add(Sigmoid(), [x])
    let width = try constant(range.upperBound - range.lowerBound, like: x)
    return try add(Add(), [add(Multiply(), [share, width]), constant(range.lowerBound, like: x)])
  }

  // MARK: - Steps

  private mutating func step() throws -> Value {
    let x = any()
    switch random.whole(in: 0...11) {
    case 0...2: return try elementwise(x)
    case 3: return try combined(x)
    case 4...5: return try product(x)
    case 6: return try reduced(x)
    case 7...9: return try moved(x)
    case 10: return try picked(x)
    default: return try windowed(x)
    }
  }

  private static let elementwise = PrimitiveCase.real.filter {
    $0.primitive is any Elementwise && !($0.primitive is Convert)
  }

  /// Any elementwise primitive of the registry, on operands in the range of its samples.
  private mutating func elementwise(_ x: Value) throws -> Value {
    let testCase = RandomProgram.elementwise[
      random.whole(in: 0...RandomProgram.elementwise.count - 1)]
    var operands: [Value] = []
    for operand in testCase.operands {
      let source = try operands.isEmpty ? x : partner(of: x)
      if operand.type.element.isReal {
        operands.append(try squeezed(source, into: operand.range))
      } else {
        operands.append(try add(Compare(.less), [source, weights(dims(x))]))
      }
    }
    let y = try add(testCase.primitive, operands)
    return type(y).element.isReal ? y : try add(Convert(element), [y])
  }

  /// Sums, differences, products and choices of values of equal shape; some of them trivial.
  private mutating func combined(_ x: Value) throws -> Value {
    let other = try partner(of: x)
    switch random.whole(in: 0...6) {
    case 0: return try add(Add(), [x, other])
    case 1: return try add(Subtract(), [other, x])
    case 2: return try add(Multiply(), [x, other])
    case 3: return try add(Select(), [add(Compare(.greater), [x, other]), x, other])
    case 4:
      let trivial = try constant([0, 1, -1, 2][random.whole(in: 0...3)], like: x)
      return try random.chance(0.5)
        ? add(Multiply(), [trivial, x]) : add(Subtract(), [trivial, x])
    case 5: return try add(Divide(), [x, squeezed(other, into: 1...2)])
    default: return try add(Extreme(.maximum), [x, other])
    }
  }

  /// A product over some axes with weights, or with a value over axes of equal length.
  private mutating func product(_ x: Value) throws -> Value {
    let aDims = dims(x)
    let b: Value
    if random.chance(0.6) || aDims.isEmpty {
      let shared =
        aDims.isEmpty || random.chance(0.2) ? [] : [aDims[random.whole(in: 0...aDims.count - 1)]]
      b = try weights(shared + [random.whole(in: 1...4)])
    } else {
      b = any()
    }
    let a = Array(0..<aDims.count)
    var labels = (0..<dims(b).count).map { aDims.count + $0 }
    for (axis, dim) in dims(b).enumerated() {
      let free = a.filter { aDims[$0] == dim && !labels.contains($0) }
      if let match = free.last, random.chance(0.8) { labels[axis] = match }
    }
    // A shared label is summed over or kept as a batch axis; all others are kept.
    let y = (a + labels.filter { $0 >= aDims.count }).filter {
      !labels.contains($0) || !a.contains($0) || random.chance(0.4)
    }
    let order = y.shuffled(using: &random)
    return try random.chance(0.5)
      ? add(Dot(a, labels, order), [x, b]) : add(Dot(labels, a, order), [b, x])
  }

  private mutating func reduced(_ x: Value) throws -> Value {
    let axes = dims(x).indices.filter { _ in random.chance(0.5) }
    guard let axis = dims(x).indices.randomElement(using: &random) else {
      return try add(Negate(), [x])
    }
    switch random.whole(in: 0...3) {
    case 0, 1: return try add(ReduceSum(axes), [x])
    case 2: return try add(ReduceExtreme(random.chance(0.5) ? .maximum : .minimum, axes), [x])
    default:
      return try add(
        CumulativeSum(axis: axis, exclusive: random.chance(0.5), reverse: random.chance(0.5)), [x])
    }
  }

  private mutating func moved(_ x: Value) throws -> Value {
    let dims = dims(x)
    let axes = Array(dims.indices)
    switch random.whole(in: 0...7) {
    case 0: return try add(Transpose(axes.shuffled(using: &random)), [x])
    case 1: return try add(Reverse(axes.filter { _ in random.chance(0.5) }), [x])
    case 2:
      let sizes = dims.map { $0 == 0 ? 0 : random.whole(in: 1...$0) }
      let steps = sizes.indices.map { sizes[$0] > 1 && (sizes[$0] - 1) * 2 < dims[$0] ? 2 : 1 }
      let starts = axes.map {
        random.whole(in: 0...max(0, dims[$0] - (max(sizes[$0], 1) - 1) * steps[$0] - 1))
      }
      return try add(Slice(starts: starts, sizes: sizes, steps: steps), [x])
    case 3:
      let low = dims.map { random.whole(in: max(-1, -$0 + 1)...1) }
      let high = dims.indices.map { random.whole(in: (dims[$0] + low[$0] > 1 ? -1 : 0)...1) }
      return try add(
        Pad(low: low, high: high, interior: dims.map { _ in random.chance(0.2) ? 1 : 0 }), [x])
    case 4:
      let place = random.whole(in: 0...dims.count)
      var shape = dims
      shape.insert(random.whole(in: 1...3), at: place)
      return try add(Broadcast(Shape(shape), axes: shape.indices.filter { $0 != place }), [x])
    case 5: return try reshaped(x)
    case 6:
      guard let axis = axes.randomElement(using: &random) else { return try reshaped(x) }
      return try add(Concatenate(axis: axis), [x, partner(of: x)])
    default:
      guard let last = dims.last, last <= 5 else { return try flat(x) }
      let matrix = try add(Diagonal(), [x])
      // Diagonal matrices have simplifications of their own; give them something to do.
      switch random.whole(in: 0...3) {
      case 0: return try add(DiagonalPart(), [add(Multiply(), [matrix, weights(dims + [last])])])
      case 1: return try add(Divide(), [matrix, squeezed(weights(dims + [last]), into: 1...2)])
      case 2 where dims.count == 1:
        return try add(Dot([0, 1], [1, 2], [2, 0]), [matrix, weights([last, 2])])
      default: return try add(Add(), [matrix, add(Negate(), [matrix])])
      }
    }
  }

  private mutating func reshaped(_ x: Value) throws -> Value {
    let count = type(x).count
    let divisors = (1...max(count, 1)).filter { count % $0 == 0 }
    let first = divisors[random.whole(in: 0...divisors.count - 1)]
    return try add(
      Reshape(Shape(random.chance(0.3) ? [first, 1, count / first] : [first, count / first])), [x])
  }

  private mutating func picked(_ x: Value) throws -> Value {
    guard let length = dims(x).first else { return try flat(x) }
    if random.chance(0.2) {
      let line = try flat(x)
      return try add(Gather(), [line, add(SortOrder(descending: random.chance(0.5)), [line])])
    }
    let count = random.whole(in: 1...4)
    // One beyond the end picks zero.
    let places = try constant(
      Tensor.integers((0..<count).map { _ in Int64(random.whole(in: 0...length)) }))
    if random.chance(0.5) { return try add(Gather(), [x, places]) }
    let rows = try add(Gather(), [x, places])
    return try add(ScatterAdd(length: random.whole(in: 1...4)), [rows, places])
  }

  private mutating func windowed(_ x: Value) throws -> Value {
    guard let length = dims(x).last, length > 0 else { return try flat(x) }
    let window = WindowAxis(
      size: random.whole(in: 1...3), stride: random.whole(in: 1...2),
      dilation: random.whole(in: 1...2), low: random.whole(in: 0...1),
      count: random.whole(in: 1...length))
    let windows = try add(Window([window]), [x])
    switch random.whole(in: 0...2) {
    case 0: return try add(ReduceSum([dims(windows).count - 2]), [windows])
    case 1: return try add(Fold([window], spatial: [length]), [windows])
    default: return try add(ReduceExtreme(.maximum, [dims(windows).count - 2]), [windows])
    }
  }
}
