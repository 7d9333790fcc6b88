import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Fast kernels against the primitives' reference evaluation.
struct ExecutableTests {
  @Test("kernels equal the reference", arguments: PrimitiveCase.all)
  func kernelsEqualReference(_ testCase: PrimitiveCase) throws {
    try expectAgreement(testCase.program(), testCase, tolerance: 1e-14)
  }

  @Test("float32 kernels equal the reference", arguments: PrimitiveCase.real)
  func singlePrecision(_ testCase: PrimitiveCase) throws {
    let single = testCase.converted(to: .float32)
    try expectAgreement(single.program(), single, tolerance: 1e-6)
  }

  @Test("what a primitive's rule accepts has a kernel", arguments: PrimitiveCase.all)
  func everyType(_ testCase: PrimitiveCase) throws {
    for typed in testCase.ofEveryType {
      #expect(throws: Never.self, "\(typed)") {
        let program = try typed.program()
        try expectAgreement(program, typed, tolerance: 1e-6)
        _ = try Executable.compile(
          program.vectorised(added: program.inputs.map { _ in true }, size: 3))
        let p = ProgramBuilder()
        let operands = try typed.operands.map { try p.input($0.type) }
        _ = try Executable.compile(p.program(outputs: [p.add(typed.primitive, operands)]))
      }
    }
  }

  @Test("vectorised kernels equal the reference", arguments: PrimitiveCase.all)
  func vectorised(_ testCase: PrimitiveCase) throws {
    guard !testCase.operands.isEmpty else { return }
    let program = try testCase.program()
    let many = try program.vectorised(added: program.inputs.map { _ in true }, size: 3)
    var random = Random(seed: 2)
    let rounds = (0..<3).map { testCase.arguments(&random, round: $0) }
    let arguments = testCase.operands.indices.map { k in
      Tensor.stacked(rounds.map { $0[k] })
    }
    let expected = try many.evaluate(arguments)
    let found = try Executable.compile(many).tensors(arguments)
    let disagreement = disagreement(found, expected, 1e-14)
    #expect(disagreement == nil)
  }

  private func expectAgreement(
    _ program: Program, _ testCase: PrimitiveCase, tolerance: Double
  ) throws {
    var random = Random(seed: 1)
    let arguments = testCase.arguments(&random)
    let expected = try program.evaluate(arguments)
    let found = try Executable.compile(program).tensors(arguments)
    let disagreement = disagreement(found, expected, tolerance)
    #expect(disagreement == nil)
  }

  @Test(
    "a fused chain equals its parts, over and under the piece length", arguments: [3, 511, 1300])
  func fusedChain(_ count: Int) throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [2, count]))
    let bias = try p.input(TensorType(.float64, [count]))
    let z = try p.add(x, p.broadcast(bias, to: [2, count]))
    let y = try p.tanh(z)
    let slope = try p.subtract(p.scalar(1, like: y), p.multiply(y, y))
    let column = try p.reduceSum(slope, over: [1])
    let scaled = try p.multiply(
      slope, p.add(Broadcast([2, count], axes: [0]), [column]))
    let program = p.program(outputs: [y, scaled])
    var random = Random(seed: 5)
    let arguments = program.inputTypes.map { random.tensor($0) }
    let found = try Executable.compile(program).tensors(arguments)
    let disagreement = disagreement(found, try program.evaluate(arguments), 1e-13)
    #expect(disagreement == nil)
  }

  @Test("outputs may be inputs, constants, views and repeated")
  func unusualOutputs() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [2, 3]))
    let constant = try p.constant(Tensor(TensorType(.float64, [2]), reals: [4, 5]))
    let turned = try p.transpose(x, [1, 0])
    let y = try p.tanh(x)
    let flat = try p.reshape(y, [6])
    let program = p.program(outputs: [x, constant, turned, y, y, flat])
    var random = Random(seed: 6)
    let arguments = [random.tensor(TensorType(.float64, [2, 3]))]
    let found = try Executable.compile(program).tensors(arguments)
    let disagreement = disagreement(found, try program.evaluate(arguments), 1e-15)
    #expect(disagreement == nil)
  }

  @Test("a known matrix that loops walk through leaves the caller's memory alone")
  func steppingConstant() throws {
    let p = ProgramBuilder()
    var random = Random(seed: 8)
    let x = try p.input(TensorType(.float32, [10, 10]))
    let matrix = try p.constant(random.tensor(TensorType(.float32, [10, 10, 2])))
    let y = try p.dot(x, matrix, [0, 1], [0, 2, 3], [2, 1, 3])
    let executable = try Executable.compile(p.program(outputs: [y]))
    let bytes = 1 << 12
    let workspace = Workspace(executable, extraBytes: bytes)
    workspace.extra.initializeMemory(as: UInt8.self, repeating: 7, count: bytes)
    let arguments = UnsafeMutableRawPointer.allocate(byteCount: 2 * bytes, alignment: 64)
    defer { arguments.deallocate() }
    arguments.initializeMemory(as: UInt8.self, repeating: 0, count: 2 * bytes)
    workspace.setInput(0, arguments)
    workspace.setOutput(0, arguments + bytes)
    workspace.run()
    let untouched = UnsafeRawBufferPointer(start: workspace.extra, count: bytes)
    #expect(untouched.allSatisfy { $0 == 7 })
  }

  @Test("products with a number are computed where they are used, not as kernels of their own")
  func scalingsSink() throws {
    let hessian = try Program.dense([6, 32, 32, 3]).hessian()
    let executable = try Executable.compile(hessian)
    // The two hidden layers; a product and a group for each on the way back; for the first a group of
    // tangents, for the second a product and a group; a product of tangents for each.
    let names = executable.kernelNames
    #expect(names.count == 11, "\(names)")
    var random = Random(seed: 5)
    let arguments = hessian.inputTypes.map { random.tensor($0) }
    let disagreement = try disagreement(
      executable.tensors(arguments), hessian.evaluate(arguments), 1e-13)
    #expect(disagreement == nil)
  }

  @Test("a Jacobian program runs as it evaluates")
  func jacobian() throws {
    let p = ProgramBuilder()
    var random = Random(seed: 7)
    let x = try p.input(TensorType(.float64, [4]))
    var y = x
    for (rows, columns) in [(4, 70), (70, 65), (65, 3)] {
      let weights = try p.constant(random.tensor(TensorType(.float64, [rows, columns])))
      let bias = try p.constant(random.tensor(TensorType(.float64, [columns])))
      y = try p.tanh(p.add(p.dot(y, weights, [0], [0, 1], [1]), bias))
    }
    let network = p.program(outputs: [y])
    let jacobian = try Jacobian.program(of: network)
    let many = try jacobian.program.vectorised(added: [true], size: 5)
    let arguments = [random.tensor(TensorType(.float64, [5, 4]))]
    let found = try Executable.compile(many).tensors(arguments)
    let disagreement = disagreement(found, try many.evaluate(arguments), 1e-12)
    #expect(disagreement == nil)
  }
}

extension Tensor {
  /// Tensors of one type along a new leading axis.
  static func stacked(_ parts: [Tensor]) -> Tensor {
    let type = parts[0].type.with(Shape([parts.count] + parts[0].type.dims))
    return type.element.isReal
      ? Tensor(type, reals: parts.flatMap(\.reals))
      : Tensor(type, integers: parts.flatMap(\.integers))
  }
}
