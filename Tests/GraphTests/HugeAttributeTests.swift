import Graph
import Tensors
import TestCases
import Testing

/// Attributes come from files: numbers at the ends of their range are refused or work, never trap.
@Suite struct HugeAttributeTests {
  private static let extremes = [
    Int.min, Int.min + 1, -(1 << 40), 1 << 40, 1 << 62, .max - 1, .max,
  ]

  /// Builds, evaluates, differentiates by rule and vectorises if the primitive accepts its operand.
  private func exercise(_ primitive: some Primitive, _ dims: [Int]) throws {
    let p = ProgramBuilder(memoryLimit: 1 << 20)
    do {
      let x = try p.input(TensorType(.float64, Shape(dims)))
      let y = try p.add(primitive, [x])
      let z = try p.add(primitive, [y])
      _ = try primitive.transpose(y, linear: [true], [x], in: p)
      let many = try p.input(TensorType(.float64, Shape([2] + dims)))
      _ = try primitive.vectorise([many], added: [true], size: 2, in: p)
      let program = p.program(outputs: [y, z])
      try program.check()
      var random = Random(seed: 1)
      _ = try program.evaluate(program.inputTypes.map { random.tensor($0) })
    } catch let error as NetJacError {
      #expect(!error.message.isEmpty)
    }
  }

  @Test(arguments: extremes) func slice(_ huge: Int) throws {
    try exercise(Slice(starts: [0, 0], sizes: [1, 4], steps: [huge, 1]), [3, 4])
    try exercise(Slice(starts: [2, 0], sizes: [0, 4], steps: [huge, 1]), [3, 4])
    try exercise(Slice(starts: [0, 0], sizes: [2, 4], steps: [huge, 1]), [3, 4])
    try exercise(Slice(starts: [huge, 0], sizes: [1, 4]), [3, 4])
    try exercise(Slice(starts: [0, 0], sizes: [huge, 4]), [3, 4])
    try exercise(Slice(starts: [huge, 0], sizes: [huge, 4], steps: [huge, huge]), [3, 4])
  }

  @Test(arguments: extremes) func pad(_ huge: Int) throws {
    for dims in [[3, 4], [1, 4], [0, 4]] {
      try exercise(Pad(low: [huge, 0], high: [0, 0]), dims)
      try exercise(Pad(low: [0, 0], high: [huge, 0]), dims)
      try exercise(Pad(low: [huge, 0], high: [huge, 0]), dims)
      try exercise(Pad(low: [0, 0], high: [0, 0], interior: [huge, 0]), dims)
      try exercise(Pad(low: [1, 0], high: [0, 0], interior: [huge, 0]), dims)
    }
  }

  @Test(arguments: extremes) func axes(_ huge: Int) throws {
    try exercise(Transpose([huge, 0]), [3, 4])
    try exercise(Reverse([huge]), [3, 4])
    try exercise(ReduceSum([huge]), [3, 4])
    try exercise(ReduceExtreme(.maximum, [0, huge]), [3, 4])
    try exercise(CumulativeSum(axis: huge), [3, 4])
    try exercise(Concatenate(axis: huge), [3, 4])
    try exercise(ArgExtreme(.maximum, axis: huge), [3, 4])
    try exercise(Broadcast([2, 3, 4], axes: [huge, 2]), [3, 4])
  }

  @Test(arguments: extremes) func windows(_ huge: Int) throws {
    for window in [
      WindowAxis(size: huge, count: 2), WindowAxis(size: 2, stride: huge, count: 3),
      WindowAxis(size: 2, dilation: huge, count: 3), WindowAxis(size: 2, low: huge, count: 3),
      WindowAxis(size: 2, count: huge),
      WindowAxis(size: huge, stride: huge, dilation: huge, low: huge, count: huge),
      WindowAxis(size: 2, stride: 1 << 29, dilation: 1 << 29, low: huge, count: 3),
    ] {
      try exercise(Window([window]), [3, 4])
      try exercise(WindowExtreme(.maximum, [window]), [3, 4])
      try exercise(Fold([window], spatial: [4]), [3, 2, 3])
    }
    try exercise(Fold([WindowAxis(size: 2, count: 3)], spatial: [huge]), [3, 2, 3])
  }

  @Test(arguments: extremes) func gathers(_ huge: Int) throws {
    let p = ProgramBuilder(memoryLimit: 1 << 20)
    let x = try p.input(TensorType(.float64, [3, 4]))
    let index = try p.integers([huge, 0])
    let y = try p.gather(x, index)
    let rows = try p.add(ScatterAdd(length: 3), [y, index])
    let program = p.program(outputs: [rows])
    let result = try program.evaluate([Tensor(program.inputTypes[0], fill: 1.0)])[0]
    #expect(result.reals == [1, 1, 1, 1] + [Double](repeating: 0, count: 8))
    #expect(throws: NetJacError.self) { try p.gather(x, index, batch: huge) }
    #expect(throws: NetJacError.self) { try p.add(ScatterAdd(batch: huge, length: 2), [y, index]) }
    #expect(throws: NetJacError.self) { try p.add(ScatterAdd(length: huge), [y, index]) }
  }

  @Test(arguments: extremes) func wholeArithmetic(_ huge: Int) throws {
    let numbers = [huge, .min, .max, -1, 0, 1, 64, -64]
    let pairs = numbers.flatMap { a in numbers.map { (Int64(a), Int64($0)) } }
    let type = TensorType(.int64, [pairs.count])
    let operands = [
      Tensor(type, integers: pairs.map(\.0)), Tensor(type, integers: pairs.map(\.1)),
    ]
    let binary: [any Primitive] = [
      Add(), Subtract(), Multiply(), Divide(), Power(), Remainder(), Modulo(), Extreme(.maximum),
      Compare(.less), BitOperation(.shiftLeft), BitOperation(.shiftRight), BitOperation(.xor),
      Dot([0], [0], []),
    ]
    for primitive in binary {
      _ = try primitive.evaluate(operands, primitive.type(of: operands.map(\.type)))
    }
    let unary: [any Primitive] = [
      Negate(), Absolute(), Sign(), Not(), Convert(.int32), Convert(.bool), Convert(.float32),
      ReduceSum([0]), CumulativeSum(axis: 0), SortOrder(descending: true),
      ReduceExtreme(.minimum, [0]),
    ]
    for primitive in unary {
      _ = try primitive.evaluate([operands[0]], primitive.type(of: [type]))
    }
    let reals = Tensor(TensorType(.float64, [4]), reals: [.infinity, -.infinity, .nan, 1e300])
    for element in ElementType.allCases {
      _ = try Convert(element).evaluate([reals], TensorType(element, [4]))
    }
  }
}
