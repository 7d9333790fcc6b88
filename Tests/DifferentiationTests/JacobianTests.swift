import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@Suite struct JacobianTests {
  @Test func outputIsInput() throws {
    let jacobian = try verified(.ofVector(4) { _, x in x })
    #expect(jacobian.order == "identity")
    #expect(jacobian.cost == (0, 0, 0))
  }

  @Test("A constant output has a zero Jacobian, wherever the constant stands")
  func constantOutput() throws {
    _ = try verified(
      .ofVector(4) { p, _ in try p.constant(Tensor(TensorType(.float64, [3]), fill: 2.0)) })
    let p = ProgramBuilder()
    let constant = try p.constant(Tensor(TensorType(.float64, [3]), reals: [1, 2, 3]))
    for _ in 0..<3 { _ = try p.scalar(Double(p.nodes.count)) }
    _ = try p.input(TensorType(.float64, [4]))
    let jacobian = try verified(p.program(outputs: [p.negate(constant)]))
    #expect(jacobian.order == "zero")
  }

  @Test("A constant before the input is differentiated by either mode")
  func constantBeforeInput() throws {
    let type = TensorType(.float64, [2])
    let program = Program(
      nodes: [
        Node(primitive: Constant(Tensor(type, reals: [3, 4])), operands: [], type: type),
        Node(primitive: Negate(), operands: [Value(index: 0)], type: type),
        Node(primitive: Negate(), operands: [Value(index: 1)], type: type),
        Node(primitive: Input(position: 0, declared: type), operands: [], type: type),
      ], inputs: [Value(index: 3)], outputs: [Value(index: 1)])
    try program.check()
    _ = try verified(program)
    let (x, one) = (Tensor(type, fill: 1.0), Tensor(type, fill: 1.0))
    #expect(try program.tangents(at: [x], along: [one])[0].reals == [0, 0])
    #expect(try program.cotangents(at: [x], of: [one])[0].reals == [0, 0])
  }

  @Test func detachedOutput() throws {
    let jacobian = try verified(.ofVector(4) { p, x in try p.tanh(p.detach(x)) })
    #expect(jacobian.order == "zero")
  }

  @Test func emptyInputAndOutput() throws {
    _ = try verified(.ofVector(0) { p, x in try p.tanh(x) })
    _ = try verified(.ofVector(0) { p, x in try p.broadcast(p.reduceSum(x, over: [0]), to: [3]) })
    _ = try verified(.ofVector(3) { p, x in try p.slice(x, axis: 0, start: 1, size: 0) })
  }

  @Test("An input used in several places leaves no cut, and is right")
  func severalUses() throws {
    var random = Random(seed: 8)
    let weights = random.tensor(TensorType(.float64, [5, 5]))
    let program = try Program.ofVector(5) { p, x in
      let hidden = try p.tanh(p.dot(p.constant(weights), x, [0, 1], [1], [0]))
      return try p.add(p.multiply(hidden, x), p.dot(p.constant(weights), hidden, [0, 1], [1], [0]))
    }
    _ = try verified(program)
  }

  @Test("A residual block lies between two cuts")
  func residual() throws {
    var random = Random(seed: 9)
    func layer(_ p: ProgramBuilder, _ x: Value, _ to: Int) throws -> Value {
      let weights = random.tensor(TensorType(.float64, [to, p.shape(x)[0]]))
      return try p.dot(p.constant(weights), x, [0, 1], [1], [0])
    }
    let program = try Program.ofVector(16) { p, x in
      let neck = try p.tanh(layer(p, x, 2))
      let block = try p.add(neck, layer(p, p.tanh(layer(p, neck, 8)), 2))
      return try layer(p, p.tanh(block), 16)
    }
    let jacobian = try verified(program)
    #expect(jacobian.cost.chosen < jacobian.cost.forward, "\(jacobian)")
    #expect(jacobian.cost.chosen < jacobian.cost.reverse, "\(jacobian)")
  }

  @Test("A banded Jacobian is found by its diagonals")
  func banded() throws {
    var random = Random(seed: 11)
    let kernel = random.tensor(TensorType(.float64, [3]), in: 0.5...1)
    let jacobian = try verified(
      .ofVector(24) { p, x in
        let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 24)]), [p.tanh(x)])
        return try p.tanh(p.dot(p.constant(kernel), windows, [0], [0, 1], [1]))
      })
    #expect(jacobian.cost.chosen < min(jacobian.cost.forward, jacobian.cost.reverse))
    #expect(jacobian.order.contains("3 diagonals"), "\(jacobian.order)")
  }

  @Test("A choice that turns out to be known differentiates to zero")
  func knownChoice() throws {
    let (type, flag) = (TensorType(.float64, [2]), TensorType(.bool, [2]))
    let zeros = Tensor(type, fill: 0.0)
    // As it stands, without the builder, which would have made the choice.
    let program = Program(
      nodes: [
        Node(primitive: Input(position: 0, declared: type), operands: [], type: type),
        Node(primitive: Constant(Tensor(flag, fill: 1.0)), operands: [], type: flag),
        Node(primitive: Constant(zeros), operands: [], type: type),
        Node(primitive: Select(), operands: [1, 2, 0].map(Value.init), type: type),
      ], inputs: [Value(index: 0)], outputs: [Value(index: 3)])
    try program.check()
    let jacobian = try verified(program)
    #expect(jacobian.order == "zero")
    _ = try SparseJacobian(of: program)
  }

  @Test("Thousands of layers are planned in little time", .timeLimit(.minutes(1)))
  func deepChains() throws {
    let elementwise = try Program.ofVector(3) { p, x in
      try (0..<3000).reduce(x) { value, k in
        try k % 2 == 0 ? p.tanh(value) : p.add(value, p.scalar(0.01, like: value))
      }
    }
    #expect(try Jacobian.program(of: elementwise).cost.chosen > 0)
    let weights = Tensor(TensorType(.float64, [3, 3]), reals: (0..<9).map { Double($0) / 9 - 0.4 })
    let dense = try Program.ofVector(3) { p, x in
      try (0..<500).reduce(x) { value, _ in
        try p.tanh(p.dot(p.constant(weights), value, [0, 1], [1], [0]))
      }
    }
    let jacobian = try verified(dense)
    #expect(jacobian.cost.chosen <= min(jacobian.cost.forward, jacobian.cost.reverse))
  }

  @Test("Parameters that depend on nothing differentiated may enter anywhere")
  func parameters() throws {
    var random = Random(seed: 10)
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [3]))
    let w = try p.input(TensorType(.float64, [4, 3]))
    let y = try p.tanh(p.dot(w, x, [0, 1], [1], [0]))
    let program = p.program(outputs: [y])
    let arguments = program.inputTypes.map { random.tensor($0) }
    let jacobian = try Jacobian.program(of: program)
    try jacobian.program.check()
    let value = try jacobian.program.evaluate(arguments)[1]
    let rows = jacobian.layout.isTransposed ? nil : value.rows
    let expected = try program.columnwiseJacobian(at: arguments)
    for (row, column) in (0..<4).flatMap({ row in (0..<3).map { (row, $0) } }) {
      let element = rows?[row][column] ?? value.rows[column][row]
      #expect(isClose(element, expected[row][column]))
    }
  }

  @Test("Single precision stays single")
  func singlePrecision() throws {
    let program = try Program.ofVector(3, .float32) { p, x in try p.tanh(p.multiply(x, x)) }
    let jacobian = try Jacobian.program(of: program)
    try jacobian.program.check()
    #expect(jacobian.program.outputTypes.allSatisfy { $0.element == .float32 })
  }
}
