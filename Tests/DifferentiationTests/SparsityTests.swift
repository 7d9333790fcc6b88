import Graph
import Tensors
import TestCases
import Testing

@testable import Differentiation

@Suite struct SparsityTests {
  /// Convolutions of width 3 with zero padding along a line of points, with tanh between them.
  private func convolutions(_ layers: Int, points: Int) throws -> Program {
    var random = Random(seed: 21)
    return try Program.ofVector(points) { p, x in
      var value = x
      for layer in 0..<layers {
        let kernel = try p.constant(random.tensor(TensorType(.float64, [3]), in: 0.5...1))
        let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: points)]), [value])
        value = try p.dot(kernel, windows, [0], [0, 1], [1])
        if layer < layers - 1 { value = try p.tanh(value) }
      }
      return value
    }
  }

  @Test("Three convolutions of width 3 make a band of seven, and seven seeds find it")
  func bandedChain() throws {
    let program = try convolutions(3, points: 40)
    let pattern = try program.jacobianPattern()
    for (row, columns) in pattern.rows.enumerated() {
      #expect(columns.map(Int.init) == Array(max(0, row - 3)...min(39, row + 3)))
    }
    let colouring = Colouring(pattern, columns: 40)
    #expect(colouring.count == 7)
    let sparse = try verifiedSparse(program)
    #expect(sparse.seedCount == 7)
    #expect(sparse.rowIndices.count == 7 * 40 - 2 * (1 + 2 + 3))
  }

  @Test("Seven seeds cost seven products, not forty")
  func compressedCost() throws {
    let program = try convolutions(3, points: 40)
    let sparse = try SparseJacobian(of: program)
    let full = try Jacobian.program(of: program)
    #expect(sparse.program.multiplyAdds * 3 < min(full.cost.forward, full.cost.reverse))
    #expect(full.cost.chosen * 3 < min(full.cost.forward, full.cost.reverse), "\(full.order)")
    #expect(!sparse.program.nodes.contains { $0.type.count >= 40 * 40 })
  }

  @Test("Columns of one colour share no row, whichever side is coloured", arguments: 0..<40)
  func colouringsAreValid(_ seed: Int) {
    var random = Random(seed: UInt64(seed))
    let (m, n) = (random.whole(in: 0...12), random.whole(in: 0...12))
    let density = random.number(in: 0...0.6)
    let pattern = Pattern(
      rows: (0..<m).map { _ in
        Pattern.Row((0..<n).filter { _ in random.chance(density) }.map(Int32.init))
      })
    let colouring = Colouring(pattern, columns: n)
    #expect(colouring.colours.count == (colouring.isByRows ? m : n))
    #expect(colouring.count == Set(colouring.colours).count)
    for row in pattern.rows where !colouring.isByRows {
      let colours = row.map { colouring.colours[Int($0)] }
      #expect(Set(colours).count == colours.count)
    }
    if colouring.isByRows {
      for column in 0..<Int32(n) {
        let colours = pattern.rows.indices.filter { pattern.rows[$0].contains(column) }
          .map { colouring.colours[$0] }
        #expect(Set(colours).count == colours.count)
      }
    }
  }

  @Test("A full row is coloured without comparing all pairs", .timeLimit(.minutes(1)))
  func denseColouring() {
    let row = Pattern.Row(0..<2000)
    let colouring = Colouring(Pattern(rows: .init(repeating: row, count: 2000)), columns: 2000)
    #expect(colouring.count == 2000)
  }

  @Test("An arrow is coloured from its narrow side")
  func arrow() throws {
    // Every output sees the last input and one of its own.
    let byColumns = try verifiedSparse(
      Program.ofVector(9) { p, x in
        let last = try p.broadcast(p.slice(x, axis: 0, start: 8, size: 1), to: [8])
        return try p.multiply(p.tanh(p.slice(x, axis: 0, start: 0, size: 8)), last)
      })
    #expect(byColumns.seedCount == 2)
    // One output sees all inputs, the others one each.
    let byRows = try verifiedSparse(
      Program.ofVector(8) { p, x in
        let sum = try p.reshape(p.reduceSum(p.multiply(x, x), over: [0]), [1])
        return try p.concatenate([p.sine(x), sum], axis: 0)
      })
    #expect(byRows.seedCount == 2)
  }

  @Test("Diagonal, empty and constant Jacobians")
  func extremes() throws {
    let diagonal = try verifiedSparse(.ofVector(30) { p, x in try p.tanh(x) })
    #expect(diagonal.seedCount == 1)
    #expect(diagonal.rowIndices == Array(0..<30))
    #expect(diagonal.columnPointers == Array(0...30))
    let constant = try verifiedSparse(.ofVector(5) { p, x in try p.detach(x) })
    #expect(constant.rowIndices.isEmpty)
    #expect(constant.columnPointers == [0, 0, 0, 0, 0, 0])
    let same = try verifiedSparse(.ofVector(3) { _, x in x })
    #expect(same.rowIndices == [0, 1, 2])
    _ = try verifiedSparse(.ofVector(0) { _, x in x })
    _ = try verifiedSparse(.dense([4, 5, 3]))
  }

  @Test("Zeros among the weights are holes in the pattern")
  func zeroWeights() throws {
    let program = try Program.ofVector(3) { p, x in
      let weights = try p.constant(
        Tensor(TensorType(.float64, [2, 3]), reals: [1, 0, 2, 0, 3, 0]))
      return try p.dot(weights, x, [0, 1], [1], [0])
    }
    #expect(try program.jacobianPattern().rows == [[0, 2], [1]])
    _ = try verifiedSparse(program)
  }

  @Test("A block-diagonal product keeps its blocks")
  func batchedProduct() throws {
    var random = Random(seed: 23)
    let program = try Program.ofVector(12) { p, x in
      let weights = try p.constant(random.tensor(TensorType(.float64, [3, 4])))
      let rows = try p.tanh(p.matrixProduct(p.reshape(x, [4, 3]), weights))
      return try p.reshape(rows, [16])
    }
    let sparse = try verifiedSparse(program)
    #expect(sparse.seedCount == 3)
    #expect(sparse.rowIndices.count == 4 * 3 * 4)
  }

  @Test("What is cut off from differentiation is no part of the pattern")
  func stepsHaveNoPattern() throws {
    let program = try Program.ofVector(4) { p, x in
      try p.add(p.multiply(p.sign(x), p.reverse(p.tanh(x), [0])), p.floor(x))
    }
    let sparse = try verifiedSparse(program)
    #expect(try program.jacobianPattern().rows == [[3], [2], [1], [0]])
    #expect(sparse.seedCount == 1)
  }

  @Test("A structure that exceeds the memory limit is refused, not built")
  func memoryLimit() throws {
    let program = try convolutions(3, points: 40)
    let error = #expect(throws: NetJacError.self) {
      try program.with(memoryLimit: 800).jacobianPattern()
    }
    #expect(error?.kind == .memory)
    #expect(try program.with(memoryLimit: 32_000).jacobianPattern().rows.count == 40)
  }

  @Test("What rules take on their way counts: places of movements and products, lists of rows")
  func memoryOnTheWay() throws {
    let count = 1 << 10
    let rows = count * MemoryLayout<Pattern.Row>.stride
    let broadcast = try Program.ofVector(1) { p, x in try p.broadcast(x, to: [count, 1]) }
    let scattered = try Program.ofVector(count) { p, x in
      let places = Tensor(TensorType(.int64, [count]), integers: (0..<Int64(count)).map { $0 * 2 })
      return try p.add(ScatterAdd(batch: 0, length: 2 * count), [x, p.constant(places)])
    }
    // Without what the rules take: rows of operand and result, and where each holds one element, that too.
    let identity = count * Pattern.bytes(ofRow: 1)
    for (program, held) in [(broadcast, rows), (scattered, 3 * rows + identity)] {
      func pattern(limit: Int) throws -> Pattern? {
        try program.with(memoryLimit: limit).jacobianPattern(entryLimit: 1 << 20)
      }
      #expect(try pattern(limit: held + 8 * count) == nil)
      #expect(try pattern(limit: held + 200 * count) != nil)
    }
  }

  @Test func wholeInputsHaveNoPattern() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.int64, [3]))
    let program = p.program(outputs: [try p.tanh(p.convert(x, to: .float64))])
    #expect(try program.jacobianPattern().isIndependent)
  }

  @Test("Seven seeds serve 400 points as well")
  func longBand() throws {
    let sparse = try SparseJacobian(of: convolutions(3, points: 400))
    #expect(sparse.seedCount == 7)
    // Seven diagonals, cut off at the corners.
    #expect(sparse.structure.rows.count == 7 * 400 - 2 * (3 + 2 + 1))
    #expect(sparse.summary == "2788 of 160000 elements, 7 seeds, by diagonals")
  }

  @Test("States of an unrolled recurrence depend on their past only")
  func unrolledBlocks() throws {
    let (steps, width) = (6, 3)
    var random = Random(seed: 9)
    let square = TensorType(.float64, [width, width])
    let inner = random.tensor(square, in: -0.5...0.5)
    let outer = random.tensor(square, in: -0.5...0.5)
    let program = try Program.ofVector(steps * width) { p, x in
      var state = try p.constant(Tensor(TensorType(.float64, [width]), fill: 0.0))
      var states: [Value] = []
      for step in 0..<steps {
        let input = try p.slice(x, axis: 0, start: step * width, size: width)
        let past = try p.dot(p.constant(inner), state, [0, 1], [1], [0])
        let present = try p.dot(p.constant(outer), input, [0, 1], [1], [0])
        state = try p.tanh(p.add(past, present))
        states.append(state)
      }
      return try p.concatenate(states, axis: 0)
    }
    let sparse = try verifiedSparse(program)
    // The lower triangle of blocks.
    #expect(sparse.rowIndices.count == steps * (steps + 1) / 2 * width * width)
    for column in 0..<steps * width {
      let first = sparse.rowIndices[sparse.columnPointers[column]]
      #expect(first == column / width * width)
    }
  }

  @Test("A pattern, its transpose and its intersections")
  func patterns() {
    let pattern = Pattern(rows: [[0, 2], [], [1, 2]])
    #expect(pattern.transposed(columns: 3).rows == [[0], [2], [0, 2]])
    #expect(pattern.transposed(columns: 3).transposed(columns: 3) == pattern)
    #expect(pattern.intersection(pattern.transposed(columns: 3)).rows == [[0], [], [2]])
  }
}
