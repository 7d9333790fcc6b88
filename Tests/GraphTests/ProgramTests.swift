import Graph
import Tensors
import TestCases
import Testing

@Suite struct ProgramTests {
  private let vector = TensorType(.float64, [2])

  private func input(_ position: Int) -> Node {
    Node(primitive: Input(position: position, declared: vector), operands: [], type: vector)
  }

  private func values(_ places: Int...) -> [Value] { places.map(Value.init(index:)) }

  @Test("A damaged graph is found out")
  func check() throws {
    let negate = Node(primitive: Negate(), operands: values(0), type: vector)
    try Program(nodes: [input(0), negate], inputs: values(0), outputs: values(1)).check()
    let damaged = [
      // Uses itself; uses what comes later.
      Program(
        nodes: [input(0), Node(primitive: Negate(), operands: values(1), type: vector)],
        inputs: values(0), outputs: values(1)),
      Program(nodes: [negate, input(0)], inputs: values(1), outputs: values(0)),
      Program(
        nodes: [input(0), Node(primitive: Negate(), operands: [Value(index: -1)], type: vector)],
        inputs: values(0), outputs: values(1)),
      // The type is not what the rule says.
      Program(
        nodes: [
          input(0), Node(primitive: Negate(), operands: values(0), type: vector.with([3])),
        ], inputs: values(0), outputs: values(1)),
      // Outputs and inputs that are not there, or are listed wrongly.
      Program(nodes: [input(0), negate], inputs: values(0), outputs: values(2)),
      Program(nodes: [input(0), negate], inputs: values(0, 5), outputs: values(1)),
      Program(nodes: [input(0), negate], inputs: [], outputs: values(1)),
      Program(nodes: [input(0), negate], inputs: values(0, 1), outputs: values(1)),
      Program(nodes: [input(0), negate], inputs: values(0, 0), outputs: values(1)),
    ]
    for program in damaged {
      let error = #expect(throws: NetJacError.self, "\(program)") { try program.check() }
      #expect(error?.kind == .defect || error?.kind == .shape)
    }
  }

  @Test("Arguments that do not fit are refused")
  func evaluateChecks() throws {
    let program = try Program.ofVector(2) { p, x in try p.tanh(x) }
    #expect(throws: NetJacError.self) { try program.evaluate([]) }
    #expect(throws: NetJacError.self) {
      try program.evaluate([Tensor(TensorType(.float64, [3]), fill: 1.0)])
    }
    #expect(throws: NetJacError.self) {
      try program.evaluate([Tensor(TensorType(.float32, [2]), fill: 1.0)])
    }
  }

  @Test("What the outputs do not need is left out, inputs stay")
  func pruning() throws {
    let p = ProgramBuilder()
    let x = try p.input(vector)
    let unused = try p.input(vector)
    _ = try p.tanh(unused)
    let y = try p.sine(x)
    let program = p.program(outputs: [y, y])
    try program.check()
    #expect(program.nodes.count == 3)
    #expect(program.inputs.count == 2)
    #expect(program.outputs[0] == program.outputs[1])
    let fewer = program.with(outputs: [program.inputs[1]])
    try fewer.check()
    #expect(fewer.nodes.count == 2)
  }

  @Test("Equal nodes are shared, and unequal ones are not")
  func sharing() throws {
    let p = ProgramBuilder()
    let x = try p.input(vector)
    let y = try p.input(vector)
    #expect(try p.tanh(x) == p.tanh(x))
    #expect(try p.tanh(x) != p.tanh(y))
    #expect(try p.multiply(x, y) != p.divide(x, y))
    #expect(try p.reverse(x, [0]) == p.reverse(x, [0]))
    #expect(try p.slice(x, axis: 0, start: 0, size: 1) != p.slice(x, axis: 0, start: 1, size: 1))
    #expect(try p.scalar(1) == p.scalar(1))
    #expect(try p.constant(.scalar(0)) != p.constant(.scalar(-0.0)))
    #expect(try p.constant(.scalar(.nan)) == p.constant(.scalar(.nan)))
    #expect(try p.input(vector) != p.input(vector))
  }

  @Test("What has no effect is not there at all")
  func trivialWork() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [2, 3]))
    let same: [(ProgramBuilder) throws -> Value] = [
      { try $0.add(x, $0.scalar(0, like: x)) }, { try $0.multiply($0.scalar(1, like: x), x) },
      { try $0.subtract(x, $0.scalar(0, like: x)) }, { try $0.divide(x, $0.scalar(1, like: x)) },
      { try $0.negate($0.negate(x)) }, { try $0.transpose($0.transpose(x, [1, 0]), [1, 0]) },
      { try $0.reshape($0.reshape(x, [6]), [2, 3]) }, { try $0.reverse($0.reverse(x, [1]), [1]) },
      { try $0.slice(x, starts: [0, 0], sizes: [2, 3]) },
      { try $0.pad(x, low: [0, 0], high: [0, 0]) }, { try $0.concatenate([x], axis: 1) },
      { try $0.convert(x, to: .float64) }, { try $0.broadcast(x, to: [2, 3]) },
      { try $0.power(x, $0.scalar(1, like: x)) }, { try $0.maximum(x, x) },
      { try $0.reduceSum(x, over: []) },
      { try $0.add(DiagonalPart(), [$0.add(Diagonal(), [x])]) },
    ]
    for (place, make) in same.enumerated() { #expect(try make(p) == x, "entry \(place)") }
  }

  @Test("Nodes keep the name of where they came from, through inlining too")
  func origins() throws {
    let p = ProgramBuilder()
    let x = try p.input(vector)
    p.origin = "layer"
    let y = try p.tanh(x)
    p.origin = nil
    let program = p.program(outputs: [try p.sine(y)])
    #expect(program.nodes.map(\.origin) == [nil, "layer", nil])
    let outer = ProgramBuilder()
    outer.origin = "outer"
    _ = try outer.inline(program, [outer.input(vector)])
    #expect(outer.nodes.map(\.origin) == ["outer", "layer", nil])
    #expect(outer.origin == "outer")
  }

  @Test("A tensor beyond the memory limit is refused when it is made")
  func memoryLimit() throws {
    let p = ProgramBuilder(memoryLimit: 1000)
    let x = try p.input(TensorType(.float64, [100]))
    let error = #expect(throws: NetJacError.self) { try p.prependingAxis(x, 2) }
    #expect(error?.kind == .memory)
    #expect(error?.message.contains("1600") == true)
    #expect(error?.message.contains("memory_limit") == true)
  }

  @Test(
    "Broadcasting follows NumPy",
    arguments: [
      ([[2, 3], [3]], [2, 3]), ([[2, 1], [1, 3]], [2, 3]), ([[], [4]], [4]), ([[0], [1]], [0]),
      ([[5, 1, 2], [3, 1]], [5, 3, 2]), ([[2], [3]], nil), ([[0], [2]], nil),
    ] as [([[Int]], [Int]?)])
  func broadcasting(_ shapes: [[Int]], _ expected: [Int]?) throws {
    let p = ProgramBuilder()
    let x = try shapes.map { try p.input(TensorType(.float64, Shape($0))) }
    guard let expected else {
      #expect(throws: NetJacError.self) { try p.broadcast(x) }
      return
    }
    #expect(try p.broadcast(x).map { p.shape($0).dims } == [expected, expected])
  }
}
