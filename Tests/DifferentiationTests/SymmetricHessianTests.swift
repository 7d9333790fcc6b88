import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// Both ways to a Hessian.
@Suite struct SymmetricHessianTests {
  /// Compares them at a point and returns the symmetric one.
  @discardableResult
  private func verified(
    _ program: Program, at point: Tensor? = nil, seed: UInt64 = 61,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Program {
    let symmetric = try #require(try program.symmetricHessian())
    let jacobian = try program.jacobianOfGradient()
    try symmetric.check()
    #expect(symmetric.inputTypes == jacobian.inputTypes)
    #expect(symmetric.outputTypes == jacobian.outputTypes)
    var random = Random(seed: seed)
    let arguments = [
      point ?? random.tensor(program.inputTypes[0]), random.tensor(program.outputTypes[0]),
    ]
    let rows = try symmetric.evaluate(arguments)[0].rows
    let expected = try jacobian.evaluate(arguments)[0].rows
    let scale = max(1, expected.joined().lazy.map(abs).max() ?? 0)
    for (row, column) in rows.indices.flatMap({ row in rows.indices.map { (row, $0) } }) {
      #expect(
        isClose(rows[row][column], expected[row][column], 1e-12, scale: scale),
        "[\(row), \(column)]\n\(program)\n\(symmetric)", sourceLocation: sourceLocation)
      #expect(
        isClose(rows[row][column], rows[column][row], 1e-14, scale: scale),
        "[\(row), \(column)]\n\(program)", sourceLocation: sourceLocation)
    }
    return symmetric
  }

  @Test("Random programs", arguments: 5000..<5150 as Range<UInt64>)
  func random(seed: UInt64) throws {
    try verified(RandomProgram.make(seed: seed), seed: seed)
  }

  @Test("Every primitive", arguments: PrimitiveCase.real)
  func primitive(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 62)
    let (plain, x) = try testCase.vectorProgram(testCase.arguments(&random))
    try verified(plain, at: x)
    // Behind a layer that leaves everything in place and ahead of another, so that neither its
    // operands nor its cotangents are plain.
    let n = x.count
    let count = plain.outputTypes[0].count
    let weights = random.tensor(TensorType(x.type.element, [3, count]))
    let mixing = random.tensor(TensorType(x.type.element, [n, n]), in: -1e-3...1e-3)
    let program = try Program.ofVector(n, x.type.element) { p, x in
      let moved = try p.tanh(p.dot(p.constant(mixing), x, [0, 1], [1], [0]))
      let y = try p.inline(plain, [p.add(x, moved)])[plain.outputs[0].index]
      return try p.tanh(p.dot(p.constant(weights), y, [0, 1], [1], [0]))
    }
    try verified(program, at: x)
  }

  @Test("Recurrences, attention and residual connections")
  func structures() throws {
    var random = Random(seed: 63)
    func weights(_ dims: [Int]) -> Tensor { random.tensor(TensorType(.float64, Shape(dims))) }
    let gates = (0..<4).map { _ in (weights([2, 5]), weights([5, 5])) }
    try verified(
      Program.ofVector(6) { p, x in
        var hidden = try p.constant(weights([5]))
        var cell = try p.constant(weights([5]))
        for time in 0..<3 {
          let input = try p.slice(x, axis: 0, start: 2 * time, size: 2)
          let sums = try gates.map { fromInput, fromHidden in
            try p.add(
              p.dot(input, p.constant(fromInput), [0], [0, 1], [1]),
              p.dot(hidden, p.constant(fromHidden), [0], [0, 1], [1]))
          }
          cell = try p.add(
            p.multiply(p.sigmoid(sums[0]), cell),
            p.multiply(p.sigmoid(sums[1]), p.tanh(sums[2])))
          hidden = try p.multiply(p.sigmoid(sums[3]), p.tanh(cell))
        }
        return hidden
      })
    let (query, key) = (weights([3, 4]), weights([3, 4]))
    try verified(
      Program.ofVector(12) { p, x in
        let rows = try p.reshape(x, [4, 3])
        let a = try p.matrixProduct(rows, p.constant(query))
        let b = try p.matrixProduct(rows, p.constant(key))
        let scores = try p.exponential(p.dot(a, b, [0, 1], [2, 1], [0, 2]))
        let sums = try p.broadcast(
          p.reshape(p.reduceSum(scores, over: [1]), [4, 1]), to: [4, 4])
        let mixed = try p.matrixProduct(p.divide(scores, sums), b)
        return try p.reshape(p.add(mixed, p.multiply(mixed, p.sigmoid(mixed))), [16])
      })
    let layers = (0..<3).map { _ in weights([5, 5]) }
    try verified(
      Program.ofVector(5) { p, x in
        try layers.reduce(x) { x, weights in
          try p.add(x, p.tanh(p.dot(p.constant(weights), x, [0, 1], [1], [0])))
        }
      })
  }

  @Test("A neck narrower than the input is differentiated by itself")
  func neck() throws {
    let symmetric = try verified(.dense([30, 9, 3, 9, 4]))
    // The one product of full size is that with the first layer's weights, which is a neck too.
    let large = symmetric.nodes.filter { node in
      node.primitive is Dot && node.type.dims == [30, 30]
    }
    #expect(large.count == 1, "\(symmetric)")
    #expect(
      try symmetric.multiplyAdds
        < Program.dense([30, 9, 3, 9, 4]).jacobianOfGradient().multiplyAdds)
  }

  @Test(
    "A chain of square layers takes little more than half of the gradient's Jacobian",
    arguments: [[20, 128, 128, 128, 12], [12, 64, 64, 64, 64, 64, 12]])
  func chain(_ sizes: [Int]) throws {
    let program = try Program.dense(sizes)
    let symmetric = try #require(try program.symmetricHessian())
    let jacobian = try program.jacobianOfGradient()
    #expect(symmetric.multiplyAdds * 10 < jacobian.multiplyAdds * 7)
    #expect(try program.hessian().multiplyAdds == symmetric.multiplyAdds)
    // Tangents of layers two and on; at each hidden layer a product of full width.
    let (n, hidden) = (sizes[0], Array(sizes.dropFirst().dropLast()))
    let products =
      zip(hidden, hidden.dropFirst()).reduce(0) { $0 + n * $1.0 * $1.1 }
      + hidden.reduce(0) { $0 + n * n * $1 }
    let sweeps = 3 * zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(symmetric.multiplyAdds < products + sweeps + 3 * n * hidden.reduce(0, +) + 20 * n * n)
  }

  @Test(
    "The way of fewer multiply-adds is taken",
    arguments: [
      [200, 64, 64, 1], [200, 300, 300, 1], [3, 200, 2], [40, 8, 40], [2, 2, 2], [50, 400, 1],
    ])
  func choice(_ sizes: [Int]) throws {
    let program = try Program.dense(sizes)
    let symmetric = try #require(try program.symmetricHessian()).multiplyAdds
    let jacobian = try program.jacobianOfGradient().multiplyAdds
    #expect(try program.hessian().multiplyAdds == min(symmetric, jacobian))
    #expect(try program.hessians().map(\.multiplyAdds) == [symmetric, jacobian].sorted())
  }

  @Test("Elementwise work on many inputs is left to the diagonal Jacobian")
  func elementwise() throws {
    let n = 50
    let program = try Program.ofVector(n) { p, x in
      try p.multiply(p.tanh(x), p.sigmoid(x))
    }
    #expect(try program.hessian().multiplyAdds < 60 * n)
  }

  @Test("A way beyond the memory limit is left out")
  func memory() throws {
    // Unit seeds for the input alone take more than the limit; the Hessian itself does not.
    let program = try Program.ofVector(40) { p, x in
      let wide = try p.broadcast(p.tanh(p.reduceSum(x, over: [0])), to: [400])
      return try p.reshape(p.reduceSum(p.multiply(wide, p.sine(wide)), over: [0]), [1])
    }
    let limit = 40 * 40 * 8
    #expect(throws: NetJacError.self) { try program.with(memoryLimit: limit).symmetricHessian() }
    let ways = try program.with(memoryLimit: limit).hessians()
    #expect(ways.count == 1)
    #expect(ways[0].outputTypes[0].dims == [40, 40])
    #expect(throws: NetJacError.self) { try program.with(memoryLimit: 1000).hessians() }
  }
}
