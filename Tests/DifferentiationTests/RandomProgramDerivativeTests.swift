import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Whole programs: every way to a derivative gives the same numbers.
@Suite struct RandomProgramDerivativeTests {
  static let seeds: Range<UInt64> = 1000..<1120

  private func point(_ program: Program, _ seed: UInt64) -> [Tensor] {
    var random = Random(seed: seed)
    return program.inputTypes.map { random.tensor($0) }
  }

  /// A matrix times a vector, from either side.
  private func product(_ rows: [[Double]], _ x: [Double]) -> [Double] {
    rows.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  @Test("Both modes agree with differences and with each other", arguments: seeds)
  func modes(seed: UInt64) throws {
    let program = try RandomProgram.make(seed: seed)
    var random = Random(seed: seed + 1)
    let x = point(program, seed)
    let dx = program.realInputTypes.map { random.tensor($0) }
    let yBar = program.outputTangentTypes.map { random.tensor($0) }
    let tangents = try program.tangents(at: x, along: dx)
    #expect(
      try disagreement(tangents, program.differences(at: x, along: dx), 1e-7) == nil, "\(program)")
    let forward = innerProduct(yBar, tangents)
    let reverse = innerProduct(try program.cotangents(at: x, of: yBar), dx)
    #expect(isClose(forward, reverse, 1e-11), "\(forward) \(reverse)\n\(program)")
  }

  @Test(
    "The Jacobian, in its order and in its sparse form, has the columns of forward mode",
    arguments: seeds)
  func jacobian(seed: UInt64) throws {
    let program = try RandomProgram.make(seed: seed)
    let x = point(program, seed)
    let expected = try program.columnwiseJacobian(at: x)
    let scale = max(1, expected.joined().lazy.map(abs).max() ?? 0)
    let (n, m) = (program.inputTypes[0].count, program.outputTypes[0].count)

    let jacobian = try Jacobian.program(of: program)
    try jacobian.program.check()
    let results = try jacobian.program.evaluate(x)
    #expect(try disagreement([results[0]], program.evaluate(x)) == nil)
    let rows = results[1].rows
    for (row, column) in (0..<m).flatMap({ row in (0..<n).map { (row, $0) } }) {
      let value = jacobian.layout.isTransposed ? rows[column][row] : rows[row][column]
      #expect(
        isClose(value, expected[row][column], 1e-11, scale: scale),
        "[\(row), \(column)] \(jacobian.order)\n\(program)")
    }

    let pattern = try program.jacobianPattern()
    for (row, columns) in pattern.rows.enumerated() {
      for column in 0..<n where !columns.contains(Int32(column)) {
        #expect(
          expected[row][column] == 0, "[\(row), \(column)] is outside the pattern\n\(program)")
      }
    }

    let sparse = try SparseJacobian(of: program)
    try sparse.program.check()
    let values = try sparse.program.evaluate(x)
    #expect(try disagreement([values[0]], program.evaluate(x)) == nil)
    #expect(sparse.columnPointers.count == n + 1)
    #expect(values[1].count == sparse.rowIndices.count)
    for column in 0..<n {
      let range = sparse.columnPointers[column]..<sparse.columnPointers[column + 1]
      #expect(Array(sparse.rowIndices[range]) == sparse.rowIndices[range].sorted())
      for k in range {
        let row = sparse.rowIndices[k]
        #expect(
          isClose(values[1].reals[k], expected[row][column], 1e-11, scale: scale),
          "[\(row), \(column)]\n\(program)")
      }
    }
  }

  @Test("Vectorised programs and derivatives equal loops over samples", arguments: seeds)
  func vectorised(seed: UInt64) throws {
    let program = try RandomProgram.make(seed: seed)
    let size = 3
    for derived in [
      program, try program.jvp(), try program.vjp(), try Jacobian.program(of: program).program,
    ] {
      let many = try derived.vectorised(added: derived.inputs.map { _ in true }, size: size)
      try many.check()
      let samples = (0..<size).map { point(derived, seed + UInt64($0)) }
      let arguments = derived.inputs.indices.map { k in Tensor.stacked(samples.map { $0[k] }) }
      let results = try many.evaluate(arguments)
      for (sample, x) in samples.enumerated() {
        let parts = results.map { $0.slice(sample: sample, of: size) }
        #expect(try disagreement(parts, derived.evaluate(x), 1e-11) == nil, "\(program)")
      }
    }
  }

  @Test("The Hessian is symmetric and the difference of gradients", arguments: seeds)
  func hessian(seed: UInt64) throws {
    let program = try RandomProgram.make(seed: seed)
    var random = Random(seed: seed + 2)
    let weights = random.tensor(program.outputTypes[0])
    let arguments = point(program, seed) + [weights]
    let program2 = try program.hessian()
    try program2.check()
    let rows = try program2.evaluate(arguments)[0].rows
    let gradient = try program.weightedGradient()
    try gradient.check()
    let n = program.inputTypes[0].count
    #expect(rows.count == n)
    let scale = max(1, rows.joined().lazy.map(abs).max() ?? 0)
    for column in 0..<n {
      var unit = [Double](repeating: 0, count: n)
      unit[column] = 1
      let direction = [
        Tensor(program.inputTypes[0], reals: unit), Tensor(weights.type, fill: 0.0),
      ]
      let differences = try gradient.differences(at: arguments, along: direction)[0].reals
      for row in 0..<n {
        #expect(
          isClose(rows[row][column], differences[row], 1e-6, scale: scale),
          "[\(row), \(column)]\n\(program)")
        #expect(
          isClose(rows[row][column], rows[column][row], 1e-11, scale: scale),
          "[\(row), \(column)]\n\(program)")
      }
    }
  }

  @Test("Programs in single precision stay so", arguments: 2000..<2030 as Range<UInt64>)
  func singlePrecision(seed: UInt64) throws {
    let program = try RandomProgram.make(seed: seed, element: .float32)
    let wide = try RandomProgram.make(seed: seed)
    let x = point(program, seed)
    let wideX = x.map { Tensor($0.type.with(.float64), reals: $0.reals) }
    for (single, double) in [
      (program, wide), (try program.jvp(), try wide.jvp()), (try program.vjp(), try wide.vjp()),
      (try Jacobian.program(of: program).program, try Jacobian.program(of: wide).program),
      (try SparseJacobian(of: program).program, try SparseJacobian(of: wide).program),
      (try program.hessian(), try wide.hessian()),
    ] {
      try single.check()
      #expect(single.outputTypes.allSatisfy { $0.element == .float32 })
      #expect(single.nodes.allSatisfy { $0.type.element != .float64 }, "\(single)")
      let rest = single.inputTypes.dropFirst().map { Tensor($0, fill: 0.5) }
      let wideRest = double.inputTypes.dropFirst().map { Tensor($0, fill: 0.5) }
      let results = try single.evaluate(x + rest).map {
        Tensor($0.type.with(.float64), reals: $0.reals)
      }
      #expect(try disagreement(results, double.evaluate(wideX + wideRest), 2e-3) == nil)
    }
  }
}
