import Differentiation
import Glibc
import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Parts of a plan that are skipped where no sample needs them.
@Suite("Guarded parts", SmallParts())
struct GuardTests {
  @Test(
    "skipping changes no bit of values and derivatives, alone and in tiles",
    arguments: [ElementType.float64, .float32])
  func sameBits(_ element: ElementType) throws {
    var guarded = 0
    for seed in 0..<UInt64(32) {
      let program = try GuardedProgram.make(seed: seed, element: element)
      for (name, task) in try tasks(program) {
        let length = [1, 4, 8, 64][Int(seed) % 4]
        let tile =
          length == 1
          ? task : try task.vectorised(added: task.inputs.map { _ in true }, size: length)
        let skipping = try Executable.compile(tile, samples: length)
        let plain = try Executable.compile(tile, skipsParts: false)
        #expect(!plain.kernelNames.contains(where: isGuard))
        if skipping.kernelNames.contains(where: isGuard) { guarded += 1 }
        var random = Random(seed: seed)
        for _ in 0..<3 {
          let arguments = tile.inputTypes.map { random.tensor($0) }
          let one = skipping.tensorsFromSpoiltMemory(arguments)
          let other = plain.tensorsFromSpoiltMemory(arguments)
          #expect(
            one.map(bits) == other.map(bits), "seed \(seed), \(name), \(length) samples")
        }
      }
    }
    // Most programs have parts that are worth it.
    #expect(guarded > 80, "\(guarded) of \(32 * 6)")
  }

  @Test(
    "a sample is the same alone and among others that need other parts",
    arguments: [ElementType.float64, .float32])
  func samples(_ element: ElementType) throws {
    for seed in 0..<UInt64(16) {
      let program = try GuardedProgram.make(seed: seed, element: element)
      for (name, task) in try tasks(program) {
        if let difference = try differenceOfSamples(
          task, [4, 8, 64][Int(seed) % 3], allowsNaN: true)
        {
          Issue.record("seed \(seed), \(name): \(difference)")
        }
      }
    }
  }

  @Test("values are those of the interpreter", arguments: [ElementType.float64, .float32])
  func interpreted(_ element: ElementType) throws {
    for seed in 100..<UInt64(160) {
      let program = try GuardedProgram.make(seed: seed, element: element)
      var random = Random(seed: seed)
      let arguments = program.inputTypes.map { random.tensor($0) }
      let disagreement = disagreement(
        try Executable.compile(program).tensorsFromSpoiltMemory(arguments),
        try program.evaluate(arguments), element == .float64 ? 1e-9 : 1e-3)
      #expect(disagreement == nil, "seed \(seed)")
    }
  }

  @Test("kernels run if one of the conditions has its value")
  func runs() {
    for isTrue in [true, false] {
      for conditions: [UInt8] in [
        [0, 0, 0], [1, 1, 1], [0, 9, 1], [1, 9, 0], [0, 9, 0], [1, 9, 1],
      ] {
        // Every second byte is a condition, so that 9 is none.
        let kernel = GuardKernel(
          condition: Operand(base: 0, offset: 0), count: 2, stride: 2, isTrue: isTrue)
        let inner = [CountingKernel(), CountingKernel()]
        kernel.take(inner)
        var memory = conditions
        memory.withUnsafeMutableBytes { memory in
          guard var base = memory.baseAddress else { return }
          kernel.run(&base)
          kernel.run(&base)
        }
        let isNeeded = [conditions[0], conditions[2]].contains(isTrue ? 1 : 0)
        #expect(inner.map(\.count) == [isNeeded ? 2 : 0, isNeeded ? 2 : 0], "\(conditions)")
      }
    }
  }

  @Test("a singular branch that no sample takes raises no exception of floating-point numbers")
  func exceptions() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [20]))
    var random = Random(seed: 1)
    let weights = try p.constant(random.tensor(TensorType(.float64, [20, 20])))
    let isNegative = try p.compare(.less, p.reduceSum(x, over: [0]), p.scalar(0))
    let product = try p.dot(weights, p.reciprocal(p.relu(x)), [0, 1], [1], [0])
    let y = try p.select(p.broadcast(isNegative, to: [20]), product, p.multiply(x, x))
    let program = p.program(outputs: [y])
    for (name, task) in try tasks(program) {
      for length in [1, 8] {
        let tile = try task.vectorised(added: task.inputs.map { _ in true }, size: length)
        for (fill, isTaken) in [(0.5, false), (-0.5, true)] {
          let arguments = tile.inputTypes.map { Tensor($0, fill: fill) }
          #expect(
            raised(try Executable.compile(tile, samples: length), arguments) == isTaken, "\(name)")
        }
      }
    }
  }

  /// Whether a run divides by zero.
  private func raised(_ executable: Executable, _ arguments: [Tensor]) -> Bool {
    feclearexcept(FE_DIVBYZERO)
    _ = executable.tensorsFromSpoiltMemory(arguments)
    return fetestexcept(FE_DIVBYZERO) != 0
  }

  @Test("of turns that are not made, no product of values or derivatives is taken")
  func turns() throws {
    let (n, turns) = (32, 20)
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, Shape([n])))
    var random = Random(seed: 3)
    let weights = try p.constant(random.tensor(TensorType(.float64, Shape([n, n]))))
    let inner = try p.constant(random.tensor(TensorType(.float64, Shape([n, n]))))
    func product(_ matrix: Value, _ x: Value) throws -> Value {
      try p.dot(matrix, x, [0, 1], [1], [0])
    }
    func isSmall(_ y: Value) throws -> Value {
      try p.compare(.less, p.reduceSum(y, over: [0]), p.scalar(1))
    }
    var (y, isRunning) = (x, try isSmall(x))
    for _ in 0..<turns {
      // x is seen by each turn, and what is made of it by all.
      let hidden = try p.tanh(p.add(product(weights, y), product(inner, x)))
      let next = try p.multiply(product(inner, hidden), x)
      y = try p.select(p.broadcast(isRunning, to: p.shape(y)), next, y)
      isRunning = try p.add(BitOperation(.and), [isRunning, isSmall(y)])
    }
    for (name, task) in try tasks(p.program(outputs: [y])) {
      let guards = Guards(
        task, isNeeded: task.nodes.map { !($0.primitive is Constant) }, samples: 1)
      func work(_ isCounted: (Int) -> Bool) -> Int {
        task.nodes.indices.count { task.nodes[$0].primitive is Dot && isCounted($0) }
      }
      let always = work { guards[$0] == 0 }
      // Those of x alone, its cotangent and its tangent.
      #expect(always <= 3, "\(name): \(always) of \(work { _ in true })")
      #expect(work { _ in true } >= 2 * turns, "\(name)")
    }
  }

  @Test("little work is not guarded, nor what is used without the condition")
  func unguarded() throws {
    for (size, isUsed, isGuarded) in [(32, false, true), (32, true, false), (4, false, false)] {
      let p = ProgramBuilder()
      let x = try p.input(TensorType(.float64, Shape([size])))
      var random = Random(seed: 2)
      let weights = try p.constant(random.tensor(TensorType(.float64, Shape([size, size]))))
      let isNegative = try p.compare(.less, p.reduceSum(x, over: [0]), p.scalar(0))
      let y = try p.tanh(p.dot(weights, x, [0, 1], [1], [0]))
      let chosen = try p.select(p.broadcast(isNegative, to: p.shape(x)), y, x)
      let executable = try Executable.compile(
        p.program(outputs: [isUsed ? p.add(chosen, y) : chosen]))
      #expect(
        executable.kernelNames.contains(where: isGuard) == isGuarded, "\(executable.kernelNames)")
    }
  }

  private func isGuard(_ name: String) -> Bool {
    name.contains("if any of") || name.contains("if not all of")
  }

  private func bits(_ tensor: Tensor) -> [UInt64] { tensor.reals.map(\.bitPattern) }

  private func tasks(_ program: Program) throws -> [(String, Program)] {
    let jvp = try program.jvp()
    let vjp = try program.vjp()
    let (n, m) = (program.type(program.inputs[0]).count, program.type(program.outputs[0]).count)
    return [
      ("forward", program), ("jacobian", try Jacobian.program(of: program).program),
      ("columns", try jvp.vectorised(added: [false, true], size: n)),
      ("rows", try vjp.vectorised(added: [false, true], size: m)), ("vjp", vjp),
      ("hvp", try program.hessianProduct()),
    ]
  }
}

/// Notes how often it runs.
private final class CountingKernel: Kernel {
  private(set) var count = 0
  override func run(_ bases: Bases) { count += 1 }
}

/// Lets parts be skipped that are small enough for tests.
private struct SmallParts: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Guards.$leastWork.withValue(128) { try await function() }
  }
}
