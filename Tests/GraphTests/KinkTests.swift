import Graph
import Tensors
import TestCases
import Testing

@Suite struct KinkTests {
  /// The distance that a primitive states for operands, as numbers.
  private func distances(_ primitive: some Primitive, _ x: [Tensor]) throws -> [Double]? {
    let p = ProgramBuilder()
    let values = try x.map { try p.input($0.type) }
    let y = try p.add(primitive, values)
    guard let distance = try primitive.kinkDistance(values, y, in: p) else { return nil }
    return try p.program(outputs: [distance]).evaluate(x)[0].reals
  }

  private func vector(_ values: Double...) -> Tensor {
    Tensor(TensorType(.float64, [values.count]), reals: values)
  }

  private static let equality = Compare(.equal)

  @Test("Whatever has a kink says how far it is", arguments: PrimitiveCase.all)
  func complete(_ testCase: PrimitiveCase) throws {
    guard testCase.operands.allSatisfy({ $0.type.element.isReal && $0.type.count > 1 }),
      testCase.primitive as? Compare != Self.equality
    else { return }
    var random = Random(seed: 4)
    let distances = try distances(testCase.primitive, testCase.arguments(&random))
    #expect((distances != nil) == (testCase.primitive.kink != nil))
    #expect(distances?.allSatisfy { !($0 < 0) } ?? true)
  }

  /// The values of a primitive at `x + t·direction`, in which only real operands move.
  private func line(
    _ testCase: PrimitiveCase, _ x: [Tensor], _ direction: [[Double]], _ t: Double
  ) throws -> [Double] {
    let moved = zip(x, direction).map { tensor, direction in
      guard tensor.type.element.isReal else { return tensor }
      return Tensor(tensor.type, reals: zip(tensor.reals, direction).map { $0 + t * $1 })
    }
    let y = try testCase.primitive.evaluate(moved, testCase.resultType)
    return y.type.element.isReal ? y.reals : y.integers.map(Double.init)
  }

  /// Whether the slopes of a function on both sides of a point differ, as far as numbers tell: each
  /// must be known (two steps of different length agree on it), since singular points are no kinks.
  private func hasKink(_ f: (Double) throws -> Double) rethrows -> Bool {
    let middle = try f(0)
    func slope(_ step: Double) throws -> Double { try (f(step) - middle) / step }
    let (right, rightNear) = (try slope(1e-4), try slope(1e-5))
    let (left, leftNear) = (try slope(-1e-4), try slope(-1e-5))
    guard [middle, right, rightNear, left, leftNear].allSatisfy(\.isFinite) else { return false }
    let size = max(1, abs(right), abs(left))
    // A jump has slopes that grow as the step shrinks, and values that do not.
    let jumps = try [1e-5, -1e-5].contains { try abs(f($0) - middle) > 0.01 * max(1, abs(middle)) }
    if jumps { return abs(rightNear) < 1e-2 * size || abs(leftNear) < 1e-2 * size }
    guard abs(right - rightNear) < 1e-2 * size, abs(left - leftNear) < 1e-2 * size else {
      return false
    }
    return abs(right - left) > 0.05 * size
  }

  @Test("Whatever says it is smooth has equal slopes on both sides", arguments: PrimitiveCase.real)
  func smoothness(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 7)
    var found = false
    // Kinks lie where elements are equal, or at numbers that functions treat apart.
    for number in [0, 0.5, 1, -1, 2, -3] as [Double?] + [nil, nil] {
      let drawn = testCase.arguments(&random)
      let x = zip(drawn, testCase.operands).map { tensor, operand in
        guard let number, tensor.type.element.isReal, operand.values == nil else { return tensor }
        return Tensor(tensor.type, reals: tensor.reals.map { _ in number })
      }
      let direction = x.map { random.tensor($0.type.with(.float64), in: -1...1).reals }
      for element in 0..<(try line(testCase, x, direction, 0).count) where !found {
        found = try hasKink { try line(testCase, x, direction, $0)[element] }
      }
    }
    #expect(!found || testCase.primitive.kink != nil, "it has a kink and does not say so")
    if testCase.primitive is Relu || testCase.primitive is Floor || testCase.primitive is Extreme {
      #expect(found, "the search finds the kinks that are there")
    }
  }

  @Test("Distances are those to the nearest kink")
  func values() throws {
    let x = vector(-2.25, -0.75, 0.25, 0.5, 1.75)
    let magnitudes = x.reals.map(abs)
    #expect(try distances(Relu(), [x]) == magnitudes)
    #expect(try distances(Absolute(), [x]) == magnitudes)
    #expect(try distances(Sign(), [x]) == magnitudes)
    #expect(try distances(Step(), [x]) == magnitudes)
    #expect(try distances(Floor(), [x]) == [0.25, 0.25, 0.25, 0.5, 0.25])
    #expect(try distances(Ceiling(), [x]) == [0.25, 0.25, 0.25, 0.5, 0.25])
    #expect(try distances(Round(), [x]) == [0.25, 0.25, 0.25, 0, 0.25])
    // Truncation does not jump at 0.
    #expect(try distances(Truncate(), [x]) == [0.25, 0.25, 0.75, 0.5, 0.25])
    #expect(try distances(Convert(.int64), [x]) == [0.25, 0.25, 0.75, 0.5, 0.25])
    #expect(try distances(Convert(.bool), [x]) == magnitudes)
    #expect(try distances(Convert(.float32), [x]) == nil)
    let (a, b) = (vector(1, 4.5, -1.5), vector(2, 2, 2))
    #expect(try distances(Extreme(.maximum), [a, b]) == [1, 2.5, 3.5])
    #expect(try distances(Compare(.greater), [a, b]) == [1, 2.5, 3.5])
    #expect(try distances(Self.equality, [a, b]) == nil)
    #expect(try distances(Modulo(), [a, b]) == [1, 0.5, 0.5])
    #expect(try distances(Remainder(), [a, b]) == [1, 0.5, 0.5])
  }

  @Test("Extremes and orders tell the gap to the next")
  func gaps() throws {
    let x = Tensor(TensorType(.float64, [2, 3]), reals: [1, 4, 2.5, -1, -1, -8])
    #expect(try distances(ReduceExtreme(.maximum, [1]), [x]) == [1.5, 0])
    #expect(try distances(ReduceExtreme(.minimum, [1]), [x]) == [1.5, 7])
    #expect(try distances(ReduceExtreme(.maximum, [0]), [x]) == [2, 5, 10.5])
    #expect(try distances(ReduceExtreme(.maximum, [0, 1]), [x]) == [1.5])
    #expect(try distances(ArgExtreme(.minimum, axis: 1), [x]) == [1.5, 7])
    #expect(try distances(SortOrder(descending: true), [x]) == [1.5, 1.5, 0, 7])
    let pair = WindowAxis(size: 2, count: 2)
    #expect(try distances(WindowExtreme(.maximum, [pair]), [x]) == [3, 1.5, 0, 7])
    // Elements outside are no rivals, and a single element has none.
    let beyond = WindowAxis(size: 2, stride: 2, low: 3, count: 4)
    #expect(
      try distances(WindowExtreme(.minimum, [beyond]), [x])
        == [.infinity, .infinity, 1.5, .infinity, .infinity, .infinity, 7, .infinity])
  }

  /// A program of one vector with a name for the node that `body` adds.
  private func kinks(
    _ count: Int, _ body: (ProgramBuilder, Value) throws -> Value
  ) throws -> Kinks {
    let program = try Program.ofVector(count) { p, x in
      p.origin = Origin(name: "node", operation: "Operator")
      defer { p.origin = nil }
      return try body(p, x)
    }
    let kinks = try program.kinks()
    try kinks.program.check()
    #expect(kinks.program.outputTypes == [TensorType(.float64, [kinks.places.count])])
    return kinks
  }

  @Test("A node with several kinks is one place, with the least distance")
  func grouping() throws {
    let clip = try kinks(3) { p, x in
      try p.minimum(p.maximum(x, p.scalar(-1, like: x)), p.scalar(1, like: x))
    }
    #expect(clip.places.map(\.node) == ["node"])
    #expect(clip.places.map(\.operation) == ["Operator"])
    #expect(clip.places.map(\.convention) == ["a = b: each argument takes half the derivative"])
    #expect(try clip.program.evaluate([vector(0.5, 0, -0.25)])[0].reals == [0.5])
    // Beyond the lower bound the distance is that to the lower one.
    #expect(try clip.program.evaluate([vector(-9, -8, -7.5)])[0].reals == [6.5])
  }

  @Test("Of a sorted axis only what is used counts")
  func leadingElements() throws {
    let top = try kinks(4) { p, x in
      let order = try p.add(SortOrder(descending: true), [x])
      return try p.gather(x, p.slice(order, axis: 0, start: 0, size: 1))
    }
    #expect(top.places.count == 1)
    // 3 and 2.9 are as near as 9 is far from them; but only the largest is used.
    #expect(try top.program.evaluate([vector(3, 2.9, 9, 1)])[0].reals == [6])
  }

  @Test("Elements that a relu holds at zero are no tie")
  func heldElements() throws {
    let pool = try kinks(4) { p, x in
      let pairs = try p.reshape(p.relu(x), [2, 2])
      return try p.reduceMaximum(pairs, over: [1])
    }
    let held = Tensor(TensorType(.float64, [4]), reals: [-1, -1, 3, 5])
    #expect(try pool.program.evaluate([held])[0].reals == [1])
    let tied = Tensor(TensorType(.float64, [4]), reals: [-1, -2, 3, 3])
    #expect(try pool.program.evaluate([tied])[0].reals == [0])
  }

  @Test("What is cut off, unused or whole counts for nothing")
  func irrelevant() throws {
    let softmax = try kinks(4) { p, x in
      let shift = try p.detach(p.reduceMaximum(x, over: [0]))
      let y = try p.exponential(
        p.subtract(x, p.add(Broadcast(p.shape(x), axes: []), [shift])))
      _ = try p.relu(x)
      return y
    }
    #expect(softmax.places.isEmpty)
    let p = ProgramBuilder()
    let whole = try p.input(TensorType(.int64, [3]))
    let real = try p.convert(p.absolute(whole), to: .float64)
    #expect(try p.program(outputs: [p.relu(real)]).kinks().places.isEmpty)
  }
}
