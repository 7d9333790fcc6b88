import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Weights are held once for all executables of a network, in the forms that their kernels read.
struct SharedConstantsTests {
  private static let size = 96

  /// y = W tanh(V x), and the cotangents of x by a second program.
  private struct Layers {
    let weights: [Tensor]
    let element: ElementType

    init(_ element: ElementType) {
      var random = Random(seed: 8)
      self.element = element
      weights = (0..<2).map { _ in
        random.tensor(
          TensorType(element, [SharedConstantsTests.size, SharedConstantsTests.size]))
      }
    }

    var bytes: Int { weights.reduce(0) { $0 + $1.type.byteCount } }

    /// Rows times each matrix, or its transpose.
    func program(rows: Int, transposed: Bool = false) throws -> Program {
      let p = ProgramBuilder(real: element)
      let x = try p.input(TensorType(element, [rows, SharedConstantsTests.size]))
      var y = x
      for weight in weights {
        let w = try p.constant(weight)
        y = try p.tanh(p.dot(y, w, [0, 1], transposed ? [2, 1] : [1, 2], [0, 2]))
      }
      return p.program(outputs: [y])
    }
  }

  @Test(
    "Products with the same weights share what they pack, and keep no copy beside it",
    arguments: [ElementType.float64, .float32])
  func packedOnce(_ element: ElementType) throws {
    let layers = Layers(element)
    let program = try layers.program(rows: 1)
    let shared = SharedConstants(of: program)
    #expect(shared.heldBytes == 0)
    let one = try Executable.compile(program, within: MemoryBudget(limit: .max, shared))
    #expect(shared.heldBytes == layers.bytes)
    let many = try Executable.compile(
      layers.program(rows: 12), within: MemoryBudget(limit: .max, shared))
    #expect(shared.heldBytes == layers.bytes)
    let back = try Executable.compile(
      layers.program(rows: 3, transposed: true), within: MemoryBudget(limit: .max, shared))
    #expect(shared.heldBytes == 2 * layers.bytes)
    withExtendedLifetime((one, many, back)) {}
  }

  @Test("Forms of weights are freed with the last executable that reads them")
  func freed() throws {
    let layers = Layers(.float64)
    let program = try layers.program(rows: 1)
    let shared = SharedConstants(of: program)
    var executables = try [1, 4].map {
      try Executable.compile(layers.program(rows: $0), within: MemoryBudget(limit: .max, shared))
    }
    executables.removeFirst()
    #expect(shared.heldBytes == layers.bytes)
    executables.removeFirst()
    #expect(shared.heldBytes == 0)
  }

  @Test("What one executable shares does not change what another computes")
  func results() throws {
    for element in [ElementType.float64, .float32] {
      let layers = Layers(element)
      let programs = try [
        layers.program(rows: 1), layers.program(rows: 12),
        layers.program(rows: 2, transposed: true),
      ]
      let shared = SharedConstants(of: programs[0])
      var random = Random(seed: 9)
      for program in programs {
        let arguments = program.inputTypes.map { random.tensor($0) }
        let found = try Executable.compile(program, within: MemoryBudget(limit: .max, shared))
          .tensors(arguments)
        #expect(try found == Executable.compile(program).tensors(arguments))
      }
    }
  }

  @Test("Threads that plan at the same time pack once")
  func severalThreads() async throws {
    let layers = Layers(.float64)
    let program = try layers.program(rows: 1)
    let shared = SharedConstants(of: program)
    let executables = try await withThrowingTaskGroup(of: Executable.self) { group in
      for rows in 1...8 {
        let program = try layers.program(rows: rows)
        group.addTask { try Executable.compile(program, within: MemoryBudget(limit: .max, shared)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(shared.heldBytes == layers.bytes)
    withExtendedLifetime(executables) {}
  }

  @Test("Elementwise kernels read single-precision constants where the tensor has them")
  func unpacked() throws {
    var random = Random(seed: 10)
    let type = TensorType(.float32, [1000])
    let p = ProgramBuilder(real: .float32)
    let y = try p.add(p.input(type), p.constant(random.tensor(type)))
    let program = p.program(outputs: [y])
    let shared = SharedConstants(of: program)
    let executable = try Executable.compile(program, within: MemoryBudget(limit: .max, shared))
    #expect(shared.heldBytes == 0)
    let x = random.tensor(type)
    #expect(try executable.tensors([x]) == program.evaluate([x]))
  }
}
